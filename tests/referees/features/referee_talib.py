"""Referee: TA-Lib, for every indicator it shares with us, on walks, gaps, still markets and real ticks.

Equal to 1e-9 from the first value on, with these differences of definition, each checked below:
- where all that an oscillator looks at stands still TA-Lib returns 0 (RSI, STOCH, CCI, MFI, WILLR); we say nothing;
- MFI: TA-Lib also returns 0 where the money flow of the window is below 1 unit;
- BBANDS: TA-Lib takes the variance as mean square minus squared mean and loses digits at large prices and after
  gaps, so bands are held against two passes in NumPy at 1e-9, and against TA-Lib in variance within its rounding;
- CORREL is fed log returns, which is what our correlation takes;
- BETA takes simple returns of prices, ours log returns: it is fed prices whose simple returns are the log returns;
- MACD: TA-Lib begins the line where its signal begins, we begin it where the slow average does.
"""

import numpy as np
import pandas as pd
import talib

from markets import Check, bars_of, es_trades, gaps, still, table, walk

SPECS = [
    "atr(window=14)", "atr_percent(window=14)", "bollinger_upper(window=20)", "bollinger_lower(window=20)",
    "bollinger_width(window=20)", "bollinger_position(window=20)", "rsi(window=14)", "macd", "macd_signal",
    "macd_histogram", "rate_of_change(window=10)", "stochastic_k(window=14,smooth=3)",
    "stochastic_d(window=14,smooth=3,signal=3)", "stochastic_k(window=5,smooth=1)", "plus_di(window=14)",
    "minus_di(window=14)", "adx(window=14)", "cci(window=20)", "mfi(window=14)", "aroon_up(window=14)",
    "aroon_down(window=14)", "aroon_oscillator(window=14)", "donchian_high(window=20)", "donchian_low(window=20)",
    "donchian_position(window=20)", "sma_distance(window=20)", "ema_distance(window=20)",
    "keltner_position(window=20,atr=10,multiple=2)", "keltner_width(window=20,atr=10,multiple=2)",
    "range_compression(short=10,long=50)", "drawdown_from_high(window=50)", "rise_from_low(window=50)", "correlation:other(window=60)",
    "beta:other(window=60)", "z_score:other(window=60)",
]


def judge(name, bars, check):
    other = walk(99, len(bars), level=2_000.0)["close"].to_numpy()
    bars = bars.assign(other=other)
    ours = table(bars, SPECS)
    open_, high, low, close, volume = (bars[key].to_numpy(float) for key in ("open", "high", "low", "close", "volume"))

    def equal(spec, theirs, **how):
        check.equal(f"{name}: {spec}", ours[spec], theirs, **how)

    def unless(theirs, undefined):
        return np.where(undefined, np.nan, theirs)

    equal("atr(window=14)", talib.ATR(high, low, close, 14))
    equal("atr_percent(window=14)", talib.NATR(high, low, close, 14))
    equal("rsi(window=14)", talib.RSI(close, 14))
    for spec, theirs in zip(("macd_signal", "macd_histogram"), talib.MACD(close, 12, 26, 9)[1:]):
        equal(spec, theirs)
    # TA-Lib cuts the line to where the signal is defined.
    equal("macd", talib.MACD(close, 12, 26, 9)[0], start=33)
    equal("rate_of_change(window=10)", talib.ROCP(close, 10))
    equal("plus_di(window=14)", talib.PLUS_DI(high, low, close, 14))
    equal("minus_di(window=14)", talib.MINUS_DI(high, low, close, 14))
    equal("adx(window=14)", talib.ADX(high, low, close, 14))
    for spec, theirs in zip(("aroon_down(window=14)", "aroon_up(window=14)"), talib.AROON(high, low, 14)):
        equal(spec, theirs)
    equal("aroon_oscillator(window=14)", talib.AROONOSC(high, low, 14))
    top, bottom = talib.MAX(high, 20), talib.MIN(low, 20)
    equal("donchian_high(window=20)", top)
    equal("donchian_low(window=20)", bottom)
    equal("donchian_position(window=20)", unless(1.0 + talib.WILLR(high, low, close, 20) / 100.0, top == bottom))
    equal("sma_distance(window=20)", close / talib.SMA(close, 20) - 1.0, absolute=1e-12)
    equal("ema_distance(window=20)", close / talib.EMA(close, 20) - 1.0, absolute=1e-12)
    equal("drawdown_from_high(window=50)", close / talib.MAX(high, 50) - 1.0)
    equal("rise_from_low(window=50)", close / talib.MIN(low, 50) - 1.0)
    middle, reach = talib.EMA(close, 20), 2.0 * talib.ATR(high, low, close, 10)
    # EMA and close are subtracted: TA-Lib's rounding of the price shows where the range is small.
    equal("keltner_position(window=20,atr=10,multiple=2)", (close - middle) / reach,
          absolute=np.nanmax(close) * 1e-14 / np.nanmin(reach))
    equal("keltner_width(window=20,atr=10,multiple=2)", 2.0 * reach / middle)

    def sma_of_ranges(window):
        # TA-Lib's running sum starts at the first value, so the leading NaN is cut off and put back.
        return np.concatenate([[np.nan], talib.SMA(talib.TRANGE(high, low, close)[1:], window)])

    moved = pd.Series(np.append(np.nan, np.abs(np.diff(close)))) + high - low
    dead = moved.rolling(50).max().to_numpy() == 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        equal("range_compression(short=10,long=50)", unless(sma_of_ranges(10) / sma_of_ranges(50), dead),
              absolute=1e-9)

    # Where the range of a window is 0 TA-Lib says 0, which its averages carry on; we say nothing.
    for spec, window, smooth, signal in (
        ("stochastic_k(window=14,smooth=3)", 14, 3, 1), ("stochastic_d(window=14,smooth=3,signal=3)", 14, 3, 3),
        ("stochastic_k(window=5,smooth=1)", 5, 1, 1),
    ):
        flat = talib.MAX(high, window) == talib.MIN(low, window)
        touched = pd.Series(flat).rolling(smooth + signal - 1, min_periods=1).max().to_numpy() > 0
        slow_k, slow_d = talib.STOCH(high, low, close, window, smooth, 0, max(signal, 1), 0)
        equal(spec, unless(slow_d if signal > 1 else slow_k, touched), start=window + smooth + signal - 3)

    typical = (high + low + close) / 3.0
    level = pd.Series(high + low + close)
    equal("cci(window=20)", unless(talib.CCI(high, low, close, 20), level.rolling(20).max() == level.rolling(20).min()),
          relative=1e-9, absolute=np.max(close) * 1e-10)
    flow = pd.Series(typical * volume * (np.append(np.nan, np.diff(typical)) != 0.0)).iloc[1:].rolling(14).sum()
    ours_mfi, theirs_mfi = ours["mfi(window=14)"].to_numpy(), talib.MFI(high, low, close, volume, 14)
    certain = np.append(False, flow.to_numpy() > 1.0)
    check.equal(f"{name}: mfi", ours_mfi[certain], theirs_mfi[certain])

    mean = pd.Series(close).rolling(20).mean()
    exact = pd.Series(close).rolling(20).apply(lambda x: np.std(x - x[-1]), raw=True)
    upper, _, lower = talib.BBANDS(close, 20, 2.0, 2.0)
    equal("bollinger_upper(window=20)", mean + 2.0 * exact)
    equal("bollinger_lower(window=20)", mean - 2.0 * exact)
    equal("bollinger_width(window=20)", 4.0 * exact / mean)
    with np.errstate(invalid="ignore", divide="ignore"):
        equal("bollinger_position(window=20)", unless((close - mean + 2.0 * exact) / (4.0 * exact), exact == 0.0),
              absolute=1e-9)
    ours_upper, ours_lower = ours["bollinger_upper(window=20)"], ours["bollinger_lower(window=20)"]
    check.equal(f"{name}: BBANDS variance", (ours_upper - ours_lower) ** 2, (upper - lower) ** 2,
                absolute=np.max(close) ** 2 * 1e-12)

    r, s = np.diff(np.log(close)), np.diff(np.log(other))
    theirs = talib.CORREL(s, r, 60)
    moving = pd.Series(r).rolling(60).max() != pd.Series(r).rolling(60).min()
    check.equal(f"{name}: correlation", ours["correlation:other(window=60)"][1:], unless(theirs, ~moving),
                start=59)
    # Prices whose simple returns are r and s.
    grown = lambda returns: np.cumprod(np.append(1.0, 1.0 + returns))
    still = pd.Series(s).rolling(60).max() == pd.Series(s).rolling(60).min()
    check.equal(f"{name}: beta", ours["beta:other(window=60)"][1:], unless(talib.BETA(grown(s), grown(r), 60)[1:], still),
                start=59)
    deviation = pd.Series(other).rolling(60).apply(np.std, raw=True)
    equal("z_score:other(window=60)", (other - talib.SMA(other, 60)) / deviation, absolute=1e-9)


def main():
    check = Check()
    judge("walk", walk(1, level=2_000.0), check)
    judge("walk at level 1e5", walk(2, level=100_000.0), check)
    judge("gaps", gaps(3), check)
    judge("still", still(4), check)
    judge("E-mini bars of 100 trades", bars_of(es_trades(), 100)[0], check)
    print(f"TA-Lib {talib.__version__}: {check.values} values of {len(SPECS)} features agree")

    # A market that never moved: TA-Lib says 0, we say nothing.
    flat = walk(5, 200).assign(open=50.0, high=50.0, low=50.0, close=50.0)
    ours = table(flat, ["rsi", "cci", "mfi", "plus_di", "stochastic_k", "bollinger_position"])
    assert ours.isna().all().all(), "a market that never moved has no oscillator"
    assert (talib.RSI(flat["close"].to_numpy(), 14)[14:] == 0.0).all()


if __name__ == "__main__":
    main()
