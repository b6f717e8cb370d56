"""vectorbt 1.2: each rung is a column with its own target, all with the common stop."""

import numpy as np
import pandas as pd
import vectorbt as vbt

import paths

INTRABAR = "stop-first"
# Targets and stops are relative numbers in vectorbt, so a price comes back with its last bits changed: order prices lie
# between the cents, where no bar can touch them exactly.
OFFSET = 0.005


def fills(trades):
    columns = [(path, price, units) for path in trades for price, units in path.rungs]
    shape = (paths.BARS, len(columns))
    frame = lambda pick: pd.DataFrame(np.array([[pick(path.bars[t]) for path, _, _ in columns] for t in range(paths.BARS)]))
    opens, highs, lows, closes = (frame(lambda bar, k=k: bar[k]) for k in range(4))
    is_long = np.array([path.side == "long" for path, _, _ in columns])
    # It enters at the close of bar 0, which is the open of bar 1: it looks at stops from the bar after an entry on.
    enters = np.zeros(shape, dtype=bool)
    enters[0] = True
    leaves = np.zeros(shape, dtype=bool)
    leaves[-1] = True
    entry = np.array([path.entry for path, _, _ in columns])
    targets = np.abs(np.array([price for _, price, _ in columns]) / entry - 1)
    stops = np.abs(np.array([path.stop for path, _, _ in columns]) / entry - 1)
    price = closes.copy()
    price.iloc[-1] = opens.iloc[-1]
    portfolio = vbt.Portfolio.from_signals(
        closes,
        open=opens,
        high=highs,
        low=lows,
        entries=pd.DataFrame(enters & is_long),
        exits=pd.DataFrame(leaves & is_long),
        short_entries=pd.DataFrame(enters & ~is_long),
        short_exits=pd.DataFrame(leaves & ~is_long),
        price=price,
        size=np.array([float(units) for _, _, units in columns]),
        sl_stop=np.broadcast_to(stops, shape),
        tp_stop=np.broadcast_to(targets, shape),
        fees=paths.RATE,
        init_cash=1e9,
        freq="1min",
    )
    by_name = {path.name: ([], 0.0) for path in trades}
    for row in portfolio.trades.records.itertuples():
        path = columns[row.col][0]
        done, net = by_name[path.name]
        done.append((row.exit_idx, row.size, row.exit_price))
        by_name[path.name] = (done, net + row.pnl)
    return by_name
