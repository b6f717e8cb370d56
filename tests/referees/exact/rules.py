"""The exit rules, each as its documentation defines it: a decision at a close, orders for the next bar.

Stops and limits are in gain coordinates (price × side): up is gain, a stop lies below, limits above.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Callable, Optional

import expressions
import indicators
from flat import day_start
from parts import cumulative, part, planned

ZERO = Fraction(0)


@dataclass
class Decision:
    """What is known at the close of bar `t`; at the first decision that is the bar before the fill."""

    trade: object
    costs: object
    t: int
    bars_held: int
    to_horizon: int
    unrealised_r: Fraction
    mfe_r: Fraction
    remaining: Fraction
    stop: Optional[Fraction]
    sales: int
    since_sale: Optional[int]
    paid: Fraction
    # Part of the plan that has filled, and the fees of its entries.
    filled: Fraction
    fees: Fraction
    mae_r: Fraction
    # Part that limits and stops of parts have sold, by kind and place.
    sold_by: dict
    # The limit that a stop-limit has become.
    triggered: Optional[Fraction]
    lots: int
    least: int

    def at_r(self, gain_r):
        """The level at which the gain is `gain_r` R."""
        return self.trade.sign * self.trade.price_at_r(gain_r)

    def reads(self, name, window, t=None):
        values = getattr(indicators, name)(self.trade.bars[: self.t + 1], int(window))
        return values[self.t if t is None else t]

    def known(self, name):
        """What a condition knows without any indicator."""
        bar = self.trade.bars[self.t]
        return {
            "unrealised_r": self.unrealised_r,
            "mfe_r": self.mfe_r,
            "mae_r": self.mae_r,
            "given_back_r": max(ZERO, self.mfe_r - self.unrealised_r),
            "bars_held": Fraction(self.bars_held),
            "bars_to_horizon": Fraction(self.to_horizon),
            "remaining": self.remaining,
            "sales": Fraction(self.sales),
            "bars_since_sale": None if self.since_sale is None else Fraction(self.since_sale),
            "open": bar.open,
            "high": bar.high,
            "low": bar.low,
            "close": bar.close,
            "volume": bar.volume,
            "entry_price": self.trade.price,
            "stop": None if self.stop is None else self.trade.sign * self.stop,
            "side": Fraction(self.trade.sign),
        }[name]

    def at_entry(self, name, window):
        return self.reads(name, window, self.trade.first - 1)


@dataclass
class Orders:
    stop: Optional[Fraction] = None
    # The stop that belongs to the best level reached inside the bar.
    follow: Optional[Callable] = None
    # The level from which it follows; at once if None.
    follow_from: Optional[Fraction] = None
    limits: list = field(default_factory=list)
    # Points behind the stop at which the limit of a stop-limit is.
    stop_limit: Optional[Fraction] = None
    # Stops for parts: level, part, and the place of the limit for the same part.
    stops: list = field(default_factory=list)
    market: Fraction = ZERO


def tighter(*stops):
    """The tightest of the stops that there are."""
    known = [stop for stop in stops if stop is not None]
    return max(known) if known else None


def entry_stop(trade):
    return None if trade.stop is None else trade.sign * trade.stop


def in_lots(shares, now):
    """The parts as they can be sold: in whole lots where there are lots."""
    if not now.lots:
        return shares
    return [Fraction(lots, now.lots) for lots in planned(shares, now.lots, now.least)]


def ladder_limits(rungs, now, level_of):
    """The rungs that are still to come: the plan is made from the initial size, what was sold tells which are done."""
    shares = in_lots(cumulative([rung["fraction"] for rung in rungs]), now)
    sold, before, limits = now.filled - now.remaining, ZERO, []
    for rung, share in zip(rungs, shares):
        left = share - max(ZERO, sold - before)
        if left > 0:
            limits.append((level_of(rung["level"]), left))
        before += share
    return limits


def stop_rule(said, now):
    """Orders with the stop of a stop rule alone."""
    if said in (None, "entry"):
        return Orders(stop=now.stop if now.stop is not None else entry_stop(now.trade))
    ((kind, said),) = said.items()
    return break_even(said, now) if kind == "break-even" else trail(said, now)


def break_even(said, now):
    ((what, value),) = said["after"].items()
    reached = value <= (now.sales if what == "sales" else now.mfe_r)
    offset, trade, beyond = said.get("offset", "none"), now.trade, ZERO
    if offset == "costs":
        level = now.costs.break_even_level(now) if reached else None
        return Orders(stop=tighter(now.stop, level))
    if offset != "none":
        ((unit, value),) = offset.items()
        beyond = value * (now.costs.instrument.tick if unit == "ticks" else trade.risk)
    return Orders(stop=tighter(now.stop, trade.sign * trade.price + beyond if reached else None))


def trail(said, now):
    follow, from_r = said.get("follow", "close"), said.get("from_r", ZERO)
    armed_inside = said.get("armed") == "bar"
    followed = now.at_r(now.unrealised_r if follow == "close" else now.mfe_r)
    ((unit, value),) = said["distance"].items()
    if unit == "r":
        behind = lambda level: level - value * now.trade.risk
    elif unit == "percent":
        behind = lambda level: level - value / 100 * abs(level)
    else:
        atr = now.reads("atr", value["window"])
        behind = None if atr is None else lambda level: level - value["multiple"] * atr
    is_armed = from_r <= now.mfe_r
    if behind is None or not (is_armed or armed_inside):
        return Orders(stop=now.stop)
    return Orders(
        stop=tighter(now.stop, behind(followed) if is_armed else None),
        follow=behind if follow == "bar" else None,
        follow_from=None if is_armed else now.at_r(from_r),
    )


def unit_of(spacing, now):
    """Points of price that one unit of level is; None in warm-up of the indicator at the entry."""
    if spacing == "r":
        return now.trade.risk
    if spacing == "percent":
        return abs(now.trade.price) / 100
    if spacing == "points":
        return Fraction(1)
    if "atr" in spacing:
        return now.at_entry("atr", spacing["atr"]["window"])
    high, low = (now.at_entry(name, spacing["swing"]["window"]) for name in ("donchian_high", "donchian_low"))
    return None if high is None else high - low


def ladder(said, now):
    orders = stop_rule(said.get("stop"), now)
    unit = unit_of(said.get("spacing", "r"), now)
    is_expired = said.get("expires_bars") is not None and said["expires_bars"] <= now.bars_held
    # Without a unit no rung has a price.
    if unit and not is_expired:
        here = now.trade.sign * now.trade.price
        orders.limits = ladder_limits(said["rungs"], now, lambda level: here + level * unit)
    return orders


def break_even_ladder(said, now):
    orders = ladder(said["ladder"], now)
    orders.stop = break_even({"after": {"sales": 1}, "offset": said.get("offset", "none")}, now).stop
    return orders


def plan(said, now):
    rungs = {"rungs": said.get("rungs", []), "spacing": said.get("spacing", "r"), "stop": said.get("stop")}
    orders = ladder(rungs, now)
    begun = [part(time["held"]) for time in said.get("times", []) if time["bars"] <= now.bars_held]
    most = begun[-1] if begun else Fraction(1)
    orders.market = max(ZERO, now.remaining - most)
    if orders.market > 0:
        # What a time sells counts as the nearest rungs that are still to come.
        now.remaining -= orders.market
        orders.limits = ladder(rungs, now).limits
        now.remaining += orders.market
    return orders


def time_decayed_ladder(said, now):
    shrunk = 1 - (1 - said["floor"]) * Fraction(now.bars_held, now.bars_held + now.to_horizon)
    return Orders(stop=now.stop, limits=ladder_limits(said["rungs"], now, lambda level: now.at_r(level * shrunk)))


def stepped_ladder(said, now):
    """The stop one target behind: at the entry once the first rung is sold, at rung n - 1 once rung n is."""
    said = said["ladder"]
    orders, unit = ladder(said, now), unit_of(said.get("spacing", "r"), now)
    left = ladder_limits(said["rungs"], now, lambda level: level)
    following = left[0][0] if left else None
    done = [rung["level"] for rung in said["rungs"] if following is None or rung["level"] < following]
    if now.sales > 0 and done and unit:
        behind = done[-2] * unit if len(done) > 1 else ZERO
        orders.stop = tighter(now.stop, now.trade.sign * now.trade.price + behind)
    return orders


def brackets(said, now):
    """Parts with a target and a stop each: what one of the two sold the other cannot."""
    orders = Orders(stop=now.stop if now.stop is not None else entry_stop(now.trade))
    shares = in_lots([part(one["fraction"]) for one in said["parts"]], now)
    for place, (one, share) in enumerate(zip(said["parts"], shares)):
        left = max(ZERO, share - now.sold_by.get(("limit", place), ZERO) - now.sold_by.get(("part", place), ZERO))
        target = one.get("target_r")
        orders.limits.append((now.at_r(target or ZERO), ZERO if target is None else left))
        orders.stops.append((now.at_r(-one["stop_r"]), left, place))
    return orders


def profit_lock(said, now):
    if now.mfe_r < said["from_r"]:
        return Orders(stop=now.stop)
    return Orders(stop=tighter(now.stop, now.at_r(now.mfe_r * (100 - said["give_back"]) / 100)))


def roi_table(said, now):
    orders = stop_rule(said.get("stop"), now)
    begun = [step["level"] for step in said["steps"] if step["bars"] <= now.bars_held]
    if begun:
        level = now.trade.sign * now.trade.price + begun[-1] * unit_of(said.get("spacing", "percent"), now)
        orders.limits = [(level, now.remaining)]
    return orders


def exit_when(said, now):
    beside = lambda: ladder(said["ladder"], now) if said.get("ladder") else stop_rule(said.get("stop"), now)
    orders = beside()
    rested = now.since_sale is None or said.get("min_bars_between", 1) <= now.since_sale
    if now.bars_held > 0 and rested and expressions.holds(said["exit_when"], now):
        orders.market = min(part(said.get("fraction", Fraction(1))), now.remaining)
        now.remaining -= orders.market
        orders.limits = beside().limits if now.remaining > 0 else []
        now.remaining += orders.market
    return orders


def stop_limit(said, now, orders=None):
    """A stop whose limit lies behind it; once the market jumped over both, the stop stays where it was."""
    if orders is None:
        orders = ladder(said["ladder"], now) if said.get("ladder") else stop_rule(said.get("stop"), now)
    orders.stop_limit = said["limit_r"] * now.trade.risk
    if now.triggered is not None:
        orders.stop, orders.follow = now.stop, None
    return orders


def loss_limit(said, now):
    """The stop at which the whole position has lost an amount: of the trade, or since the last close before the day."""
    trade, per = now.trade, said.get("per", "trade")
    since, own = trade.price, now.stop
    if per != "trade":
        own = entry_stop(trade)
        if now.bars_held > 0:
            start = day_start(trade.bars[now.t].closes_at, per["day"])
            before = [bar for bar in trade.bars[trade.first : now.t + 1] if bar.closes_at <= start]
            since = before[-1].close if before else trade.price
    return Orders(stop=tighter(own, now.costs.level_at_loss(since, said["amount"])))


def staged_stops(said, now):
    if said.get("work") == "level":
        shares = in_lots(cumulative([stage["fraction"] for stage in said["stages"]]), now)
        stages = zip(said["stages"], shares)
        stops = [
            (now.at_r(-stage["level"]), max(ZERO, share - now.sold_by.get(("part", place), ZERO)), None)
            for place, (stage, share) in enumerate(stages)
        ]
        return Orders(stop=now.stop, stops=stops)
    asked = ladder_limits(said["stages"], now, lambda level: level)
    due = [share for level, share in asked if now.unrealised_r <= -level]
    return Orders(stop=now.stop, market=sum(due, ZERO))


def triple_barrier(said, now):
    return Orders(
        stop=tighter(entry_stop(now.trade), now.at_r(-said["stop_r"])),
        limits=[(now.at_r(said["target_r"]), now.remaining)],
        market=now.remaining if said["bars"] <= now.bars_held else ZERO,
    )


def all_out_time(said, now):
    return Orders(stop=now.stop, market=now.remaining if said["bars"] <= now.bars_held else ZERO)


def turtle(said, now):
    extreme = now.reads("donchian_low" if now.trade.sign > 0 else "donchian_high", said["window"])
    return Orders(stop=tighter(entry_stop(now.trade), None if extreme is None else now.trade.sign * extreme))


def rsi_band(said, now):
    rsi = now.reads("rsi", said["rsi_window"])
    rsi = rsi if rsi is None or now.trade.sign > 0 else 100 - rsi
    bars = now.trade.bars[: now.t + 1]
    beyond = indicators.beyond_band(bars, int(said["band_window"]), now.trade.sign)[now.t]
    rested = now.since_sale is None or said["min_bars_between"] <= now.since_sale
    due = rsi is not None and said["level"] < rsi and beyond and rested and now.bars_held > 0
    return Orders(stop=now.stop, market=min(part(said["fraction"]), now.remaining) if due else ZERO)


def climax(said, now):
    bar, atr, volume = (
        now.trade.bars[now.t],
        now.reads("atr", said["window"]),
        now.reads("relative_volume", said["window"]),
    )
    wide = atr is not None and said["range_multiple"] * atr < bar.high - bar.low
    busy = volume is not None and said["volume_multiple"] < volume
    strong = now.trade.sign * (bar.close - (bar.high + bar.low) / 2) > 0
    due = wide and busy and strong and now.bars_held > 0
    return Orders(stop=now.stop, market=min(part(said["fraction"]), now.remaining) if due else ZERO)


def schedule(said, now):
    sold = cumulative(said["sold"])
    return Orders(stop=now.stop, market=sold[now.bars_held] if now.bars_held < len(sold) else ZERO)


RULES = {
    "all-out-target": lambda said, now: Orders(stop=now.stop, limits=[(now.at_r(said["target_r"]), now.remaining)]),
    "all-out-time": all_out_time,
    "all-out-stop": lambda said, now: stop_rule(said.get("stop"), now),
    "triple-barrier": triple_barrier,
    "ladder": ladder,
    "break-even-ladder": break_even_ladder,
    "moon-bag": lambda said, now: ladder({**said, "spacing": "percent"}, now),
    "time-decayed-ladder": time_decayed_ladder,
    "plan": plan,
    "staged-stops": staged_stops,
    "trailing": trail,
    "chandelier": lambda said, now: trail({"distance": {"atr": said}, "follow": "extreme"}, now),
    "turtle": turtle,
    "rsi-band": rsi_band,
    "climax": climax,
    "schedule": schedule,
    "roi-table": roi_table,
    "profit-lock": profit_lock,
    "stepped-ladder": stepped_ladder,
    "brackets": brackets,
    "exit-when": exit_when,
    "stop-limit": stop_limit,
    "trailing-limit": lambda said, now: stop_limit(said, now, trail(said["trailing"], now)),
    "loss-limit": loss_limit,
}


def decide(policy, now):
    return RULES[policy["kind"]](policy, now)
