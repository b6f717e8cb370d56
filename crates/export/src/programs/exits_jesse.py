"""A jesse strategy that leaves by the model, or by the plan card where LEAVE_BY says "card".

Copy this folder to strategies/ScaleoutExit/ of a jesse project and rename this file to __init__.py. Route it with the time
frame that the model was trained on. Written by scaleout {version}; how it was tested is in crates/export/docs/python.md.

- Entries are read from entries.csv beside this file: id, ts, side, price, qty and stop or risk; ts is the close at which the
  order is placed. Replace `entry` by your own signal. jesse holds one position: entries while one is open are left out.
- Further columns of the model are read from columns.csv: ts (the close of the candle) and a column for each.
- Targets of the card are `take_profit` orders and the stop is `stop_loss`. What the model, a time of the card or the horizon
  sells goes at the close of the candle, which is jesse's market order. What would be sold at the fill is never bought.
"""

import sys
from pathlib import Path

from jesse.strategies import Strategy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from scaleout_exit import Exits, rows_by_moment  # noqa: E402

TICK = {tick}


class ScaleoutExit(Strategy):
    LEAVE_BY = None
    # What happened, for those who compare: sales as (id, moment of the candle's close, lots, price), and decisions.
    sales, decisions = [], []

    def __init__(self):
        super().__init__()
        self.exits = Exits(self.LEAVE_BY, TICK, HERE)
        self.exits.decisions = self.decisions
        self.entries, self.columns = rows_by_moment(HERE / "entries.csv"), rows_by_moment(HERE / "columns.csv")
        self.held = self.last_candle = None

    def closed(self):
        """When the last candle closed, in milliseconds since 1970."""
        candles = self.candles
        return int(self.current_candle[0] + (candles[1][0] - candles[0][0] if len(candles) > 1 else 60_000))

    def entry(self):
        """The row of the entry at this close; replace it by a signal of your own."""
        return self.entries.get(self.closed())

    def before(self):
        names = self.exits.columns()
        row = self.columns.get(self.closed(), {}) if names else {}
        self.exits.push(self.high, self.low, self.close, self.current_candle[5], {name: float(row.get(name) or "nan") for name in names})

    def asked(self, side):
        """Whether something is to be bought on this side; what would be sold at the fill is not."""
        entry = self.entry()
        if entry is None or (entry["side"].strip().lower() in ("long", "buy")) != (side == 1):
            return False
        price = float(entry["price"]) if entry.get("price") else self.price
        stop = float(entry["stop"]) if entry.get("stop") else None
        risk = float(entry.get("risk") or 0.0) or abs(price - stop)
        held = self.exits.enter(side, price, risk, stop, round(float(entry["qty"])), entry["id"])
        self.held = held if held.held > 0 else None
        return self.held is not None

    def should_long(self):
        return self.asked(1)

    def should_short(self):
        return self.asked(-1)

    def go_long(self):
        self.buy = self.held.held, self.price
        self.rest(0)

    def go_short(self):
        self.sell = self.held.held, self.price
        self.rest(0)

    def rest(self, now):
        """The orders for the next candle: `now` lots at the market, the rungs that are left and the stop."""
        targets = ([(now, self.price)] if now else []) + [(lots, price) for price, lots in self.rungs_without(now)]
        self.take_profit = targets or None
        if self.held.stop is not None:
            self.stop_loss = self.held.held, self.held.stop_price()

    def rungs_without(self, lots):
        """The rungs that are left once so many lots, the nearest first, are gone."""
        for price, part in self.held.limits():
            gone = min(part, lots)
            lots -= gone
            if part > gone:
                yield price, part - gone

    def update_position(self):
        if self.held is None:
            return
        now = self.held.close_bar(self.high, self.low, self.close)
        if now >= self.held.held:
            # The last leg closes whatever is left.
            self.liquidate()
        else:
            self.rest(now)

    def should_cancel_entry(self):
        return True

    def on_reduced_position(self, order):
        self.note(order)

    def on_close_position(self, order, closed_trade=None):
        self.note(order)
        self.held = None

    def note(self, order):
        lots = abs(order.filled_qty)
        self.held.filled(lots)
        self.sales.append((self.held.name, int(order.executed_at), order.type, lots, order.price))
