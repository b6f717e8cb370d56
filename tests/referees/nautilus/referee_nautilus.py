"""NautilusTrader 1.221: a bracket (market entry, limit, stop-market) filled from bars.

Its engine makes four prints of a bar: open, high, low, close, or the nearer extreme first with adaptive ordering. With
bars it has rules of its own, and is asked accordingly (all in `backtest/engine.pyx`):
- a stop fills at its trigger and a limit at its price even where a bar opens beyond them
  (`determine_market_price_and_volume`), so every bar opens at the close before;
- a fill moves the market to its price, so that of several limits one is filled by a print: ladders have one rung.
"""

from decimal import Decimal

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide, OrderType
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

import paths
from paths import Setup

# The profile that ours fills by.
FILLS = "nautilus"
SETUPS = [
    Setup("open-high-low-close, rates, ticks of .01", "0.01", rate=0.001, gaps=0.0, rungs=1),
    Setup("open-high-low-close, ticks of 1e-4", "0.0001", gaps=0.0, rungs=1),
    Setup("nearest extreme, rebates, ticks of .25", "0.25", intrabar="nearest-extreme", rate=-0.0002, gaps=0.0, rungs=1),
    Setup("nearest extreme, ticks of 1e-5", "0.00001", intrabar="nearest-extreme", rate=0.0005, gaps=0.0, rungs=1),
]
VENUE = Venue("SIM")
MINUTE_NS = 60 * 10**9


class Ladders(Strategy):
    """Sends the brackets at the close before the entry, and sells what is left at the close before the last bar."""

    def __init__(self, trades, bar_type, done):
        super().__init__()
        self.trades, self.bar_type, self.done = trades, bar_type, done
        self.seen, self.of_order = 0, {}

    def on_start(self):
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar):
        number, row = divmod(self.seen, paths.BARS)
        self.seen += 1
        path = self.trades[number]
        if row == path.enters - 1:
            side = OrderSide.BUY if path.side == "long" else OrderSide.SELL
            for price, units in path.rungs:
                bracket = self.order_factory.bracket(
                    instrument_id=self.bar_type.instrument_id,
                    order_side=side,
                    quantity=Quantity.from_int(units),
                    tp_price=self.priced(price),
                    sl_trigger_price=self.priced(path.stop),
                    tp_post_only=False,
                )
                for order in bracket.orders:
                    self.of_order[order.client_order_id] = path
                self.submit_order_list(bracket)
        if row == path.leaves - 1:
            self.cancel_all_orders(self.bar_type.instrument_id)
            for position in self.cache.positions_open():
                order = self.order_factory.market(
                    self.bar_type.instrument_id,
                    OrderSide.SELL if path.side == "long" else OrderSide.BUY,
                    position.quantity,
                    reduce_only=True,
                )
                self.of_order[order.client_order_id] = path
                self.submit_order(order, position_id=position.id)

    def priced(self, price):
        return self.cache.instrument(self.bar_type.instrument_id).make_price(price)

    def on_order_filled(self, fill):
        path = self.of_order[fill.client_order_id]
        # A bar's prints carry the time of its close; a market order at a close is the next bar's.
        at_close = fill.order_type == OrderType.MARKET
        row = (fill.ts_event // MINUTE_NS - 1) % paths.BARS + at_close
        sold = fill.last_qty.as_double(), fill.last_px.as_double(), fill.commission.as_double()
        self.done.append((path, row, fill.order_side == OrderSide.BUY, *sold))


def instrument_of(setup):
    digits = max(0, -Decimal(setup.tick).as_tuple().exponent)
    return Equity(
        instrument_id=InstrumentId(Symbol("X"), VENUE),
        raw_symbol=Symbol("X"),
        currency=USDT,
        price_precision=digits,
        price_increment=Price.from_str(setup.tick),
        lot_size=Quantity.from_int(1),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal(repr(setup.rate)),
        taker_fee=Decimal(repr(setup.rate)),
    )


def fills(trades, setup):
    instrument = instrument_of(setup)
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.HEDGING,
        account_type=AccountType.MARGIN,
        base_currency=USDT,
        starting_balances=[Money(10**9, USDT)],
        default_leverage=Decimal(1000),
        bar_execution=True,
        bar_adaptive_high_low_ordering=setup.intrabar == "nearest-extreme",
    )
    engine.add_instrument(instrument)
    bar_type = BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
    rows = [row for path in trades for row in path.rows]
    volume = Quantity.from_int(10**6)
    bars = [
        Bar(
            bar_type,
            *(instrument.make_price(value) for value in row[:4]),
            volume,
            MINUTE_NS * (t + 1),
            MINUTE_NS * (t + 1),
        )
        for t, row in enumerate(rows)
    ]
    engine.add_data(bars)
    done = []
    engine.add_strategy(Ladders(trades, bar_type, done))
    engine.run()
    engine.dispose()
    by_name = {path.name: ([], 0.0) for path in trades}
    for path, row, is_buy, units, price, fee in done:
        sold, net = by_name[path.name]
        if is_buy != (path.side == "long"):
            sold.append((path.bar_of(row), units, price))
        by_name[path.name] = (sold, net + (-1 if is_buy else 1) * units * price - fee)
    return by_name
