"""jesse 3.5: a strategy with several take-profits and one stop-loss, on candles of one minute.

Its candles have a path by their colour: a rising one falls first, a falling one rises first. It takes an unchanged one for a
rising one whatever the side, so no bar of these paths is unchanged. A sale at a close is the next bar's: the last bar opens
at the close before.
"""

import os
import tempfile

# Outside a project of its own it asks for no database.
os.chdir(tempfile.mkdtemp(prefix="jesse-"))

import numpy as np  # noqa: E402
from jesse import research  # noqa: E402
from jesse.strategies import Strategy  # noqa: E402

import paths  # noqa: E402
from paths import Setup  # noqa: E402

# The profile that ours fills by.
FILLS = "jesse"
SETUPS = [
    Setup("candle colour, rates, ticks of .01", "0.01", rate=0.001, last_gap=False, unchanged=False),
    Setup("candle colour, ticks of .25", "0.25", last_gap=False, unchanged=False),
    Setup("candle colour, ticks of .001", "0.001", rate=0.0005, rungs=1, last_gap=False, unchanged=False),
]
START_MS = 1_704_067_200_000
EXCHANGE, SYMBOL = "Sandbox", "X-USDT"


def fills(trades, setup):
    done = []

    class Ladders(Strategy):
        def at(self):
            number, row = divmod(self.index, paths.BARS)
            return trades[number], row

        def should_long(self):
            path, row = self.at()
            return path.side == "long" and row == path.enters - 1

        def should_short(self):
            path, row = self.at()
            return path.side == "short" and row == path.enters - 1

        def go_long(self):
            path, _ = self.at()
            self.buy = paths.QTY, self.price
            self.ask(path)

        def go_short(self):
            path, _ = self.at()
            self.sell = paths.QTY, self.price
            self.ask(path)

        def ask(self, path):
            self.take_profit = [(units, price) for price, units in path.rungs]
            self.stop_loss = paths.QTY, path.stop

        def update_position(self):
            path, row = self.at()
            if row == path.leaves - 1:
                self.liquidate()

        def should_cancel_entry(self):
            return True

        def on_open_position(self, order):
            self.note(order)

        def on_reduced_position(self, order):
            self.note(order)

        def on_close_position(self, order, closed_trade=None):
            self.note(order)

        def note(self, order):
            # It stamps what fills in a bar with the bar's end, where a market order is the next bar's.
            in_bar = (int(order.executed_at) - START_MS) // 60_000 - (order.type != "MARKET")
            done.append((*divmod(in_bar, paths.BARS), order.filled_qty, order.price, order.fee or 0.0))

    rows = [row for path in trades for row in path.rows]
    candles = np.array([[START_MS + 60_000 * t, o, c, h, l, v] for t, (o, h, l, c, v) in enumerate(rows)])
    config = {
        "starting_balance": 1e12,
        "fee": setup.rate,
        "type": "futures",
        "futures_leverage": 1,
        "futures_leverage_mode": "cross",
        "exchange": EXCHANGE,
        "warm_up_candles": 0,
    }
    route = {"exchange": EXCHANGE, "strategy": Ladders, "symbol": SYMBOL, "timeframe": "1m"}
    key = f"{EXCHANGE}-{SYMBOL}"
    research.backtest(config, [route], [], {key: {"exchange": EXCHANGE, "symbol": SYMBOL, "candles": candles}})
    by_name = {path.name: ([], 0.0) for path in trades}
    for number, row, units, price, fee in done:
        path = trades[number]
        sold, net = by_name[path.name]
        if units * path.sign < 0:
            sold.append((row, abs(units), price))
        by_name[path.name] = (sold, net - units * price - fee)
    return by_name
