"""vectorbt 1.2: each rung is a column with its own target, all with the common stop."""

import numpy as np
import pandas as pd
import vectorbt as vbt

import paths
from paths import Setup

# Targets and stops are relative numbers in vectorbt, so a price comes back with its last bits changed: order prices lie
# between the ticks, where no bar can touch them exactly.
# The profile that ours fills by.
FILLS = "vectorbt"
SETUPS = [
    Setup("stop-first, rates, ticks of .01", "0.01", rate=0.001, between=True),
    Setup("stop-first, rebates, ticks of 1e-4", "0.0001", rate=-0.0002, between=True),
    Setup("a fee per order, ticks of .5", "0.5", per_order=7.0, rungs=1, between=True),
    Setup("trailing from the extreme, ticks of .001", "0.001", rate=0.001, trail="extreme", between=True),
    Setup("trailing from the extreme, ticks of 1", "1", trail="extreme", between=True),
    Setup("entries inside a bar, ticks of .05", "0.05", intrabar="lower-timeframe", rate=0.001, inside=True, between=True),
]


def fills(trades, setup):
    columns = [(path, price, units) for path in trades for price, units in path.rungs]
    length = len(trades[0].rows)
    shape = (length, len(columns))
    frame = lambda pick: pd.DataFrame(np.array([[pick(path, t) for path, _, _ in columns] for t in range(length)]))
    opens, highs, lows, closes = (frame(lambda path, t, k=k: path.rows[t][k]) for k in range(4))
    is_long = np.array([path.side == "long" for path, _, _ in columns])
    # It looks at stops from the bar after an entry on: it enters at the end of the bar before, at the price of the entry.
    enters, leaves = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    price = closes.to_numpy().copy()
    for number, (path, _, _) in enumerate(columns):
        enters[path.enters - 1, number] = leaves[path.leaves, number] = True
        price[path.enters - 1, number] = path.entry
        price[path.leaves, number] = path.rows[path.leaves][0]
    entry = np.array([path.entry for path, _, _ in columns])
    targets = np.abs(np.array([price for _, price, _ in columns]) / entry - 1)
    stops = np.abs(np.array([path.stop for path, _, _ in columns]) / entry - 1)
    if setup.trail:
        stops = np.array([float(path.behind) / 100 for path, _, _ in columns])
    portfolio = vbt.Portfolio.from_signals(
        closes,
        open=opens,
        high=highs,
        low=lows,
        entries=pd.DataFrame(enters & is_long),
        exits=pd.DataFrame(leaves & is_long),
        short_entries=pd.DataFrame(enters & ~is_long),
        short_exits=pd.DataFrame(leaves & ~is_long),
        price=pd.DataFrame(price),
        size=np.array([float(units) for _, _, units in columns]),
        sl_stop=np.broadcast_to(stops, shape),
        sl_trail=bool(setup.trail),
        tp_stop=np.broadcast_to(targets, shape),
        # Stops are measured from what the entry paid, not from the close of that bar.
        stop_entry_price="price",
        fees=setup.rate,
        fixed_fees=setup.per_order,
        init_cash=1e12,
        freq="1min",
    )
    by_name = {path.name: ([], 0.0) for path in trades}
    for row in portfolio.trades.records.itertuples():
        path = columns[row.col][0]
        done, net = by_name[path.name]
        done.append((path.bar_of(row.exit_idx), row.size, row.exit_price))
        by_name[path.name] = (done, net + row.pnl)
    return by_name
