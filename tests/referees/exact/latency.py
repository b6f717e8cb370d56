"""Orders that were sent and have not arrived."""

from dataclasses import replace
from fractions import Fraction

from rules import tighter

ZERO = Fraction(0)


class Sent:
    """What a decision asked for, on its way to the market."""

    def __init__(self, orders, arrives, loosens):
        self.orders, self.arrives, self.loosens = orders, arrives, loosens
        self.limits_sold = ZERO

    def market_left(self):
        return max(ZERO, self.orders.market - self.limits_sold)

    def less_sold(self, working):
        """The orders less what limits sold on the way, off the market part first, then off the nearest limits; their
        stop does not loosen the one at work unless the decision meant to."""
        over = max(ZERO, self.limits_sold - self.orders.market)
        limits = [[level, share] for level, share in self.orders.limits]
        for limit in sorted(limits, key=lambda limit: limit[0]):
            taken = min(over, limit[1])
            limit[1] -= taken
            over -= taken
        stop = self.orders.stop if self.loosens else tighter(self.orders.stop, working)
        return replace(self.orders, market=self.market_left(), limits=[tuple(limit) for limit in limits], stop=stop)
