"""The indicators that exit rules read, as their documentation defines them: the value at each close, or None."""

from fractions import Fraction


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def wilder(samples, window):
    """The mean of the first `window` samples, then A + (x − A) / n; None before."""
    values, average = [], None
    for seen, sample in enumerate(samples, 1):
        if seen == window:
            average = mean(samples[:window])
        elif seen > window:
            average += (sample - average) / window
        values.append(average)
    return values


def atr(bars, window):
    ranges = [max(bar.high, before.close) - min(bar.low, before.close) for before, bar in zip(bars, bars[1:])]
    return [None, *wilder(ranges, window)]


def donchian_high(bars, window):
    return [
        max(bar.high for bar in bars[t + 1 - window : t + 1]) if t + 1 >= window else None for t in range(len(bars))
    ]


def donchian_low(bars, window):
    return [min(bar.low for bar in bars[t + 1 - window : t + 1]) if t + 1 >= window else None for t in range(len(bars))]


def relative_volume(bars, window):
    values = []
    for t, bar in enumerate(bars):
        before = mean([other.volume for other in bars[t - window : t]]) if t >= window else 0
        values.append(bar.volume / before if before > 0 else None)
    return values


def rsi(bars, window):
    moves = [bar.close - before.close for before, bar in zip(bars, bars[1:])]
    gains = wilder([max(move, Fraction(0)) for move in moves], window)
    losses = wilder([max(-move, Fraction(0)) for move in moves], window)
    share = lambda gain, loss: 100 * gain / (gain + loss) if gain is not None and gain + loss > 0 else None
    return [None, *map(share, gains, losses)]


def beyond_band(bars, window, sign, deviations=2):
    """Whether the close lies beyond the outer Bollinger band in the direction `sign`; None in warm-up."""
    values = []
    for t, bar in enumerate(bars):
        if t + 1 < window:
            values.append(None)
            continue
        closes = [other.close for other in bars[t + 1 - window : t + 1]]
        middle = mean(closes)
        variance = mean([(close - middle) ** 2 for close in closes])
        distance = sign * (bar.close - middle)
        values.append(distance > 0 and distance**2 > deviations**2 * variance)
    return values
