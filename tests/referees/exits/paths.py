"""Random one-trade markets, and what is asked of a simulator on them."""

import random
from dataclasses import dataclass, field
from decimal import Decimal

BARS = 20
ENTRY_BAR = 1
HORIZON = BARS - 1 - ENTRY_BAR
# Finer bars of one bar.
FINER = 4
QTY = 110


@dataclass(frozen=True)
class Setup:
    """One set of assumptions under which a referee and ours are compared."""

    name: str
    tick: str = "0.01"
    # The rule inside a bar, if it is not that of the referee's profile.
    intrabar: str = None
    rate: float = 0.0
    per_unit: float = 0.0
    per_order: float = 0.0
    minimum: float = 0.0
    rungs: int = 11
    # Bars by which orders reach the market late.
    latency: int = 0
    # What a trailing stop follows: "bar", "close" or "extreme"; None for a stop that stays.
    trail: str = None
    # The entry fills at the open of a finer bar inside bar 1, and the referee runs on the finer bars.
    inside: bool = False
    # Orders rest half a tick off the ticks, where no bar can touch them exactly.
    between: bool = False
    # Share of the bars that open away from the close before.
    gaps: float = 0.2
    # Whether the last bar may, and whether a bar may close where it opened.
    last_gap: bool = True
    unchanged: bool = True
    # Whether a bar may open exactly between its extremes.
    tied: bool = True
    paths: int = 200


@dataclass
class Path:
    """One trade: bars as (open, high, low, close, volume), rungs as (limit price, units), the stop's price."""

    name: str
    side: str
    bars: list
    rungs: list
    stop: float
    tick: Decimal
    # Points by which a trailing stop stays behind; percent of the price where it follows the extreme.
    behind: Decimal
    finer: list = field(default_factory=list)
    # The bars that a referee sees, and the numbers of those at whose open it enters and leaves.
    enters: int = ENTRY_BAR
    leaves: int = BARS - 1

    @property
    def rows(self):
        return self.finer or self.bars

    @property
    def entry(self):
        return self.rows[self.enters][0]

    @property
    def sign(self):
        return 1 if self.side == "long" else -1

    def bar_of(self, row):
        return row // FINER if self.finer else row

    def limits_at(self, row, latency):
        """Whether the limits are at the market in `row`."""
        return self.enters + latency <= row

    def trailed(self, row, latency):
        """Price of the stop that works in `row` when it follows the closes: exact, as a trader would write it down."""
        stop = self.sign * decimal(self.stop)
        for close in [self.entry, *(bar[3] for bar in self.bars[ENTRY_BAR : max(ENTRY_BAR, row - latency)])]:
            if self.limits_at(row, latency):
                stop = max(stop, self.sign * decimal(close) - self.behind)
        return float(self.sign * stop)


def decimal(number):
    return Decimal(repr(number))


def random_path(rng, number, setup):
    """A path on the ticks. Its moves are few ticks wide, so that prices rest on orders all the time."""
    tick = Decimal(setup.tick)
    grain = rng.choice([6, 20, 100])
    move = lambda scale: round(rng.gauss(0, scale * grain))
    here = rng.randint(80 * grain, 400 * grain)
    bars = []
    for t in range(BARS):
        has_gap = t > ENTRY_BAR and rng.random() < setup.gaps and (setup.last_gap or t < BARS - 1)
        opened = here + (move(1.5) if has_gap else 0)
        closed = opened + move(1.2)
        closed += closed == opened and not setup.unchanged
        high, low = max(opened, closed) + abs(move(0.8)), min(opened, closed) - abs(move(0.8))
        high += 2 * opened == high + low and not setup.tied
        bars.append((opened, high, low, closed))
        here = closed
    first, last = bars[ENTRY_BAR][0], bars[-1][0]
    bars[0], bars[-1] = (first,) * 4, (last,) * 4

    finer, enters, leaves = [], ENTRY_BAR, BARS - 1
    if setup.inside:
        # Some tools check a stop against the last close: the bar of the entry has no gaps inside.
        finer = [row for t, bar in enumerate(bars) for row in split(rng, bar, 0.25 if t != ENTRY_BAR else 0.0)]
        enters, leaves = FINER * ENTRY_BAR + rng.randint(1, FINER - 1), FINER * (BARS - 1)
        first = finer[enters][0]
    side = rng.choice(["long", "short"])
    sign = 1 if side == "long" else -1
    count = rng.randint(1, setup.rungs)
    cuts = sorted(rng.sample(range(1, QTY), count - 1))
    units = [end - start for start, end in zip([0, *cuts], [*cuts, QTY])]
    levels = sorted(rng.sample(range(max(1, grain // 8), 5 * grain + 11), count))
    offset = Decimal("0.5") if setup.between else 0
    stop = rng.randint(max(1, grain // 3), 4 * grain)
    price = lambda ticks: float(ticks * tick)
    priced = lambda rows: [(*(price(value) for value in row), 1000.0) for row in rows]
    behind = rng.randint(max(1, grain // 3), 3 * grain) * tick
    return Path(
        name=str(number),
        side=side,
        bars=priced(bars),
        rungs=[(price(first + sign * (level + offset)), part) for level, part in zip(levels, units)],
        stop=price(first - sign * (stop + offset)),
        tick=tick,
        behind=behind if setup.trail != "extreme" else Decimal(rng.randint(3, 40)) / 8,
        finer=priced(finer),
        enters=enters,
        leaves=leaves,
    )


def split(rng, bar, gaps):
    """`bar` as finer bars, of which a share `gaps` opens away from the close before."""
    opened, high, low, closed = bar
    inside = lambda: rng.randint(low, high)
    bounds = [opened, *(inside() for _ in range(FINER - 1)), closed]
    at_high, at_low = rng.randrange(FINER), rng.randrange(FINER)
    rows = []
    for number, (start, end) in enumerate(zip(bounds, bounds[1:])):
        start = inside() if number > 0 and rng.random() < gaps else start
        top, bottom = max(start, end, inside()), min(start, end, inside())
        rows.append((start, high if number == at_high else top, low if number == at_low else bottom, end))
    return rows


def random_paths(seed, setup):
    rng = random.Random(f"{seed} {setup.name}")
    return [random_path(rng, number, setup) for number in range(setup.paths)]


def job(paths, setup, fills):
    """The fill job for ours, which fills by the profile `fills`."""
    fees = {"maker_rate": setup.rate, "taker_rate": setup.rate}
    fees |= {"per_unit": setup.per_unit, "per_order": setup.per_order, "minimum": setup.minimum}
    instrument = {"symbol": "X", "currency": "USD", "lot_step": 1.0, "fees": fees}
    if not setup.between and setup.trail != "extreme":
        instrument["tick_size"] = float(setup.tick)
    replay = {"horizon_bars": HORIZON, "fills": fills, "latency_bars": setup.latency}
    if setup.intrabar:
        replay["intrabar"] = setup.intrabar
    return {"replay": replay, "instrument": instrument, "trades": [trade(path, setup) for path in paths]}


def trade(path, setup):
    points = lambda price: float(path.sign * (decimal(price) - decimal(path.entry)))
    policy = {
        "kind": "ladder",
        "spacing": "points",
        "rungs": [{"level": points(price), "fraction": f"{units}/{QTY}"} for price, units in path.rungs],
    }
    said = {
        "id": path.name,
        "side": path.side,
        "entry_bar": ENTRY_BAR,
        "qty": QTY,
        "bars": path.bars,
        "stop": path.stop,
    }
    said["risk"] = -points(path.stop)
    if setup.trail == "extreme":
        policy["stop"] = {"trail": {"distance": {"percent": float(path.behind)}, "follow": "extreme"}}
        said["stop"] = None
    elif setup.trail:
        # One R is the distance of the trailing stop, so that it is a whole number of ticks.
        policy["stop"] = {"trail": {"distance": {"r": 1.0}, "follow": setup.trail}}
        said["risk"] = float(path.behind)
    if path.finer:
        said |= {"price": path.entry, "entry_second": 60 // FINER * (path.enters % FINER), "finer_seconds": 60 // FINER}
        said["finer"] = [[60 // FINER * row, *bar] for row, bar in enumerate(path.finer)]
    return {**said, "policy": policy}
