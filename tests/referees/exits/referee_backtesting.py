"""backtesting.py 0.6.6: each rung is a trade with its own target, all with the common stop."""

import warnings

import pandas as pd
from backtesting import Backtest, Strategy

import paths

INTRABAR = "stop-first"
OFFSET = 0.0


def fills(trades):
    # It shows a strategy no bar before the second: the first path's bars come once more, untraded.
    rows = list(trades[0].bars) + [bar for path in trades for bar in path.bars]
    data = pd.DataFrame(rows, columns=["Open", "High", "Low", "Close", "Volume"])
    data.index = pd.date_range("2024-01-01", periods=len(rows), freq="1min")

    class Ladders(Strategy):
        def init(self):
            pass

        def next(self):
            number, t = divmod(len(self.data) - 1, paths.BARS)
            if number == 0:
                return
            path = trades[number - 1]
            if t == paths.ENTRY_BAR - 1:
                send = self.buy if path.side == "long" else self.sell
                for price, units in path.rungs:
                    send(size=units, tp=price, sl=path.stop, tag=path.name)
            elif t == paths.BARS - 2:
                for trade in list(self.trades):
                    trade.close()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stats = Backtest(data, Ladders, cash=1e9, commission=paths.RATE, finalize_trades=True).run()
    by_name = {path.name: ([], 0.0) for path in trades}
    for row in stats["_trades"].itertuples():
        bar = row.ExitBar % paths.BARS
        done, net = by_name[row.Tag]
        done.append((bar, abs(row.Size), row.ExitPrice))
        by_name[row.Tag] = (done, net + row.PnL)
    return by_name
