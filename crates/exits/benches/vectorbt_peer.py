"""vectorbt on the paths of replay.rs: each rung is a column with its own target, all with the common trailing stop.

Arguments: folder, paths, bars a path, quantity, fee rate, trail, then the levels of the rungs (shares of the price).
Writes the net result of every path; prints version, wall and CPU seconds of the simulation, compiled beforehand, the better of two.
"""

import sys
import time

import numpy as np
import vectorbt as vbt

folder, paths, horizon = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
qty, fee_rate, trail, *levels = (float(value) for value in sys.argv[4:])
bars = np.fromfile(f"{folder}/bars.f64").reshape(-1, 4)

# It enters at the close of a flat bar before the path and leaves at the open of the bar after it: it looks at stops from
# the bar after an entry on.
windows = np.lib.stride_tricks.sliding_window_view(bars, horizon + 1, axis=0)[:paths]  # path, price, bar
opens = windows[:, 0, :]
prices = []
for price in range(4):
    rows = np.concatenate([opens[:, :1], windows[:, price, :-1], opens[:, -1:]], axis=1).T
    prices.append(np.repeat(rows, len(levels), axis=1))
open_, high, low, close = prices

shape = close.shape
is_long = np.repeat(np.arange(paths) % 2 == 0, len(levels))
enters, leaves = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
enters[0], leaves[-1] = True, True
signals = dict(
    entries=enters & is_long, exits=leaves & is_long, short_entries=enters & ~is_long, short_exits=leaves & ~is_long
)
targets = np.tile(levels, paths)


def simulate():
    start, cpu = time.perf_counter(), time.process_time()
    portfolio = vbt.Portfolio.from_signals(
        close,
        open=open_,
        high=high,
        low=low,
        **signals,
        size=qty / len(levels),
        sl_stop=trail,
        sl_trail=True,
        tp_stop=targets[np.newaxis, :],
        fees=fee_rate,
        init_cash=1e9,
        max_orders=2 * shape[1],
        freq="1min",
    )
    return portfolio, time.perf_counter() - start, time.process_time() - cpu


simulate()
portfolio, wall, cpu = min((simulate() for _ in range(2)), key=lambda run: run[2])

records = portfolio.trades.values
nets = np.bincount(records["col"] // len(levels), weights=records["pnl"], minlength=paths)
nets.tofile(f"{folder}/nets.f64")
print(vbt.__version__, wall, cpu)
