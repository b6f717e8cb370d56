"""Makes the files in this folder: prices are a seeded random walk, layouts are those of the programs."""
import datetime as dt
import random


def walk(seed, bars, start, step, digits):
    rng = random.Random(seed)
    price, drift = start, 0.0
    for _ in range(bars):
        drift = 0.9 * drift + rng.gauss(0, 0.15 * step)
        prices = [price]
        for _ in range(6):
            prices.append(prices[-1] + drift / 6 + rng.gauss(0, step / 2.5))
        yield [round(p, digits) for p in (prices[0], max(prices), min(prices), prices[-1])], rng
        price = round(prices[-1], digits)


def write(name, lines, end="\n"):
    with open(name, "w", newline="") as file:
        file.write("".join(line + end for line in lines))


start = int(dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc).timestamp())
lines = []
for hour, ((o, h, l, c), rng) in enumerate(walk(1, 360, 42283.58, 180.0, 2)):
    ts = (start + 3600 * hour) * 1000
    volume = round(rng.uniform(300, 1500), 5)
    taker = round(volume * rng.uniform(0.35, 0.65), 5)
    lines.append(f"{ts},{o:.8f},{h:.8f},{l:.8f},{c:.8f},{volume:.8f},{ts + 3599999},{volume * c:.8f},"
                 f"{rng.randrange(9000, 60000)},{taker:.8f},{taker * c:.8f},0")
write("BTCUSDT-1h-2024-01.csv", lines)

lines = ["Date,Open,High,Low,Close,Adj Close,Volume"]
day = dt.date(2022, 6, 1)
for (o, h, l, c), rng in walk(2, 400, 148.899994, 2.2, 6):
    while day.weekday() > 4:
        day += dt.timedelta(1)
    lines.append(f"{day},{o:.6f},{h:.6f},{l:.6f},{c:.6f},{c * 0.985:.6f},{rng.randrange(40_000_000, 120_000_000)}")
    day += dt.timedelta(1)
write("AAPL.csv", lines)

lines = ["<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"]
moment = dt.datetime(2024, 1, 2)
for (o, h, l, c), rng in walk(3, 380, 1.10427, 0.0006, 5):
    lines.append(f"{moment:%Y.%m.%d}\t{moment:%H:%M:%S}\t{o:.5f}\t{h:.5f}\t{l:.5f}\t{c:.5f}\t{rng.randrange(300, 1500)}\t0\t9")
    moment += dt.timedelta(minutes=15)
write("EURUSD_M15.csv", lines, "\r\n")

lines = ["time,open,high,low,close,Volume,MA,MA,RSI"]
ts = 1704205800
for number, ((o, h, l, c), rng) in enumerate(walk(4, 360, 373.86, 1.6, 2)):
    ma = "NaN" if number < 9 else f"{c - rng.uniform(-1, 1):.2f}"
    lines.append(f"{ts},{o:.2f},{h:.2f},{l:.2f},{c:.2f},{rng.randrange(900_000, 9_000_000)},{ma},{ma},{rng.uniform(30, 70):.2f}")
    ts += 3600 if number % 7 != 6 else 3600 * 18
write("NASDAQ_MSFT, 60.csv", lines)
