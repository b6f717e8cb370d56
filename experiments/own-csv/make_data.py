"""Makes bars.csv and entries.csv beside this file: python3 make_data.py

Synthetic hourly bars of an instrument called DEMO, with a number of the user's own beside them: `sentiment`,
published at each close. It is planted: the expected return of the next hour is 0.2 standard deviations per unit of
sentiment, whose memory is about twenty hours. Volatility switches between a calm and a wild state. The entries are
drawn at random, both sides, so that whatever an exit rule earns it earns by its exits.
"""

import math
import pathlib
import random
from datetime import datetime, timedelta, timezone

BARS, ENTRIES, TICK = 3000, 180, 0.01
CALM, WILD = 0.003, 0.007  # standard deviation of an hourly return
MEMORY, STRENGTH = 0.95, 0.2
FIRST_OPEN = datetime(2024, 1, 1, tzinfo=timezone.utc)

here = pathlib.Path(__file__).parent
rng = random.Random(20240101)


def ticks(price):
    return round(price / TICK) * TICK


def written(price):
    return f"{price:.2f}"


def time(ts):
    return ts.strftime("%Y-%m-%dT%H:%M:%SZ")


bars, price, sentiment, deviation = [], 100.0, rng.gauss(0, 1), CALM
for t in range(BARS):
    if rng.random() < (0.02 if deviation == CALM else 0.05):
        deviation = WILD if deviation == CALM else CALM
    path, steps = [price], 12
    for _ in range(steps):
        drift = STRENGTH * sentiment * deviation / steps
        price *= math.exp(drift + rng.gauss(0, deviation / math.sqrt(steps)))
        path.append(ticks(price))
    path[0], price = ticks(path[0]), path[-1]
    sentiment = MEMORY * sentiment + math.sqrt(1 - MEMORY**2) * rng.gauss(0, 1)
    volume = round(1000 * math.exp(rng.gauss(0, 0.4)) * deviation / CALM)
    bars.append((FIRST_OPEN + timedelta(hours=t + 1), path[0], max(path), min(path), path[-1], volume, sentiment))

with open(here / "bars.csv", "w", newline="\n") as file:
    file.write("ts,open,high,low,close,volume,sentiment\n")
    for ts, open_, high, low, close, volume, sentiment in bars:
        prices = ",".join(map(written, (open_, high, low, close)))
        file.write(f"{time(ts)},{prices},{volume},{sentiment:.3f}\n")

with open(here / "entries.csv", "w", newline="\n") as file:
    file.write("id,ts,side,price,stop,qty,tags\n")
    for number, t in enumerate(sorted(rng.sample(range(50, BARS - 60), ENTRIES)), start=1):
        side = rng.choice(["long", "short"])
        sign = 1 if side == "long" else -1
        open_ts, price = bars[t][0] - timedelta(hours=1), bars[t][1]
        typical_range = sum(high - low for _, _, high, low, *_ in bars[t - 14 : t]) / 14
        stop = price - sign * max(ticks(2.5 * typical_range), TICK)
        file.write(f"e{number:03},{time(open_ts)},{side},{written(price)},{written(stop)},100,random\n")
