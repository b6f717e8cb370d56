"""Inside one bar: which resting orders the price meets, and in which order. Levels are price × side."""

import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Callable, Optional

from parts import floor_lots


@dataclass(frozen=True)
class Ticks:
    """Where an order may rest: away from the market, so that a rounded order is never easier to fill."""

    size: Fraction

    def limit(self, level):
        return self.at_tick(level, ceil)

    def stop(self, level):
        return self.at_tick(level, floor)

    def at_tick(self, level, rounded):
        if not self.size:
            return level
        ticks = level / self.size
        # What is within a millionth of a tick is that tick.
        is_tick = abs(ticks - round(ticks)) < Fraction(1, 10**6)
        return (round(ticks) if is_tick else rounded(ticks)) * self.size


@dataclass
class Capacity:
    """What market parts and limits may still take in this bar; stops and horizon are never held back."""

    share: Fraction
    tranches: Optional[int]
    lots: int
    least: int

    def take(self, size, held):
        """As much of `size` as the bar allows where `held` is held, nothing below the least order, and no rest below it."""
        if size == 0 or self.tranches == 0:
            return Fraction(0)
        allowed = min(size, self.share)
        if allowed < size and self.lots:
            held_lots, may = round(held * self.lots), floor_lots(allowed, self.lots)
            if 0 < held_lots - may < self.least:
                may = held_lots - self.least
            if may < max(self.least, 1):
                return Fraction(0)
            allowed = Fraction(may, self.lots)
        if allowed > 0:
            self.tranches = None if self.tranches is None else self.tranches - 1
            self.share -= allowed
        return allowed


@dataclass(frozen=True)
class Touch:
    """A fill inside a bar, of the limit, the part's stop or the stop. `at_open`: the market opened beyond the order."""

    order: tuple
    level: Fraction
    size: Fraction
    at_open: bool
    trailed: bool = False
    # The least level after costs, of a stop-limit.
    floor: Optional[Fraction] = None

    def sells_as(self, other):
        return (self.order, self.level, self.size, self.at_open) == (
            other.order,
            other.level,
            other.size,
            other.at_open,
        )


class Walk:
    def __init__(self, held, stop, orders, limits, stops, capacity, ticks, on_touch, triggered=None, takeover=None):
        # The limit that a stop-limit has become; where the venue closes the position, and at which level it gets.
        self.triggered, self.takeover = triggered, takeover
        self.held, self.stop, self.orders, self.ticks, self.on_touch = held, stop, orders, ticks, on_touch
        self.limits, self.stops, self.capacity = list(limits), list(stops), capacity
        # What orders can no longer sell because the other order for the same part did, by the limit's place.
        self.gone = {}
        self.best, self.here, self.trailed, self.touches = None, None, False, []

    def copy(self):
        other = copy.copy(self)
        other.limits, other.stops, other.gone = list(self.limits), list(self.stops), dict(self.gone)
        other.capacity, other.touches = replace(self.capacity), []
        return other

    def open_at(self, level):
        """A jump to `level`: orders behind it fill there."""
        if self.held == 0:
            return
        self.fill_stops(level, at=level, at_open=True)
        self.fill_limits(level, at=level)
        self.arrive(level)

    def move_to(self, level):
        """Without a jump: orders on the way fill at their own levels."""
        if self.held == 0:
            return
        if self.here <= level:
            self.fill_limits(level)
            self.arrive(level)
        else:
            self.fill_stops(level)
            self.here = level

    def print_at(self, level):
        """The next print: a stop behind it fills there."""
        if self.held == 0:
            return
        self.fill_stops(level, at=level)
        self.fill_limits(level)
        self.arrive(level)

    def reaches(self, level, limit):
        if self.on_touch:
            return limit <= level
        return limit + self.ticks.size <= level if self.ticks.size else limit < level

    def fill_limits(self, level, at=None):
        if self.triggered is not None and self.held > 0 and self.reaches(level, self.triggered):
            self.touches.append(
                Touch(("triggered", 0), self.triggered if at is None else at, self.held, at is not None)
            )
            self.held = Fraction(0)
        while self.limits and self.held > 0 and self.reaches(level, self.limits[0][0]):
            own, size, place = self.limits.pop(0)
            size = self.capacity.take(min(size - self.gone.get(place, 0), self.held), self.held)
            if size > 0:
                self.held -= size
                self.gone[place] = self.gone.get(place, Fraction(0)) + size
                self.touches.append(Touch(("limit", place), own if at is None else at, size, at is not None))

    def arrive(self, level):
        self.here = level
        self.best = level if self.best is None else max(self.best, level)
        follows_from = self.orders.follow_from
        is_stop = self.held > 0 and self.triggered is None
        if is_stop and self.orders.follow and (follows_from is None or follows_from <= self.best):
            raised = self.ticks.stop(self.orders.follow(self.best))
            if self.stop is None or self.stop < raised:
                self.stop, self.trailed = raised, True

    def fill_stops(self, level, at=None, at_open=False):
        """The stops that the price comes to, at `at` or at their own levels: those of parts, nearest first, then the one
        that covers what is left."""
        own = self.stop if self.triggered is None else None
        taken = self.takeover[0] if self.takeover else None
        reached = [stop for stop in (own, taken) if stop is not None and level <= stop]
        while self.stops and self.held > 0 and level <= self.stops[0][0]:
            own_level, size, place, limit = self.stops[0]
            if at is None and reached and own_level < max(reached):
                break
            self.stops.pop(0)
            size = min(size - self.gone.get(limit, 0), self.held)
            if size > 0:
                self.held -= size
                if limit is not None:
                    self.gone[limit] = self.gone.get(limit, Fraction(0)) + size
                self.touches.append(
                    Touch(("part", place), own_level if at is None else at, size, at_open)
                )
        if own in reached and own == max(reached) and self.held > 0:
            floor = self.limit_of_stop()
            if floor is not None and at is not None and at < floor:
                self.triggered = floor
            else:
                here = self.stop if at is None else at
                self.touches.append(Touch(("stop", 0), here, self.held, at_open, self.trailed, floor))
                self.held = Fraction(0)
        if taken in reached and self.held > 0:
            self.touches.append(Touch(("takeover", 0), self.takeover[1], self.held, at_open))
            self.held = Fraction(0)

    def limit_of_stop(self):
        """The limit of a stop-limit: it is rounded like a limit, and is no better than the stop."""
        if self.orders.stop_limit is None:
            return None
        return min(self.stop, self.ticks.limit(self.stop - self.orders.stop_limit))
