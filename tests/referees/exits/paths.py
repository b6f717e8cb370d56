"""Random one-trade markets, and what is asked of a simulator on them."""

import random
from dataclasses import dataclass

BARS = 20
ENTRY_BAR = 1
HORIZON = BARS - 1 - ENTRY_BAR
QTY = 100
RATE = 0.001


@dataclass
class Path:
    """One trade: bars as (open, high, low, close, volume), rungs as (limit price, units), the stop's price."""

    name: str
    side: str
    bars: list
    rungs: list
    stop: float

    @property
    def entry(self):
        return self.bars[ENTRY_BAR][0]

    @property
    def sign(self):
        return 1 if self.side == "long" else -1


def random_path(rng, number, offset):
    """A path in whole cents; order prices lie `offset` beyond a cent, so that 0 allows exact touches."""
    price = 100.0
    bars = []
    for t in range(BARS):
        # One bar in five gaps, sometimes far.
        gap = rng.gauss(0, 1.5) if t > ENTRY_BAR and rng.random() < 0.2 else 0.0
        opened = round(price + gap, 2)
        closed = round(opened + rng.gauss(0, 1.2), 2)
        high = round(max(opened, closed) + abs(rng.gauss(0, 0.8)), 2)
        low = round(min(opened, closed) - abs(rng.gauss(0, 0.8)), 2)
        bars.append((opened, high, low, closed, 1000.0))
        price = closed
    first = bars[ENTRY_BAR][0]
    bars[0] = (first, first, first, first, 1000.0)
    last = bars[-1][0]
    bars[-1] = (last, last, last, last, 1000.0)

    side = rng.choice(["long", "short"])
    sign = 1 if side == "long" else -1
    count = rng.randint(1, 4)
    units = [QTY // count] * count
    units[-1] += QTY - sum(units)
    if count > 1:
        shift = rng.randint(0, units[0] - 1)
        units[0] -= shift
        units[-1] += shift
    levels = sorted(round(rng.uniform(0.2, 6.0), 2) for _ in range(count))
    levels = [level + 0.01 * n + offset for n, level in enumerate(levels)]
    stop = round(rng.uniform(0.3, 5.0), 2) + offset
    rungs = [(round(first + sign * level, 4), part) for level, part in zip(levels, units)]
    return Path(str(number), side, bars, rungs, round(first - sign * stop, 4))


def random_paths(seed, count, offset):
    rng = random.Random(seed)
    return [random_path(rng, number, offset) for number in range(count)]


def job(paths, intrabar):
    """The fill job for ours."""
    trades = []
    for path in paths:
        rungs = [
            {"level": round(path.sign * (price - path.entry), 4), "fraction": units / QTY} for price, units in path.rungs
        ]
        trades.append(
            {
                "id": path.name,
                "side": path.side,
                "entry_bar": ENTRY_BAR,
                "risk": round(abs(path.entry - path.stop), 4),
                "stop": path.stop,
                "qty": QTY,
                "policy": {"kind": "ladder", "spacing": "points", "rungs": rungs},
                "bars": path.bars,
            }
        )
    return {
        "replay": {"horizon_bars": HORIZON, "limit_fill": "touch", "intrabar": intrabar},
        "instrument": {
            "symbol": "X",
            "currency": "USD",
            "lot_step": 1.0,
            "fees": {"maker_rate": RATE, "taker_rate": RATE},
        },
        "trades": trades,
    }
