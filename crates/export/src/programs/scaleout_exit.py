"""The exit of open positions, bar by bar, by the model or the plan card beside this file.

    exits = Exits()
    exits.push(high, low, close, volume, columns)              # at every bar close, from the first bar on
    position = exits.enter(side=1, price=100.0, risk=2.0, stop=98.0, lots=50)
    position.held                                              # lots to buy: what would be sold at the fill is never bought
    position.limits()                                          # [(price, lots)] that rest until they fill; none for a model
    position.filled(lots)                                      # whenever a part was sold
    lots = position.close_bar(high, low, close)                # at each later close, after push: lots to sell at the market
    position.stop_price()                                      # the stop for what is left

`close_bar` gives everything that is left at the horizon. Only whole lots are sold. Limits and stops lie on ticks; a level
between two ticks is rounded away from the market, as scaleout does.
"""

import csv
import datetime
import math
from decimal import Decimal

import numpy as np

try:
    import scaleout_plan as plan
except ImportError:
    plan = None
try:
    import scaleout_features as features
    from scaleout_model import Model
except ImportError:
    features, Model = None, None


def on_tick(level, tick, up):
    """The tick at or above `level`, or at or below it; a level within a millionth of a tick of a tick is that tick."""
    if tick == 0 or level is None:
        return level
    ticks = level / tick
    count = round(ticks) if abs(ticks - round(ticks)) < 1e-6 else math.ceil(ticks) if up else math.floor(ticks)
    return float(count * Decimal(repr(tick)))


def milliseconds(text):
    """A moment of a file, in milliseconds since 1970; UTC where it names no zone."""
    moment = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return round(moment.timestamp() * 1000)


def rows_by_moment(path, units=1):
    """The rows of a CSV file by their `ts`, in milliseconds times `units`; nothing where there is no file."""
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        return {milliseconds(row["ts"]) * units: row for row in csv.DictReader(file)}


class Exits:
    """What all positions share: the market so far and the model."""

    def __init__(self, leave_by=None, tick=0.0, folder=None):
        self.leave_by = leave_by or ("model" if Model is not None else "card")
        self.tick = tick
        self.model = self.market = None
        self.recent = []
        # Every decision of the model, in order.
        self.decisions = []
        if self.leave_by == "model":
            self.model, self.market = Model(folder), features.Market()
        self.horizon = plan.HORIZON_BARS if self.leave_by == "card" else features.HORIZON_BARS

    def columns(self):
        """Names of the further columns that `push` must be given."""
        return features.Market.COLUMNS if self.market is not None else []

    def push(self, high, low, close, volume, columns=None):
        """Takes in a closed bar."""
        if self.market is None:
            return
        values = self.market.push(high, low, close, volume, columns) if self.columns() else self.market.push(high, low, close, volume)
        self.recent = (self.recent + [values])[-features.WINDOW :]

    def enter(self, side, price, risk, stop, lots, name=""):
        """A position that is about to be opened: `side` is 1 or -1, `risk` the price distance of 1 R."""
        return Position(self, name, side, price, risk, stop, lots)


class Position:
    """One position from its entry to its last sale."""

    def __init__(self, exits, name, side, price, risk, stop, lots):
        self.exits, self.name, self.side = exits, name, side
        self.price, self.risk, self.stop, self.lots = price, risk, stop, lots
        self.held, self.bars, self.sales, self.best_r, self.last_sale = lots, 0, 0, 0.0, None
        self.parts, self.path = [], None
        if exits.leave_by == "card":
            self.parts = plan.whole_lots([part for _, part in plan.RUNGS], lots)
        else:
            self.path = features.Position(side, price, risk, exits.recent[-1])
        self.take(self.excess())

    def take(self, lots):
        """What leaves counts as the nearest rungs that are still to come."""
        self.held -= lots
        for number, part in enumerate(self.parts):
            gone = min(part, lots)
            self.parts[number] -= gone
            lots -= gone

    def filled(self, lots):
        """A part was sold: at a limit, at the stop or at the market."""
        self.take(lots)
        self.sales += 1

    def limits(self):
        """Price and lots of every rung that is left, the nearest first."""
        if self.exits.leave_by != "card":
            return []
        levels = zip(plan.RUNGS, self.parts)
        target = lambda level: plan.target(level, self.side, self.price, self.risk)
        away = lambda price: self.side * on_tick(self.side * price, self.exits.tick, up=True)
        return [(away(target(level)), lots) for (level, _), lots in levels if lots > 0]

    def stop_price(self):
        """Where the stop for what is left rests; None without one."""
        return None if self.stop is None else self.side * on_tick(self.side * self.stop, self.exits.tick, up=False)

    def close_bar(self, high, low, close):
        """The lots to sell at the market now that a bar has closed; moves the stop of the card."""
        self.bars += 1
        if self.bars >= self.exits.horizon:
            return self.held
        if self.path is not None:
            self.path.after(high, low, close)
        else:
            gain = lambda price: (price - self.price) * self.side / self.risk
            self.best_r = max(self.best_r, gain(high), gain(low))
            self.stop = plan.stop_after_close(
                self.stop, self.side, self.price, self.risk, self.exits.tick, self.sales, self.best_r, gain(close)
            )
        # No venue takes a stop that the market has passed: it would fill at once.
        if self.stop is not None and self.side * (close - self.stop_price()) <= 0:
            return self.held
        return self.excess()

    def excess(self):
        """The lots that are held and should not be."""
        if self.path is None:
            allowed = round(plan.most_held(self.bars) * self.lots)
        else:
            allowed = round(self.target() * self.lots)
        lots = max(0, self.held - allowed)
        if lots > 0:
            self.last_sale = self.bars
        return lots

    def target(self):
        """The share of the initial size that the model holds through the next bar."""
        exits, remaining = self.exits, self.held / self.lots
        since = None if self.last_sale is None else self.bars - self.last_sale
        terms = exits.model.trade(self.side, self.price, self.risk, self.lots, since)
        unknown = np.full(len(features.POSITION), math.nan)
        rows = [np.concatenate([self.path.seen(values), unknown]) for values in exits.recent[:-1]]
        rows.append(self.path.row(exits.recent[-1]))
        target = exits.model.target(np.array(rows, dtype=np.float32), remaining, terms)
        exits.decisions.append({"id": self.name, "bars": self.bars, "remaining": remaining, "target": target})
        return target
