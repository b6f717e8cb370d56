"""What the strategy asks for at each bar; plain Python, so that the script above stays a script."""

import paths

QTY = paths.QTY
trades = []


def at(bar_index):
    number, bar = divmod(int(bar_index), paths.BARS)
    if bar == paths.ENTRY_BAR - 1:
        return "enter", trades[number]
    if bar == paths.BARS - 2:
        return "leave", trades[number]
    return None
