"""A NautilusTrader strategy that leaves by the model, or by the plan card where `leave_by` says "card".

    strategy = ScaleoutExit(ScaleoutExitConfig(instrument_id=..., bar_type=..., folder="."))
    engine.add_strategy(strategy)

The bars must be those that the model was trained on. Written by scaleout {version}; how it was tested is in
crates/export/docs/python.md.

- Entries are read from entries.csv in the folder: id, ts, side, price, qty and stop or risk; ts is the close at which the order
  is placed. Replace `entry` by your own signal. Entries while a position is open are left out.
- Further columns of the model are read from columns.csv: ts (the close of the bar) and a column for each.
- The targets of the card rest as limits and the stop as a stop-market order, all reduce-only; the stop shrinks with every
  sale. What the model, a time of the card or the horizon sells goes at the market. What would be sold at the fill is never
  bought.
- On bars NautilusTrader fills one limit a print, because a fill moves its market to the price: of two targets that one bar
  reaches at once, the second waits for the next print.
"""

import sys
from pathlib import Path

from nautilus_trader.config import StrategyConfig
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import OrderSide, OrderType
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.strategy import Strategy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from scaleout_exit import Exits, rows_by_moment  # noqa: E402

TICK = {tick}
# In a millisecond.
NANOSECONDS = 1_000_000


class ScaleoutExitConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    folder: str = str(HERE)
    leave_by: str | None = None


class ScaleoutExit(Strategy):
    def __init__(self, config):
        super().__init__(config)
        folder = Path(config.folder)
        self.exits = Exits(config.leave_by, TICK, folder)
        self.entries = rows_by_moment(folder / "entries.csv", NANOSECONDS)
        self.columns = rows_by_moment(folder / "columns.csv", NANOSECONDS)
        self.held = self.entering = self.stopping = self.position_id = None
        # What happened, for those who compare: (id, time of the event, type of the order, lots, price).
        self.sales = []

    def on_start(self):
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.subscribe_bars(self.config.bar_type)

    def entry(self, bar):
        """The row of the entry at this close; replace it by a signal of your own."""
        return self.entries.get(bar.ts_event)

    def on_bar(self, bar):
        high, low, close = (float(value) for value in (bar.high, bar.low, bar.close))
        names = self.exits.columns()
        row = self.columns.get(bar.ts_event, {}) if names else {}
        self.exits.push(high, low, close, float(bar.volume), {name: float(row.get(name) or "nan") for name in names})
        if self.held is not None:
            lots = self.held.close_bar(high, low, close)
            # After a sale the rest follows when it has filled.
            if lots > 0:
                self.sell(lots)
            else:
                self.rest()
        entry = self.entry(bar) if self.held is None else None
        if entry is not None:
            self.enter(entry, close)

    def enter(self, entry, close):
        side = 1 if entry["side"].strip().lower() in ("long", "buy") else -1
        price = float(entry["price"]) if entry.get("price") else close
        stop = float(entry["stop"]) if entry.get("stop") else None
        risk = float(entry.get("risk") or 0.0) or abs(price - stop)
        held = self.exits.enter(side, price, risk, stop, round(float(entry["qty"])), entry["id"])
        if held.held > 0:
            self.held = held
            order = self.order_factory.market(
                self.config.instrument_id, OrderSide.BUY if side == 1 else OrderSide.SELL, self.instrument.make_qty(held.held)
            )
            self.entering = order.client_order_id.value
            self.submit_order(order)

    def way_out(self):
        return OrderSide.SELL if self.held.side == 1 else OrderSide.BUY

    def sell(self, lots):
        """Sells at the market; the last leg closes whatever is left."""
        if lots >= self.held.held:
            self.cancel_all_orders(self.config.instrument_id)
            self.stopping = None
        order = self.order_factory.market(
            self.config.instrument_id, self.way_out(), self.instrument.make_qty(lots), reduce_only=True
        )
        self.submit_order(order, position_id=self.position_id)

    def rest(self):
        """The rungs that are left and the stop for everything, as they should be for the next bar."""
        wanted = {str(self.instrument.make_price(price)): lots for price, lots in self.held.limits()}
        for order in self.cache.orders_open(instrument_id=self.config.instrument_id, strategy_id=self.id):
            if order.order_type != OrderType.LIMIT:
                continue
            lots = wanted.pop(str(order.price), 0)
            if lots == 0:
                self.cancel_order(order)
            elif order.leaves_qty.as_double() != lots:
                self.modify_order(order, quantity=self.instrument.make_qty(order.filled_qty.as_double() + lots))
        for price, lots in wanted.items():
            order = self.order_factory.limit(
                self.config.instrument_id, self.way_out(), self.instrument.make_qty(lots),
                self.instrument.make_price(float(price)), reduce_only=True,
            )
            self.submit_order(order, position_id=self.position_id)
        if self.held.stop is None:
            return
        price, lots = self.instrument.make_price(self.held.stop_price()), self.instrument.make_qty(self.held.held)
        order = None if self.stopping is None else self.cache.order(ClientOrderId(self.stopping))
        if order is None:
            order = self.order_factory.stop_market(
                self.config.instrument_id, self.way_out(), lots, price, reduce_only=True
            )
            self.stopping = order.client_order_id.value
            self.submit_order(order, position_id=self.position_id)
        elif order.trigger_price != price or order.quantity != lots:
            self.modify_order(order, quantity=lots, trigger_price=price)

    def on_order_filled(self, fill):
        if fill.client_order_id.value == self.entering:
            self.position_id, self.entering = fill.position_id, None
            self.rest()
            return
        lots = fill.last_qty.as_double()
        self.held.filled(lots)
        kind = OrderType(fill.order_type).name
        self.sales.append((self.held.name, fill.ts_event, kind, lots, fill.last_px.as_double()))
        if self.held.held == 0:
            self.cancel_all_orders(self.config.instrument_id)
            self.held = self.stopping = self.position_id = None
        elif fill.client_order_id.value != self.stopping:
            self.rest()
