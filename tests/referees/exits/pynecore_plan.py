"""What the strategy asks for at each bar; plain Python, so that the script beside it stays a script."""

import paths

QTY = paths.QTY
trades = []
setup = None


def at(bar_index):
    """What is to be done at this close, for the next bar: (enter, path), (exits, path, number of the bar) or (leave,)."""
    number, row = divmod(int(bar_index), len(trades[0].rows))
    path, coming = trades[number], row + 1
    asked = []
    if coming == path.enters:
        asked.append("enter")
    if path.enters <= coming < path.leaves and (coming <= path.enters + setup.latency or setup.trail == "close"):
        asked.append("exits")
    if coming == path.leaves:
        asked.append("leave")
    return asked, path, coming


def exits(path, coming):
    """Of each rung: its number, its limit, its stop, and where and how far behind a trailing stop starts."""
    late = not path.limits_at(coming, setup.latency)
    for number, (price, units) in enumerate(path.rungs):
        said = {"qty": units, "stop": path.trailed(coming, setup.latency) if setup.trail == "close" else path.stop}
        if not late:
            said["limit"] = price
            if setup.trail == "bar":
                # Armed by the first price after the fill.
                said["trail_price"] = path.entry
                said["trail_offset"] = int(path.behind / path.tick)
        yield number, said
