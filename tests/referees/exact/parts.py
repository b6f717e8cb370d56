"""Parts of a position: counts of 1/5,040,000 of the initial size, and whole lots by largest remainder."""

from fractions import Fraction
from math import floor

WHOLE = 5_040_000
# By how much parts may miss the whole and still be meant to be it.
SLACK = Fraction(1, 10_000)


def nearest(number):
    """The whole number nearest to `number`, halves away from zero."""
    return -nearest(-number) if number < 0 else floor(number + Fraction(1, 2))


def share_of(written):
    """A part as a config writes it: a share, or a text like "1/3"."""
    return Fraction(written.replace(" ", "")) if isinstance(written, str) else written


def part(written):
    """A part that stands alone, as the nearest count of 1/5,040,000."""
    return Fraction(nearest(share_of(written) * WHOLE), WHOLE)


def cumulative(written):
    """The parts of a list, their sums rounded; where they miss the whole by at most 1/10,000 the last takes the rest."""
    shares = [share_of(one) for one in written]
    upto = [
        Fraction(nearest(min(Fraction(1), sum(shares[: place + 1])) * WHOLE), WHOLE) for place in range(len(shares))
    ]
    if shares and abs(sum(shares) - 1) <= SLACK:
        upto[-1] = Fraction(1)
    return [end - start for start, end in zip([Fraction(0), *upto], upto)]


def floor_lots(share, lots, sharers=1):
    """The whole lots in `share`, one count of 1/5,040,000 forgiven: of all `sharers` together less than half a lot."""
    most = (WHOLE // 2 - 1) // sharers
    return min(lots, floor(share * lots + Fraction(min(lots, most), WHOLE)))


def by_remainder(shares, lots, total):
    """`total` lots over `shares` by largest remainder; those that differ by two counts of rounding or less are tied, and
    ties go to the earlier share."""
    dealt = [floor_lots(share, lots, len(shares)) for share in shares]
    while sum(dealt) < total:
        short = [share * lots - had for share, had in zip(shares, dealt)]
        if max(short) <= 0:
            break
        tie = Fraction(2 * lots, WHOLE)
        tied = [index for index, rest in enumerate(short) if rest > 0 and max(short) - rest <= tie]
        dealt[tied[0]] += 1
    return dealt


def planned(shares, lots, least):
    """The lots of a ladder's parts, which leave one after another; what they leave over is a last part of its own.

    A part below one lot or below the least order is merged into the next, the last into the one before it.
    """
    asked = [*shares, max(Fraction(0), 1 - sum(shares))]
    dealt = by_remainder(asked, lots, lots)
    least = max(least, 1)
    for index, share in enumerate(asked):
        if share == 0 or dealt[index] >= least:
            continue
        later = [other for other in range(index + 1, len(asked)) if asked[other] > 0]
        earlier = [other for other in range(index) if dealt[other] > 0]
        if later or earlier:
            into = later[0] if later else earlier[-1]
            dealt[into] += dealt[index]
            dealt[index] = 0
    return dealt[:-1]


def sized(shares, lots, least, held):
    """Lots of the orders of one bar, the market part first: by largest remainder on the initial size, never more than
    is held.

    One below the least order is merged into the next (the last into the one before), a lone one waits, and a rest below
    the least order is taken along.
    """
    total = min(held, nearest(sum(shares) * lots))
    dealt, free = [], held
    for had in by_remainder(shares, lots, total):
        dealt.append(min(had, free))
        free -= dealt[-1]
    if least <= 1:
        return dealt
    for index, had in enumerate(dealt):
        if had == 0 or had >= least:
            continue
        others = [other for other in range(index + 1, len(dealt)) if dealt[other] > 0]
        others = others or [other for other in range(index - 1, -1, -1) if dealt[other] > 0]
        if others:
            dealt[others[0]] += had
        if others or had != held:
            dealt[index] = 0
    rest = held - sum(dealt)
    filled = [index for index, had in enumerate(dealt) if had > 0]
    if 0 < rest < least and filled:
        dealt[filled[-1]] += rest
    return dealt
