"""Several entries in one position: the parts of a planned quantity, and what each sale closes.

Parts are of the planned quantity. An add fills after the market part at the open of its bar and before the price moves.
"""

from dataclasses import dataclass
from fractions import Fraction

from parts import cumulative, nearest

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass
class Add:
    at: Fraction
    price: Fraction
    part: Fraction
    # The bar, counted from that of the entry.
    step: int


def parts_of(trade, written, lots):
    """What fills at the entry, and the adds in order."""
    rows = written.get("adds", [])
    if not rows:
        return ONE, []
    added = [row[2] for row in rows]
    qtys = [trade.qty - sum(added), *added]
    shares = [qty / trade.qty for qty in qtys]
    parts = [Fraction(nearest(share * lots), lots) for share in shares] if lots else cumulative(shares)
    adds = [Add(at, price, part, step_of(trade, at, price)) for (at, price, _), part in zip(rows, parts[1:])]
    return parts[0], sorted(adds, key=lambda add: add.step)


def step_of(trade, at, price):
    """A time that closes a bar and opens the next belongs to the one that shows the price, to the later if both do."""
    # Beyond the last bar is no case.
    later = next((t for t, bar in enumerate(trade.bars) if at < bar.closes_at), None)
    if later is None:
        raise ValueError("an add after the last bar")
    later = max(later, trade.first)
    shows = lambda t: trade.bars[t].low <= price <= trade.bars[t].high
    if later > trade.first and at <= trade.bars[later].opens_at and not shows(later) and shows(later - 1):
        later -= 1
    return later - trade.first


class Lots:
    """What the entries bought: each a share of the plan, its value and its fee."""

    def __init__(self, matching):
        self.matching, self.open = matching, []

    def buy(self, share, value, fee):
        if self.matching == "average" and self.open:
            had, worth, paid = self.open[0]
            self.open = [(had + share, worth + value * share, paid + fee)]
        else:
            self.open.append((share, value * share, fee))

    def sell(self, share):
        """What `share` cost, and the fee of its entries."""
        cost, fees = ZERO, ZERO
        while share > 0:
            place = -1 if self.matching == "lifo" else 0
            had, worth, paid = self.open[place]
            taken = min(had, share)
            cost, fees = cost + worth * taken / had, fees + paid * taken / had
            if taken == had:
                self.open.pop(place)
            else:
                rest = 1 - taken / had
                self.open[place] = (had - taken, worth * rest, paid * rest)
            share -= taken
        return cost, fees
