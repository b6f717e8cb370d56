NAN = float("nan")


def _div(a, b):
    return a / b if b != 0.0 else NAN


def _max(a, b):
    return a if a > b else (b if a == a else NAN)


def _min(a, b):
    return a if a < b else (b if a == a else NAN)


def _sqrt(a):
    return math.sqrt(a) if a >= 0.0 else NAN


def _where(condition, value):
    return value if condition > 0.0 else NAN


def _gate(condition, value):
    if condition != condition or value != value:
        return NAN
    return value if condition > 0.0 else 0.0


def _log_ratio(price, base):
    """ln(price / base): by its series where the move is small, which keeps all digits."""
    if not (price > 0.0 and base > 0.0):
        return NAN
    z = (price - base) / (price + base)
    if abs(z) >= 1.0 / 32.0:
        return math.log1p((price - base) / base)
    square = z * z
    tail = 1.0 / 7.0 + square * (1.0 / 9.0 + square * (1.0 / 11.0))
    series = square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * tail))
    twice = z + z
    return twice + twice * series


class Lag:
    """The number n bars ago."""

    def __init__(self, bars):
        self.values = [NAN] * bars
        self.place = 0

    def push(self, value):
        before = self.values[self.place]
        self.values[self.place] = value
        self.place = (self.place + 1) % len(self.values)
        return before


class _Window:
    """The last n numbers: the ends of the last whole block and the beginning of the next one, merged (van Herk 1992)."""

    def __init__(self, window):
        self.window = window
        self.clear()

    def clear(self):
        self.block, self.ends, self.beginning = [], None, None

    def push(self, value):
        if value != value:
            self.clear()
            return NAN
        sample = self.sample(value)
        self.block.append(sample)
        self.beginning = sample if self.beginning is None else self.append(self.beginning, sample)
        if len(self.block) == self.window:
            ends = [self.block[-1]]
            for older in reversed(self.block[:-1]):
                ends.append(self.prepend(ends[-1], older))
            ends.reverse()
            self.block, self.ends, self.beginning = [], ends, None
        if self.ends is None:
            return NAN
        end = self.ends[len(self.block)] if len(self.block) < self.window else None
        return self.result(end if self.beginning is None else self.merge(end, self.beginning))

    def sample(self, value):
        return value

    def append(self, summary, newer):
        return self.merge(summary, newer)

    def prepend(self, summary, older):
        return self.merge(older, summary)

    def result(self, summary):
        return summary


class Sum(_Window):
    def merge(self, older, newer):
        return older + newer


class Highest(_Window):
    def merge(self, older, newer):
        return older if older > newer else newer


class Lowest(_Window):
    def merge(self, older, newer):
        return older if older < newer else newer


class _Moments(_Window):
    """Count, one of the samples, and sums of the distances from it and of their squares."""

    def sample(self, value):
        return (1.0, value, 0.0, 0.0)

    def append(self, summary, newer):
        count, reference, total, squares = summary
        distance = newer[1] - reference
        return (count + 1.0, reference, total + distance, squares + distance * distance)

    prepend = append

    def merge(self, older, newer):
        step = newer[1] - older[1]
        shift = newer[0] * step
        return (
            older[0] + newer[0],
            older[1],
            older[2] + (newer[2] + shift),
            older[3] + (newer[3] + step * (newer[2] + (newer[2] + shift))),
        )


class Mean(_Moments):
    def result(self, summary):
        return summary[1] + summary[2] / summary[0]


class Deviation(_Moments):
    def result(self, summary):
        count, _, total, squares = summary
        return _sqrt((squares - total * (total / count)) / count)


class Wilder:
    """The mean of the first n, then a + (x - a) / n, four steps at a time."""

    def __init__(self, window):
        self.window = window
        self.seen = 0
        self.weight = 1.0 / window
        keep = 1.0 - self.weight
        self.keep = [keep, keep * keep, keep * keep * keep, keep * keep * keep * keep]
        self.mean = self.base = self.pair = self.before = 0.0
        self.steps = 0

    def push(self, sample):
        if sample != sample:
            return NAN
        if self.seen < self.window:
            self.seen += 1
            share = 1.0 / self.seen
            self.mean = (1.0 - share) * self.mean + share * sample
            self.base = self.mean
            return self.mean if self.seen == self.window else NAN
        part = self.weight * sample
        place = self.steps % 2
        self.pair = part if place == 0 else self.keep[0] * self.pair + part
        added = self.pair if self.steps < 2 else self.keep[place] * self.before + self.pair
        self.mean = self.keep[self.steps] * self.base + added
        self.steps += 1
        if self.steps == 2:
            self.before = self.pair
        elif self.steps == 4:
            self.base, self.steps = self.mean, 0
        return self.mean


class Smoothed:
    """An exponential average after the mean of the first n, kept as the distance of the last number from it."""

    def __init__(self, seed, weight):
        self.seed = seed
        keep = 1.0 - weight
        self.keep = [keep, keep * keep, keep * keep * keep, keep * keep * keep * keep]
        self.seen = 0
        self.last = self.gap = self.base = self.added = 0.0
        self.steps = 0

    def push(self, value):
        if value != value:
            self.seen = 0
            return NAN
        if self.seen < self.seed:
            self.seen += 1
            self.gap = (self.gap + (value - self.last)) * (1.0 - 1.0 / self.seen)
            self.base, self.steps, self.added = self.gap, 0, 0.0
        else:
            self.added = self.keep[0] * self.added + self.keep[0] * (value - self.last)
            self.gap = self.keep[self.steps] * self.base + self.added
            self.steps += 1
            if self.steps == 4:
                self.base, self.steps, self.added = self.gap, 0, 0.0
        self.last = value
        return self.last - self.gap if self.seen == self.seed else NAN


def batch(high, low, close, volume, columns=None):
    """The market features of all bars, shape (T, F), as float64; missing is NaN."""
    market = Market()
    names = Market.COLUMNS
    given = [np.asarray(columns[name], dtype=np.float64) for name in names] if names else []
    rows = []
    for place in range(len(close)):
        further = {name: float(values[place]) for name, values in zip(names, given)}
        rows.append(market.push(float(high[place]), float(low[place]), float(close[place]), float(volume[place]), further))
    return np.array(rows, dtype=np.float64).reshape(len(close), len(Market.NAMES))


class Position:
    """The path of one trade since its fill: what the position features of a row are made from.

    `side` is 1 for a long and -1 for a short, `risk` the price distance of 1 R, and `at_entry` the market features at the
    close before the fill. Call `row` at the fill, then `after` and `row` at each close.
    """

    def __init__(self, side, price, risk, at_entry, horizon_bars=HORIZON_BARS):
        self.side, self.price, self.risk = float(side), price, risk
        self.at_entry = at_entry
        self.horizon_bars = horizon_bars
        self.bars_held = 0
        self.unrealised_r = self.mfe_r = self.mae_r = 0.0

    def _r(self, price):
        return (price - self.price) * self.side / self.risk

    def after(self, high, low, close):
        """Takes in a bar that closed."""
        at_high, at_low = self._r(high), self._r(low)
        self.bars_held += 1
        self.unrealised_r = self._r(close)
        self.mfe_r = max(self.mfe_r, at_high, at_low)
        self.mae_r = min(self.mae_r, at_high, at_low)

    def seen(self, market):
        """The market features as the trade sees them: a short sees the mirrored market, prices are in R."""
        values = []
        for place, (unit, sign, whole, partner) in enumerate(SEEN):
            value = market[place]
            if self.side < 0.0:
                value = market[place if partner is None else partner]
                value = sign * value if whole is None else whole - value
            if unit == "distance":
                value = value / self.risk
            elif unit == "price":
                value = (value - self.price) * self.side / self.risk
            values.append(value)
        return values

    def features(self, market):
        ratio = NAN
        if VOLATILITY is not None:
            now, at_entry = market[VOLATILITY], self.at_entry[VOLATILITY]
            if at_entry > 0.0 and math.isfinite(now / at_entry):
                ratio = now / at_entry
        known = {
            "bars_held": float(self.bars_held),
            "bars_to_horizon": float(self.horizon_bars - self.bars_held),
            "unrealised_r": self.unrealised_r,
            "mfe_r": self.mfe_r,
            "mae_r": self.mae_r,
            "drawdown_r": max(self.mfe_r - self.unrealised_r, 0.0),
            "volatility_ratio": ratio,
            "side": self.side,
        }
        values = []
        seen = self.seen(market)
        for name in POSITION:
            if name.startswith("side*"):
                values.append(self.side * seen[Market.NAMES.index(name[5:])])
            else:
                values.append(known[name])
        return values

    def row(self, market):
        """The row of the model, float32; `market` are the market features at the last close."""
        return np.array(self.seen(market) + self.features(market), dtype=np.float32)
