"""Markets that the referees of the features share, and the call that computes features on them.

A market is a pandas frame of bars (ts in nanoseconds, open, high, low, close, volume) and, where there are any, one of
trades (ts, price, qty, side). `table` gives what `scaleout features` makes of it, NaN where it says nothing.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

START = 1_380_000_000_000_000_000
MINUTE = 60_000_000_000
ES_TICKS = Path(__file__).resolve().parents[3] / "datasets" / "es-ticks" / "trades.parquet"


def table(bars, specs, trades=None):
    """The columns that `scaleout features` computes, in the order of `specs`."""
    with tempfile.TemporaryDirectory() as scratch:
        bars_file, trades_file, out = (Path(scratch) / name for name in ("bars.csv", "trades.csv", "table.csv"))
        bars.to_csv(bars_file, index=False)
        command = [os.environ["SCALEOUT"], "features", "--bars", bars_file, "--set", ";".join(specs), "--out", out]
        if trades is not None:
            trades.to_csv(trades_file, index=False)
            command += ["--trades", trades_file]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        values = pd.read_csv(out, float_precision="round_trip")
    assert len(values) == len(bars), f"{len(values)} rows for {len(bars)} bars"
    values = values.iloc[:, -len(specs):].astype(float)
    asked = [spec.split("(")[0] for spec in specs]
    assert [name.split("(")[0] for name in values.columns] == asked, "the columns come in the order asked for"
    return values.set_axis(list(specs), axis="columns")


def walk(seed, count=5_000, level=100.0, tick=0.25):
    """A random walk on a grid of ticks."""
    rng = np.random.default_rng(seed)
    close = level + tick * np.cumsum(rng.integers(-4, 5, count))
    open_ = np.concatenate([[level], close[:-1]]) + tick * rng.integers(-1, 2, count)
    high = np.maximum(open_, close) + tick * rng.integers(0, 4, count)
    low = np.minimum(open_, close) - tick * rng.integers(0, 4, count)
    return frame(open_, high, low, close, rng.integers(1, 500, count).astype(float))


def gaps(seed):
    """A walk that jumps by a quarter of its price every 700 bars, up and down in turn."""
    bars = walk(seed, level=400.0)
    jump = 100.0 * ((np.arange(len(bars)) // 700) % 2)
    return frame(*(bars[name] + jump for name in ("open", "high", "low", "close")), bars["volume"])


def still(seed):
    """A walk that stands still without volume for 150 bars out of 1,000."""
    bars = walk(seed, level=1_000.0)
    quiet = (np.arange(len(bars)) % 1_000) >= 850
    close = bars["close"].where(~quiet).ffill()
    prices = [bars[name].where(~quiet, close) for name in ("open", "high", "low")]
    return frame(*prices, close, bars["volume"].where(~quiet, 0.0))


def es_trades():
    """The E-mini trades of the embedded dataset; sides by the tick rule, so that both tools see the same."""
    trades = pd.read_parquet(ES_TICKS)[["ts", "price", "qty"]]
    trades["ts"] = trades["ts"].astype("int64")
    moves = np.sign(trades["price"].diff()).replace(0.0, np.nan).ffill()
    trades["side"] = moves.map({1.0: "buy", -1.0: "sell"}).fillna("")
    return trades


def bars_of(trades, count):
    """Bars of `count` trades each; each closes with its last trade, and one that shares its time with the next
    trade is merged into the next bar, so that every trade lies before exactly one close."""
    last = np.arange(count - 1, len(trades) - 1, count)
    ts = trades["ts"].to_numpy()
    last = last[ts[last] < ts[last + 1]]
    bucket = np.searchsorted(last, np.arange(len(trades)))
    inside = trades[bucket < len(last)]
    grouped = inside.groupby(bucket[bucket < len(last)])
    price = grouped["price"]
    bars = pd.DataFrame({
        "ts": grouped["ts"].last(), "open": price.first(), "high": price.max(), "low": price.min(),
        "close": price.last(), "volume": grouped["qty"].sum().astype(float),
    })
    return bars, inside.assign(bar=bucket[bucket < len(last)])


def frame(open_, high, low, close, volume):
    """Minute bars."""
    ts = START + MINUTE * np.arange(1, len(close) + 1)
    columns = {"ts": ts, "open": open_, "high": high, "low": low, "close": close, "volume": volume}
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})


class Check:
    """Counts comparisons and stops at the first difference."""

    def __init__(self):
        self.values = 0

    def equal(self, what, ours, theirs, start=0, relative=1e-9, absolute=0.0):
        """From row `start` on: undefined in the same rows, equal within `relative` of the larger one's size or of
        the typical size of the column, whichever is more, or within `absolute`."""
        ours, theirs = np.asarray(ours, float)[start:], np.asarray(theirs, float)[start:]
        assert (~np.isnan(theirs)).any(), f"{what}: the referee says nothing"
        apart = np.isnan(ours) != np.isnan(theirs)
        assert not apart.any(), f"{what}: row {start + apart.argmax()}: {ours[apart][0]} against {theirs[apart][0]}"
        both = ~np.isnan(ours)
        ours, theirs = ours[both], theirs[both]
        typical = np.sqrt(np.mean(theirs**2))
        allowed = np.maximum(absolute, relative * np.maximum(np.abs(theirs), typical))
        off = np.abs(ours - theirs) - allowed
        worst = off.argmax()
        assert off[worst] <= 0.0, f"{what}: {ours[worst]!r} against {theirs[worst]!r} ({off.size} compared)"
        self.values += off.size
