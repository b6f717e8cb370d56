"""Random bars, with finer bars and prints that make them up."""

from decimal import Decimal


def random_bars(draw, market, count):
    tick, grain = market["tick"], market["grain"]
    # Far enough from zero that no path gets there.
    here = draw.whole(60 * grain * 18, 400 * grain * 18)
    move = lambda scale: round(draw.rng.gauss(0, scale * grain))
    off = lambda: draw.decimal(0, 0.9999, 4) * tick if market["off_tick"] else Decimal(0)
    bars = []
    for _ in range(count):
        opened = here + (move(2) if draw.chance(0.2) else 0)
        closed = opened + (0 if draw.chance(0.1) else move(0.8))
        high = max(opened, closed) + (0 if draw.chance(0.3) else abs(move(0.6)))
        low = min(opened, closed) - (0 if draw.chance(0.3) else abs(move(0.6)))
        row = [value * tick + off() for value in (opened, high, low, closed)]
        row[1], row[2] = max(row), min(row)
        bars.append([*row, Decimal(draw.pick([0, 3, 50, 400, 1000, 1000, 1234]))])
        here = closed
    # Impact by volume needs volume before the entry.
    for bar in bars[: market["before"]]:
        bar[4] = max(bar[4], Decimal(3))
    return bars


def finer_bars(draw, market, bar, opens_at):
    """Four finer bars that make up `bar`."""
    opened, high, low, closed, volume = bar
    inside = lambda: (
        low + draw.decimal(0, 1, 2) * (high - low)
        if market["off_tick"]
        else low + market["tick"] * draw.whole(0, int((high - low) / market["tick"]))
    )
    bounds = [opened, inside(), inside(), inside(), closed]
    at_high, at_low = draw.whole(0, 3), draw.whole(0, 3)
    rows = []
    for number in range(4):
        start, end = bounds[number], bounds[number + 1]
        # One in four finer bars opens away from the close before.
        start = inside() if number > 0 and draw.chance(0.25) else start
        top, bottom = max(start, end, inside()), min(start, end, inside())
        top, bottom = high if number == at_high else top, low if number == at_low else bottom
        rows.append([opens_at + 15 * number, start, top, bottom, end, volume / 4])
    return rows


def prints(draw, market, bar, opens_at):
    """Prints that make up `bar`, whose volume need not be theirs."""
    opened, high, low, closed, _ = bar
    inside = lambda: low + market["tick"] * draw.whole(0, int((high - low) / market["tick"]))
    prices = [high, low, *(inside() for _ in range(draw.whole(0, 4)))]
    draw.rng.shuffle(prices)
    seconds = sorted(draw.whole(0, 59) for _ in range(len(prices) + 2))
    return [[opens_at + second, price, draw.whole(1, 200)] for second, price in zip(seconds, [opened, *prices, closed])]
