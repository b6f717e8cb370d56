"""Referee: the published formulas in plain NumPy and pandas, for what no package has.

Volatility from ranges and returns, order flow from trades, spreads from bars. Everything is computed window by window
from the formula, nothing is carried along, and sums run in NumPy's order and not in ours.
"""

from math import erf

import numpy as np
import pandas as pd

from markets import Check, bars_of, es_trades, gaps, still, table, walk

LOG2 = np.log(2.0)


def windows(values, length):
    """The last `length` values at each row, as rows of a matrix; NaN before there are as many."""
    values = np.asarray(values, float)
    padded = np.concatenate([np.full(length - 1, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, length)


def over(values, length, function):
    """`function` of the rows of `windows`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return function(windows(values, length))


def mean(rows):
    return rows.mean(axis=1)


def centred(rows):
    # NumPy's mean of equal numbers is not always that number: what is left is rounding.
    left = rows - rows.mean(axis=1, keepdims=True)
    return np.where(rows.max(axis=1, keepdims=True) == rows.min(axis=1, keepdims=True), left * 0.0, left)


def slope(x, y, length):
    x, y = centred(windows(x, length)), centred(windows(y, length))
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = (x * x).sum(axis=1)
        return np.where(squares > 0.0, (x * y).sum(axis=1) / squares, np.nan)


def from_bars(name, bars, check):
    open_, high, low, close, volume = (bars[key].to_numpy(float) for key in ("open", "high", "low", "close", "volume"))
    r = np.append(np.nan, np.diff(np.log(close)))
    theirs = {}
    theirs["realised_volatility(window=20)"] = np.sqrt(over(r * r, 20, mean))
    theirs["upside_volatility(window=20)"] = np.sqrt(over(np.where(np.isnan(r), r, np.maximum(r, 0) ** 2), 20, mean))
    theirs["downside_volatility(window=20)"] = np.sqrt(over(np.where(np.isnan(r), r, np.minimum(r, 0) ** 2), 20, mean))
    bipower = np.pi / 2 * over(np.abs(r), 20, lambda rows: mean(rows[:, 1:] * rows[:, :-1]))
    realised = over(r * r, 20, mean)
    theirs["bipower_volatility(window=20)"] = np.sqrt(bipower)
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs["jump_share(window=20)"] = np.where(realised > 0, np.maximum(0.0, 1 - bipower / realised), np.nan)
        har = over(r * r, 15, lambda rows: rows.reshape(-1, 3, 5).sum(axis=2).mean(axis=1))
        theirs["har_term(period=5,periods=3)"] = np.log(np.where(har > 0, har, np.nan))
        inner = over(r * r, 10, mean)
        inner = 0.5 * np.log(np.where(inner > 0, inner, np.nan))
    theirs["volatility_of_volatility(inner=10,window=50)"] = np.sqrt(over(inner, 50, lambda rows: mean(centred(rows) ** 2)))
    theirs["parkinson(window=20)"] = np.sqrt(over(np.log(high / low) ** 2, 20, mean) / (4 * LOG2))
    garman_klass = 0.5 * np.log(high / low) ** 2 - (2 * LOG2 - 1) * np.log(close / open_) ** 2
    theirs["garman_klass(window=20)"] = np.sqrt(over(garman_klass, 20, mean))
    rogers = np.log(high / close) * np.log(high / open_) + np.log(low / close) * np.log(low / open_)
    theirs["rogers_satchell(window=20)"] = np.sqrt(np.maximum(over(rogers, 20, mean), 0.0))
    gap = np.append(np.nan, np.log(open_[1:] / close[:-1]))
    body = np.where(np.isnan(gap), np.nan, np.log(close / open_))
    k = 0.34 / (1.34 + 21 / 19)
    sample = lambda rows: (centred(rows) ** 2).sum(axis=1) / 19
    inside = over(np.where(np.isnan(gap), np.nan, rogers), 20, mean)
    theirs["yang_zhang(window=20)"] = np.sqrt(over(gap, 20, sample) + k * over(body, 20, sample) + (1 - k) * inside)

    change = np.append(np.nan, np.diff(close))
    net = over(np.append(np.nan, close[:-1]), 10, lambda rows: rows[:, 0])
    way = over(np.abs(change), 10, lambda rows: rows.sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs["efficiency_ratio(window=10)"] = np.where(way > 0, np.abs(close - net) / way, np.nan)
        root = np.sqrt(over(change**2, 50, mean))
        theirs["price_velocity(volatility=50,window=10)"] = np.where(
            root > 0, (close - net) / (root * np.sqrt(10)), np.nan)
        short = over(change, 50, lambda rows: mean(centred(rows) ** 2))
        change5 = np.append(np.full(5, np.nan), close[5:] - close[:-5])
        long = over(change5, 50, lambda rows: mean(centred(rows) ** 2))
        theirs["variance_ratio(lag=5,window=50)"] = np.where(short > 0, long / (5 * short), np.nan)
        turnover = close * volume
        ratio = np.where(volume > 0, np.abs(r) / turnover, 0.0)
        counted = over(np.where(np.isnan(r), np.nan, volume > 0), 20, lambda rows: rows.sum(axis=1))
        amihud = 1e6 * over(ratio, 20, lambda rows: rows.sum(axis=1)) / counted
        theirs["amihud(window=20)"] = np.where(counted > 0, amihud, np.nan)
    weights = np.cumprod(np.append(1.0, (np.arange(49) - 0.4) / np.arange(1, 50)))[::-1]
    theirs["fractional_difference(d=0.4,window=50)"] = over(np.log(close), 50, lambda rows: rows @ weights)

    deviation = np.sqrt(over(change, 50, lambda rows: (centred(rows) ** 2).sum(axis=1) / 49))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(deviation > 0, change / deviation, 0.0)
    share = np.where(np.isnan(deviation), np.nan, [erf(value / np.sqrt(2)) for value in z])
    total = over(np.where(np.isnan(share), np.nan, volume), 20, lambda rows: rows.sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        signed = over(share * volume, 20, lambda rows: rows.sum(axis=1))
        theirs["bulk_volume_imbalance(sigma=50,window=20)"] = np.where(total > 0, signed / total, np.nan)

    shift = np.append(np.nan, np.maximum(low[1:] - close[:-1], 0) + np.minimum(high[1:] - close[:-1], 0))
    second_high, second_low = high - shift, low - shift
    first_high, first_low = np.append(np.nan, high[:-1]), np.append(np.nan, low[:-1])
    b = np.log(first_high / first_low) ** 2 + np.log(second_high / second_low) ** 2
    g = np.log(np.fmax(first_high, second_high) / np.fmin(first_low, second_low)) ** 2
    root = 3 - 2 * np.sqrt(2)
    a = (np.sqrt(2 * b) - np.sqrt(b)) / root - np.sqrt(g / root)
    theirs["corwin_schultz(window=20)"] = over(np.maximum(2 * (np.exp(a) - 1) / (1 + np.exp(a)), 0), 20, mean)
    middle = 0.5 * (np.log(high) + np.log(low))
    before = np.append(np.nan, np.log(close[:-1]) - middle[:-1])
    after = np.append(np.nan, np.log(close[:-1]) - middle[1:])
    # The mean nearly cancels, so it is the squared spread that is compared.
    squared = np.maximum(4 * over(before * after, 20, mean), 0.0)

    ours = table(bars, [*theirs, "abdi_ranaldo(window=20)"])
    for spec, values in theirs.items():
        check.equal(f"{name}: {spec}", ours[spec], values, absolute=1e-13)
    check.equal(f"{name}: abdi_ranaldo", ours["abdi_ranaldo(window=20)"] ** 2, squared, absolute=1e-18)
    return len(theirs) + 1


def from_trades(bars, trades, check):
    sign = trades["side"].map({"buy": 1.0, "sell": -1.0}).fillna(0.0).to_numpy()
    price, qty, ts = trades["price"].to_numpy(float), trades["qty"].to_numpy(float), trades["ts"].to_numpy()
    close, now = bars["close"].to_numpy(float), bars["ts"].to_numpy()
    by_bar = trades["bar"].to_numpy()
    count = len(bars)
    known = np.searchsorted(by_bar, np.arange(count), side="right")

    def per_bar(values):
        return np.bincount(by_bar, values, count)

    flow, volume, trade_count = per_bar(sign * qty), per_bar(qty), per_bar(np.ones_like(qty))
    add = lambda values, length: over(values, length, lambda rows: rows.sum(axis=1))
    theirs = {}
    theirs["signed_volume_imbalance(window=20)"] = add(flow, 20) / add(volume, 20)
    theirs["cumulative_delta(window=20)"] = add(flow, 20)
    theirs["trade_count_imbalance(window=20)"] = add(per_bar(sign), 20) / add(trade_count, 20)
    cumulative, time = np.cumsum(flow), np.arange(count, dtype=float)
    theirs["cumulative_delta_slope(window=20)"] = slope(time, cumulative, 20) / (add(volume, 20) / 20)

    def correlation(x, y, length):
        forth, back = slope(x, y, length), slope(y, x, length)
        return np.sign(forth) * np.sqrt(forth * back)

    theirs["cumulative_delta_divergence(window=20)"] = correlation(time, cumulative, 20) - correlation(time, close, 20)
    change = np.append(np.nan, np.diff(close))
    theirs["kyle_lambda(window=50)"] = slope(np.where(np.isnan(change), np.nan, flow), change, 50)
    r = np.append(np.nan, np.diff(np.log(close)))
    root = per_bar(sign * np.sqrt(price * qty))
    theirs["hasbrouck_lambda(window=50)"] = slope(np.where(np.isnan(r), np.nan, root), r, 50)

    running = np.cumsum(sign * qty), np.cumsum(qty)
    last = 1_000
    sums = [np.where(known >= last, run[known - 1] - np.where(known > last, run[known - 1 - last], 0.0), np.nan)
            for run in running]
    theirs["signed_volume_imbalance(trades=1000)"] = sums[0] / sums[1]
    start = np.searchsorted(ts, now - 300_000_000_000, side="right")
    whole = [np.append(0.0, run) for run in running]
    with np.errstate(invalid="ignore", divide="ignore"):
        recent = (whole[0][known] - whole[0][start]) / (whole[1][known] - whole[1][start])
    theirs["signed_volume_imbalance(seconds=300)"] = np.where(now - ts[0] >= 300_000_000_000, recent, np.nan)
    # The fewest last trades that reach 5,000 contracts.
    first = np.searchsorted(whole[1], whole[1][known] - 5_000.0, side="right") - 1
    by_volume = (whole[0][known] - whole[0][first]) / (whole[1][known] - whole[1][first])
    theirs["signed_volume_imbalance(volume=5000)"] = np.where(whole[1][known] >= 5_000.0, by_volume, np.nan)

    rate = np.log(2) / 60.0
    intensity = np.empty(count)
    for t in range(count):
        # Trades more than 60 half-lives old weigh less than 1e-18.
        age = (now[t] - ts[np.searchsorted(ts, now[t] - 3_600_000_000_000):known[t]]) * 1e-9
        seconds = (now[t] - ts[0]) * 1e-9
        intensity[t] = rate * np.exp(-rate * age).sum() / (1 - np.exp(-rate * seconds)) if seconds >= 60 else np.nan
    theirs["trade_intensity(half_life=60)"] = intensity

    usual = pd.Series(qty).rolling(200).mean().shift(1).to_numpy()
    with np.errstate(invalid="ignore"):
        large = per_bar(np.where(qty >= 3 * usual, qty, 0.0))
    theirs["large_trade_share(multiple=3,window=20)"] = add(large, 20) / add(volume, 20)

    moves = np.diff(price)
    spread = np.full(count, np.nan)
    for t in np.flatnonzero(known >= 502):
        pairs = moves[known[t] - 502:known[t] - 1]
        covariance = np.mean((pairs[:-1] - pairs[:-1].mean()) * (pairs[1:] - pairs[1:].mean()))
        # What rounding leaves of no covariance is a spread of 0.
        if covariance <= 1e-12 * pairs.var():
            spread[t] = 2 * np.sqrt(max(0.0, -covariance))
    theirs["roll_spread(window=500)"] = spread

    starts = np.flatnonzero(np.append(True, sign[1:] != sign[:-1]))
    run = np.arange(len(sign)) - starts[np.searchsorted(starts, np.arange(len(sign)), side="right") - 1] + 1
    theirs["same_side_run"] = np.where(sign[known - 1] != 0, (sign * run)[known - 1], np.nan)

    classes = np.minimum(((flow / volume + 1) / 2 * 8).astype(int), 7)
    def entropy(rows):
        shares = np.stack([(rows == group).mean(axis=1) for group in range(8)])
        logs = np.log(np.where(shares > 0, shares, 1.0))
        return np.where(np.isnan(rows[:, 0]), np.nan, -(shares * logs).sum(axis=0) / np.log(8))
    theirs["signed_volume_entropy(classes=8,window=50)"] = over(classes, 50, entropy)

    control, area = np.full(count, np.nan), np.full(count, np.nan)
    bins = np.floor(np.log(price / price[0]) / 0.0005).astype(int)
    for t in range(49, count):
        start = known[t - 50] if t >= 50 else 0
        held = np.bincount(bins[start:known[t]] - bins.min(), qty[start:known[t]])
        top = held.argmax()
        control[t] = close[t] / (price[0] * np.exp((top + bins.min() + 0.5) * 0.0005)) - 1
        low = high = top
        lowest, highest = np.flatnonzero(held)[[0, -1]]
        while held[low:high + 1].sum() < 0.7 * held.sum():
            below = held[low - 1] if low > lowest else -1.0
            above = held[high + 1] if high < highest else -1.0
            low, high = (low, high + 1) if above >= below else (low - 1, high)
        area[t] = (np.log(close[t] / price[0]) / 0.0005 - (low + bins.min())) / (high - low + 1)
    theirs["point_of_control_distance(bin_bps=5,window=50)"] = control
    theirs["value_area_position(bin_bps=5,window=50)"] = area

    ours = table(bars, list(theirs), trades[["ts", "price", "qty", "side"]])
    for spec, values in theirs.items():
        check.equal(f"E-mini trades: {spec}", ours[spec], values, absolute=1e-13)
    return len(theirs)


def main():
    check = Check()
    for name, bars in (("walk", walk(21, level=2_000.0)), ("gaps", gaps(22)), ("still", still(23))):
        shared = from_bars(name, bars, check)
    bars, trades = bars_of(es_trades(), 100)
    from_bars("E-mini bars of 100 trades", bars, check)
    shared += from_trades(bars, trades, check)
    print(f"NumPy {np.__version__}: {check.values} values of {shared} features agree")


if __name__ == "__main__":
    main()
