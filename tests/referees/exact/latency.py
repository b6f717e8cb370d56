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
        """`touch` sold a part while these orders are on their way: off both orders of a part with a limit and a stop, else
        off the orders of its kind when they arrive."""
        kind, place = touch.order
        if kind not in ("limit", "part"):
            return
        stops = self.orders.stops
        if kind == "limit":
            limit, stop = place, next((at for at, one in enumerate(stops) if one[2] == place), None)
        else:
            limit, stop = (stops[place][2] if place < len(stops) else None), place
        if limit is not None and stop is not None and limit < len(self.orders.limits):
            less = lambda orders, at: [
                (one[0], max(ZERO, one[1] - touch.size), *one[2:]) if here == at else one
                for here, one in enumerate(orders)
            ]
            self.orders = replace(self.orders, limits=less(self.orders.limits, limit), stops=less(stops, stop))
        elif kind == "limit":
            self.limits_sold += touch.size
        else:
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
