"""The generated feature module against scaleout's own table: 1e-9 relative, rows equal in float32."""

import csv
import importlib.util
import random

import numpy as np

FEATURES = [
    "atr(window=7)", "atr_percent", "bollinger_lower", "bollinger_position(deviations=1.5,window=11)", "bollinger_upper",
    "bollinger_width", "donchian_high(window=5)", "donchian_low", "donchian_position(window=9)", "drawdown_from_high", "rise_from_low",
    "efficiency_ratio", "ema_distance", "ewma_volatility(lambda=0.9,seed=12)", "macd", "mfi", "parkinson",
    "range_compression", "rate_of_change", "realised_volatility", "relative_volume", "rsi", "sma_distance",
    "stochastic_d", "stochastic_k", "volatility_ratio", "vwap_distance", "column:sentiment",
]


def random_bars(path, count, seed):
    """Bars with gaps, jumps, flat stretches and bars without volume."""
    rng = random.Random(seed)
    price, flat = 100.0, 0
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ts", "open", "high", "low", "close", "volume", "sentiment"])
        for place in range(count):
            flat = flat - 1 if flat else (rng.randint(5, 60) if rng.random() < 0.001 else 0)
            step = 0.0 if flat else rng.gauss(0, 0.05) + (rng.choice([-8, 8]) if rng.random() < 0.001 else 0.0)
            opened = max(1.0, round(price + (rng.gauss(0, 0.3) if rng.random() < 0.05 and not flat else 0.0), 2))
            closed = max(1.0, round(opened + step, 2))
            spread = 0.0 if flat else abs(rng.gauss(0, 0.04))
            high, low = round(max(opened, closed) + spread, 2), max(0.5, round(min(opened, closed) - spread, 2))
            volume = 0 if rng.random() < 0.02 else rng.randint(1, 5000)
            minute = f"{2020 + place // 400_000}-01-01T00:00:00Z"
            moment = np.datetime64(minute[:-1]) + np.timedelta64(60 * (place % 400_000), "s")
            writer.writerow([f"{moment}Z", opened, high, low, closed, volume, round(rng.gauss(0, 1), 4)])
            price = closed


def module(path):
    spec = importlib.util.spec_from_file_location("scaleout_features", path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    return header, lines


def judge(scaleout, binary, exported, scratch, count):
    """`scaleout` runs the binary; `exported` is a folder with scaleout_features.py of a model with FEATURES."""
    code = module(exported / "scaleout_features.py")
    # Where there are longs and shorts, a feature that becomes another one on the mirrored market brings it along.
    names = code.Market.NAMES
    assert names[: len(FEATURES)] == FEATURES, names
    bars, values = scratch / "random.csv", scratch / "features.csv"
    random_bars(bars, count, 7)
    scaleout(binary, "features", "--bars", bars, "--set", ";".join(names), "--out", values)
    header, lines = table(values)
    columns = [header.index(name) for name in names]
    ours = np.array([[float(line[at]) if line[at] else np.nan for at in columns] for line in lines])
    header, lines = table(bars)
    raw = {name: np.array([float(line[at]) for line in lines]) for at, name in enumerate(header) if name != "ts"}
    theirs = code.batch(raw["high"], raw["low"], raw["close"], raw["volume"], {"sentiment": raw["sentiment"]})
    assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
    failed = False
    for place, name in enumerate(names):
        a, b = ours[:, place], theirs[:, place]
        missing = np.flatnonzero(np.isnan(a) != np.isnan(b))
        known = ~np.isnan(a) & ~np.isnan(b)
        error = np.abs(a[known] - b[known]) / np.maximum(np.abs(a[known]), 1e-300)
        error[a[known] == b[known]] = 0.0
        rounded = np.flatnonzero(a[known].astype(np.float32) != b[known].astype(np.float32))
        if len(missing) or error.max(initial=0.0) > 1e-9 or len(rounded):
            failed = True
            print(
                f"{name}: {len(missing)} values missing in one of them, largest relative difference "
                f"{error.max(initial=0.0):.1e}, {len(rounded)} rows differ in float32"
            )
    print(f"features: {len(names)} on {len(ours)} bars, {'DIFFERENT' if failed else 'equal in float32'}")
    return not failed
