"""Times TA-Lib and pandas on the bars that benches/talib.rs wrote: arrays in, arrays out.

usage: peers.py FOLDER      answers each line `talib NAME REPEATS` or `pandas NAME REPEATS` with the least seconds
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import talib

folder = Path(sys.argv[1])
open_, high, low, close, volume, other = (
    np.fromfile(folder / f"{name}.f64") for name in ("open", "high", "low", "close", "volume", "other")
)

TALIB = {
    "atr": lambda: talib.ATR(high, low, close, 14),
    "atr_percent": lambda: talib.NATR(high, low, close, 14),
    "rsi": lambda: talib.RSI(close, 14),
    "macd": lambda: talib.MACD(close, 12, 26, 9),
    "macd_signal": lambda: talib.MACD(close, 12, 26, 9),
    "macd_histogram": lambda: talib.MACD(close, 12, 26, 9),
    "rate_of_change": lambda: talib.ROCP(close, 10),
    "bollinger_upper": lambda: talib.BBANDS(close, 20, 2.0, 2.0),
    "bollinger_lower": lambda: talib.BBANDS(close, 20, 2.0, 2.0),
    "stochastic_k(smooth=1)": lambda: talib.STOCHF(high, low, close, 14, 1, 0),
    "stochastic_k": lambda: talib.STOCH(high, low, close, 14, 3, 0, 3, 0),
    "stochastic_d": lambda: talib.STOCH(high, low, close, 14, 3, 0, 3, 0),
    "plus_di": lambda: talib.PLUS_DI(high, low, close, 14),
    "minus_di": lambda: talib.MINUS_DI(high, low, close, 14),
    "adx": lambda: talib.ADX(high, low, close, 14),
    "cci": lambda: talib.CCI(high, low, close, 20),
    "mfi": lambda: talib.MFI(high, low, close, volume, 14),
    "aroon_up": lambda: talib.AROON(high, low, 14),
    "aroon_down": lambda: talib.AROON(high, low, 14),
    "aroon_oscillator": lambda: talib.AROONOSC(high, low, 14),
    "donchian_high": lambda: talib.MAX(high, 20),
    "donchian_low": lambda: talib.MIN(low, 20),
    "donchian_position": lambda: talib.WILLR(high, low, close, 20),
    "sma_distance": lambda: close / talib.SMA(close, 20) - 1.0,
    "ema_distance": lambda: close / talib.EMA(close, 20) - 1.0,
    "correlation:other": lambda: talib.CORREL(np.diff(np.log(other)), np.diff(np.log(close)), 60),
    "beta:other": lambda: talib.BETA(other, close, 60),
}


def pandas_set():
    """The same indicators as a user of pandas writes them, each once."""
    o, h, l, c, v, x = (pd.Series(values) for values in (open_, high, low, close, volume, other))
    before = c.shift()

    def wilder(series, window):
        return series.ewm(alpha=1.0 / window, adjust=False).mean()

    def ema(series, window):
        return series.ewm(span=window, adjust=False).mean()

    def true_range():
        return pd.concat([h - l, (h - before).abs(), (l - before).abs()], axis=1).max(axis=1)

    def directional():
        rise, fall = h.diff(), -l.diff()
        plus = wilder(rise.where((rise > fall) & (rise > 0), 0.0), 14)
        minus = wilder(fall.where((fall > rise) & (fall > 0), 0.0), 14)
        ranges = wilder(true_range(), 14)
        return 100 * plus / ranges, 100 * minus / ranges

    def adx():
        plus, minus = directional()
        return wilder(100 * (plus - minus).abs() / (plus + minus), 14)

    def rsi():
        move = c.diff()
        gain, loss = wilder(move.clip(lower=0), 14), wilder(-move.clip(upper=0), 14)
        return 100 * gain / (gain + loss)

    def k(smooth):
        low_, high_ = l.rolling(14).min(), h.rolling(14).max()
        return (100 * (c - low_) / (high_ - low_)).rolling(smooth).mean()

    def mfi():
        typical = (h + l + c) / 3
        flow, move = typical * v, typical.diff()
        up = flow.where(move > 0, 0.0).rolling(14).sum()
        down = flow.where(move < 0, 0.0).rolling(14).sum()
        return 100 * up / (up + down)

    def cci():
        typical = h + l + c
        deviation = typical.rolling(20).apply(lambda window: np.abs(window - window.mean()).mean(), raw=True)
        return (typical - typical.rolling(20).mean()) / (0.015 * deviation)

    def aroon(series, best):
        return series.rolling(15).apply(lambda window: 100 * (14 - best(window[::-1])) / 14, raw=True)

    line = lambda: ema(c, 12) - ema(c, 26)
    r, s = np.log(c).diff(), np.log(x).diff()
    return {
        "atr": lambda: wilder(true_range(), 14),
        "atr_percent": lambda: 100 * wilder(true_range(), 14) / c,
        "rsi": rsi,
        "macd": line,
        "macd_signal": lambda: ema(line(), 9),
        "macd_histogram": lambda: line() - ema(line(), 9),
        "rate_of_change": lambda: c.pct_change(10),
        "bollinger_upper": lambda: c.rolling(20).mean() + 2 * c.rolling(20).std(ddof=0),
        "bollinger_lower": lambda: c.rolling(20).mean() - 2 * c.rolling(20).std(ddof=0),
        "stochastic_k(smooth=1)": lambda: k(1),
        "stochastic_k": lambda: k(3),
        "stochastic_d": lambda: k(3).rolling(3).mean(),
        "plus_di": lambda: directional()[0],
        "minus_di": lambda: directional()[1],
        "adx": adx,
        "cci": cci,
        "mfi": mfi,
        "aroon_up": lambda: aroon(h, np.argmax),
        "aroon_down": lambda: aroon(l, np.argmin),
        "aroon_oscillator": lambda: aroon(h, np.argmax) - aroon(l, np.argmin),
        "donchian_high": lambda: h.rolling(20).max(),
        "donchian_low": lambda: l.rolling(20).min(),
        "donchian_position": lambda: (c - l.rolling(20).min()) / (h.rolling(20).max() - l.rolling(20).min()),
        "sma_distance": lambda: c / c.rolling(20).mean() - 1,
        "ema_distance": lambda: c / ema(c, 20) - 1,
        "correlation:other": lambda: r.rolling(60).corr(s),
        "beta:other": lambda: r.rolling(60).cov(s) / s.rolling(60).var(),
    }


def best(work, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


WORK = {"talib": TALIB, "pandas": pandas_set()}
for line in sys.stdin:
    peer, name, repeats = line.split()
    print(best(WORK[peer][name], int(repeats)), flush=True)
