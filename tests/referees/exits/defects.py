"""What a referee does against its own documentation, with a minimal case, the line of its source, and a count.

A path on which ours and the referee differ is explained by a defect only if undoing the defect gives our fills and our
cash; the number of such paths may not grow.
"""

from dataclasses import dataclass

import compare
import paths


@dataclass(frozen=True)
class Defect:
    name: str
    # Where the referee does it, and what its documentation says instead.
    source: str
    # The most paths that it may explain in two and in ten seeds of all setups.
    most: dict


STOP_BEFORE_OPEN = (
    "A bar that opens beyond the target and falls to the stop later is sold at the stop, although its open came first. "
    "Long from 100 with target 101 and stop 99, a bar of open 102, high 102, low 98, close 98: sold at 99, not at 102."
)
DEFECTS = {
    "vectorbt": Defect(
        STOP_BEFORE_OPEN,
        "vectorbt/portfolio/nb.py, simulate_from_signal_func_nb: get_stop_price_nb is asked for the stop, and for the "
        "target only if that gave nothing; its own docstring says 'If hit before open, returns open.'",
        {2: 3, 10: 7},
    ),
    "backtesting": Defect(
        STOP_BEFORE_OPEN,
        "backtesting/backtesting.py, _Broker._process_orders: the stop's order stands before the target's in the queue and "
        "closes the trade; for the entry's own orders the source says 'we pessimistically assume', for this nothing.",
        {2: 6, 10: 54},
    ),
}


def undone(setup, path, ours, theirs):
    """Whether `theirs` is `ours` but for targets gapped at an open that were sold at the stop of the same bar."""
    (our_fills, our_net), (their_fills, their_net) = ours, theirs
    mine = units(our_fills)
    other = units(compare.at_prices_of(our_fills, their_fills))
    gapped = {key: mine[key] - other.get(key, 0) for key in mine if mine[key] > other.get(key, 0)}
    stopped = {key: other[key] - mine.get(key, 0) for key in other if other[key] > mine.get(key, 0)}
    if len(stopped) != 1 or not gapped or sum(gapped.values()) != sum(stopped.values()):
        return False
    ((stop_bar, stop),) = stopped
    cash = 0.0
    for (bar, price), sold in gapped.items():
        rows = [row for number, row in enumerate(path.rows) if path.bar_of(number) == bar]
        reached = min(path.sign * limit for limit, _ in path.rungs) <= path.sign * float(price)
        opens = [
            row
            for row in rows
            if key_of(row[0]) == price and min(path.sign * row[1], path.sign * row[2]) <= path.sign * float(stop)
        ]
        if bar != stop_bar or not opens or not reached:
            return False
        lost = path.sign * (float(price) - float(stop))
        cash += sold * (lost - setup.rate * (float(price) - float(stop)))
    return abs(our_net - their_net - cash) <= 10 * compare.TOLERANCE * abs(path.entry) * paths.QTY


def units(fills):
    total = {}
    for bar, sold, price in fills:
        total[bar, key_of(price)] = total.get((bar, key_of(price)), 0) + round(sold)
    return total


def key_of(price):
    return f"{price:.9g}"
