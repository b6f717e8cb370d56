"""backtesting.py 0.6.6: each rung is a trade with its own target, all with the common stop.

Its `commission` is a function of size and price, so that every kind of fee can be asked for; with fees by order the
ladders have one rung, for each rung is an order of its own here.
"""

import warnings

import pandas as pd
from backtesting import Backtest, Strategy

import paths
from paths import Setup

# The profile that ours fills by.
FILLS = "backtesting.py"
SETUPS = [
    Setup("stop-first, rates, ticks of .001", "0.001", rate=0.001),
    Setup("stop-first, rebates, ticks of 1e-5", "0.00001", rate=-0.0002),
    Setup("a fee per unit, two bars late, ticks of .25", "0.25", per_unit=0.35, latency=2),
    Setup("a fee per order, ticks of .1", "0.1", per_order=7.0, rungs=1),
    Setup("a minimum fee, one bar late, ticks of .05", "0.05", rate=0.0005, minimum=4.0, rungs=1, latency=1),
    Setup("trailing on closes, ticks of .01", "0.01", rate=0.001, trail="close"),
    Setup("trailing on closes, three bars late, ticks of 1", "1", trail="close", latency=3),
    Setup("entries inside a bar, ticks of .01", "0.01", intrabar="lower-timeframe", rate=0.001, inside=True),
    Setup("entries inside a bar, ticks of 1e-4", "0.0001", intrabar="lower-timeframe", per_unit=0.01, inside=True),
]


def fills(trades, setup):
    # It shows a strategy no bar before the second: the first path's bars come once more, untraded.
    rows = list(trades[0].rows) + [bar for path in trades for bar in path.rows]
    length = len(trades[0].rows)
    data = pd.DataFrame(rows, columns=["Open", "High", "Low", "Close", "Volume"])
    data.index = pd.date_range("2024-01-01", periods=len(rows), freq="1min")

    class Ladders(Strategy):
        def init(self):
            pass

        def next(self):
            number, row = divmod(len(self.data) - 1, length)
            if number == 0:
                return
            path = trades[number - 1]
            # What is asked at this close works in the next row.
            coming = row + 1
            if coming == path.enters:
                send = self.buy if path.side == "long" else self.sell
                for price, units in path.rungs:
                    target = price if path.limits_at(coming, setup.latency) else None
                    send(size=units, tp=target, sl=self.stop_of(path, coming), tag=(path.name, price))
            elif path.enters < coming < path.leaves:
                for trade in list(self.trades):
                    if trade.tp is None and path.limits_at(coming, setup.latency):
                        trade.tp = trade.tag[1]
                    if setup.trail:
                        trade.sl = self.stop_of(path, coming)
            elif coming == path.leaves:
                for trade in list(self.trades):
                    trade.close()

        def stop_of(self, path, row):
            return path.trailed(row, setup.latency) if setup.trail else path.stop

    def commission(units, price):
        fee = abs(units) * (price * setup.rate + setup.per_unit) + setup.per_order
        return max(fee, setup.minimum) if setup.minimum else fee

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stats = Backtest(data, Ladders, cash=1e12, commission=commission, finalize_trades=True).run()
    by_name = {path.name: ([], 0.0) for path in trades}
    by_path = {path.name: path for path in trades}
    for row in stats["_trades"].itertuples():
        name = row.Tag[0]
        done, net = by_name[name]
        done.append((by_path[name].bar_of(row.ExitBar % length), abs(row.Size), row.ExitPrice))
        by_name[name] = (done, net + row.PnL)
    return by_name
