"""Orders that were sent and have not arrived."""

from dataclasses import replace
from fractions import Fraction

from rules import tighter

ZERO = Fraction(0)


class Sent:
    """What a decision asked for, on its way to the market."""

    def __init__(self, orders, arrives, loosens):
        self.orders, self.arrives, self.loosens = orders, arrives, loosens
        self.limits_sold, self.stops_sold = ZERO, ZERO

    def sold(self, touch):
        """`touch` sold a part while these orders are on their way."""
        if touch.order[0] == "limit":
            self.limits_sold += touch.size
        elif touch.order[0] == "part":
            self.stops_sold += touch.size

    def market_left(self):
        return max(ZERO, self.orders.market - self.limits_sold)

    def less_sold(self, working):
        """The orders less what limits sold on the way, off the market part first, then off the nearest limits; their
        stop does not loosen the one at work unless the decision meant to."""
        over = max(ZERO, self.limits_sold - self.orders.market)
        limits = less_nearest(self.orders.limits, over, lambda limit: limit[0])
        stops = less_nearest(self.orders.stops, self.stops_sold, lambda stop: -stop[0])
        stop = self.orders.stop if self.loosens else tighter(self.orders.stop, working)
        return replace(self.orders, market=self.market_left(), limits=limits, stops=stops, stop=stop)


def less_nearest(orders, sold, distance):
    """`orders` with `sold` taken off their parts, the nearest first."""
    left = {place: order[1] for place, order in enumerate(orders)}
    for place in sorted(left, key=lambda place: distance(orders[place])):
        taken = min(sold, left[place])
        left[place] -= taken
        sold -= taken
    return [(order[0], left[place], *order[2:]) for place, order in enumerate(orders)]
