"""One trade of a fill job and the bars it lives in, every number the exact decimal that was written."""

import json
from dataclasses import dataclass, replace
from fractions import Fraction

MINUTE = 60


def read(text):
    """A job with every number as a fraction."""
    return json.loads(text, parse_float=Fraction, parse_int=Fraction)


@dataclass(frozen=True)
class Bar:
    opens_at: Fraction
    closes_at: Fraction
    open: Fraction
    high: Fraction
    low: Fraction
    close: Fraction
    volume: Fraction


@dataclass(frozen=True)
class Instrument:
    tick: Fraction
    multiplier: Fraction
    lot_step: Fraction
    min_qty: Fraction
    min_notional: Fraction
    spread_ticks: Fraction
    fees: dict
    carry: dict
    is_inverse: bool

    @classmethod
    def of(cls, written):
        written = written or {}
        zero = Fraction(0)
        return cls(
            tick=written.get("tick_size", zero),
            multiplier=written.get("multiplier", Fraction(1)),
            lot_step=written.get("lot_step", zero),
            min_qty=written.get("min_qty", zero),
            min_notional=written.get("min_notional", zero),
            spread_ticks=written.get("spread_ticks", zero),
            fees=written.get("fees", {}),
            carry=written.get("carry", {}),
            is_inverse=written.get("contract") == "inverse",
        )


class Trade:
    """The entry, its bars, its tape and its finer bars; gain coordinates are price × sign."""

    def __init__(self, written):
        opens = written.get("opens") or [Fraction(MINUTE * t) for t in range(len(written["bars"]))]
        self.bars = [Bar(at, at + MINUTE, *row) for at, row in zip(opens, written["bars"])]
        self.sign = 1 if written["side"] == "long" else -1
        self.first = int(written["entry_bar"])
        bar = self.bars[self.first]
        after_open = written.get("entry_second", Fraction(0))
        self.filled_at = bar.opens_at + after_open
        self.is_inside = after_open > 0
        self.price = bar.open if written.get("price") is None else written["price"]
        self.risk = written["risk"]
        self.stop = written.get("stop")
        self.qty = written["qty"]
        self.policy = written["policy"]
        self.tape = [tuple(row) for row in written.get("trades", [])]
        lasts = written.get("finer_seconds", Fraction(15))
        self.finer = [Bar(row[0], row[0] + lasts, *row[1:]) for row in written.get("finer", [])]

    def r_at(self, price):
        return self.sign * (price - self.price) / self.risk

    def price_at_r(self, gain_r):
        return self.price + self.sign * gain_r * self.risk

    def within(self, rows, t, closes_at):
        """Those of `rows` that became known after the close before bar `t` and up to its own."""
        before = self.bars[t - 1].closes_at if t > 0 else None
        return [
            row
            for row in rows
            if (before is None or before < closes_at(row)) and closes_at(row) <= self.bars[t].closes_at
        ]

    def tape_of(self, step):
        """The prints that the position saw in its bar `step`: after the fill, those at its moment are the fill."""
        rows = self.within(self.tape, self.first + step, lambda row: row[0])
        return [row for row in rows if row[0] > self.filled_at] if step == 0 and self.is_inside else rows

    def finer_of(self, step, rule):
        """The finer bars that the position saw; one that encloses the fill counts from the fill on."""
        seen = []
        for bar in self.within(self.finer, self.first + step, lambda bar: bar.closes_at):
            if step == 0 and bar.closes_at <= self.filled_at:
                continue
            encloses = step == 0 and bar.opens_at < self.filled_at
            seen.append(self.rest_of(bar, rule) if encloses else bar)
        return seen

    def seen(self, step, rule, intrabar):
        """What the position saw of its bar `step`: of the bar of an entry inside it only what came after the fill."""
        bar = self.bars[self.first + step]
        if step > 0 or not self.is_inside:
            return bar
        if self.tape:
            later = self.tape_of(0)
            prices = [self.price, bar.close, *(row[1] for row in later)]
            volume = sum((row[2] for row in later), Fraction(0))
            rest = replace(bar, open=self.price, high=max(prices), low=min(prices), volume=volume)
            return rest if self.within(self.tape, self.first, lambda row: row[0]) else self.rest_of(bar, rule)
        finer = self.finer_of(0, rule) if intrabar == "lower-timeframe" else []
        if finer:
            high = max(self.price, bar.close, *(part.high for part in finer))
            low = min(self.price, bar.close, *(part.low for part in finer))
            volume = sum((part.volume for part in finer), Fraction(0))
            return replace(bar, open=self.price, high=high, low=low, volume=volume)
        return self.rest_of(bar, rule)

    def rest_of(self, bar, rule):
        """`bar` after a fill inside it: the close is certain, `rule` says which extremes came after the fill."""
        high, low = max(self.price, bar.close), min(self.price, bar.close)
        losing, winning = {"conservative": (True, False), "close-only": (False, False), "whole-bar": (True, True)}[rule]
        if losing if self.sign > 0 else winning:
            low = min(low, bar.low)
        if winning if self.sign > 0 else losing:
            high = max(high, bar.high)
        return replace(bar, opens_at=self.filled_at, open=self.price, high=high, low=low)
