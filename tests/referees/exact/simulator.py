"""One trade replayed in exact arithmetic.

Written from the documentation: `crates/exits/src/lib.rs` (what a fill assumes), `crates/exits/docs/policies.md`, and what
is said at each option. No code is shared with the simulator that it judges.
"""

from fractions import Fraction
from math import ceil

from adds import Lots, parts_of
from costs import Costs
from flat import Refused, before_event, flat_time
from latency import Sent
from market import Instrument, Trade
from parts import WHOLE, nearest, sized
from rules import Decision, Orders, decide, entry_stop, tighter
from walk import Capacity, Ticks, Walk

ZERO, ONE = Fraction(0), Fraction(1)


class Replay:
    def __init__(self, replay, instrument, written):
        self.said = replay
        self.instrument = Instrument.of(instrument)
        self.symbol = (instrument or {}).get("symbol", "X")
        self.trade = Trade(written)
        self.costs = Costs(self.trade, self.instrument, replay)
        self.ticks = Ticks(self.instrument.tick)
        self.entry_rule = replay.get("entry_bar", "conservative")
        self.lots, self.least = self.whole_lots()
        self.horizon, self.end = self.ending()
        first, self.adds = parts_of(self.trade, written, self.lots)
        self.filled, self.added = first, []
        self.remaining, self.stop = first, entry_stop(self.trade)
        self.fills, self.last_sale, self.carry = [], None, ZERO
        self.book, self.bought, self.fees = Lots(replay.get("lot_matching", "fifo")), [], ZERO
        self.entry_fee = self.buy(first, self.trade.price, self.trade.first)[1]
        self.best_r, self.worst_r, self.last_r = ZERO, ZERO, ZERO
        # Where the stop stood in each bar: at its open, and after its close.
        self.stops = []
        self.sold_by = {}
        self.triggered, self.stop_limit, self.takeover = None, None, self.costs.takeover()
        self.in_flight, self.latency = [], int(replay.get("latency_bars", 0))

    def buy(self, part, price, t):
        """Books an entry of `part` at `price` in bar `t`; what it paid, and its fee."""
        paid = price + self.trade.sign * self.costs.entry_slip(price, t)
        fee = self.costs.entry_fee(price, part * self.trade.qty)
        self.book.buy(part, self.costs.value(paid), fee)
        self.bought.append((part, paid))
        self.fees += fee
        # The price at which what was bought is worth what it cost.
        value = sum(share * self.costs.value(paid) for share, paid in self.bought) / sum(share for share, _ in self.bought)
        self.paid = -1 / value if self.instrument.is_inverse else value
        return paid, fee

    def whole_lots(self):
        """Lots of the initial size and of the least order; 0 lots where quantity is continuous."""
        step = self.instrument.lot_step
        if step == 0:
            return 0, 0
        lots = nearest(self.trade.qty / step)
        notional = abs(self.costs.value(self.trade.price)) * self.instrument.multiplier * step
        return lots, min(lots, ceil(max(self.instrument.min_qty / step, self.instrument.min_notional / notional)))

    def ending(self):
        """Steps after which everything left is sold, and how."""
        steps, end = self.end_of_day()
        held = self.trade.bars[self.trade.first : self.trade.first + int(self.said["horizon_bars"]) + 1]
        filled_at = max(self.trade.filled_at, held[0].opens_at)
        event = before_event(self.said.get("flat_before"), self.symbol, filled_at, held)
        if event is not None and event <= steps:
            steps, end = event, "session-close"
        hours = self.said.get("flat_before_pause_hours")
        if hours is not None:
            for pause, (bar, following) in enumerate(zip(held, held[1:]), 1):
                if hours * 3600 <= following.opens_at - bar.closes_at and pause <= steps:
                    return pause, "session-close"
        return steps, end

    def end_of_day(self):
        horizon, flat_at = int(self.said["horizon_bars"]), self.said.get("flat_at")
        if not flat_at:
            return horizon, "horizon"
        bars, first = self.trade.bars, self.trade.first
        filled_at = max(self.trade.filled_at, bars[first].opens_at)
        flat = flat_time(filled_at, flat_at, self.said.get("late"))
        steps = 1
        while first + steps < len(bars) and bars[first + steps].opens_at < flat:
            steps += 1
        if horizon < steps:
            return horizon, "horizon"
        paused = bars[first + steps - 1].closes_at < bars[first + steps].opens_at
        return steps, "session-close" if paused else "session-end"

    def bar_of(self, step):
        return self.trade.first + step - (step == self.horizon and self.end == "session-close")

    def mark(self, step):
        """The price at which step `step` begins and a market part decided for it fills."""
        if step == 0:
            return self.costs.market_at_fill()
        bar = self.trade.bars[self.bar_of(step)]
        return bar.close if step == self.horizon and self.end == "session-close" else bar.open

    def run(self):
        for step in range(self.horizon):
            self.step(step)
            if self.remaining == 0:
                return self
        self.sell(self.horizon, self.end, "market", self.mark(self.horizon), self.remaining)
        return self

    def decision(self, step):
        """What the rule sees: market parts on their way count as sold, the stop is the tightest at work or on its way."""
        on_the_way = [sent for sent in self.in_flight if sent.market_left() > 0]
        sold = min(self.remaining, sum((sent.market_left() for sent in on_the_way), ZERO))
        last = max(
            [sent.arrives for sent in on_the_way] + ([self.last_sale] if self.last_sale is not None else []),
            default=None,
        )
        return Decision(
            trade=self.trade,
            costs=self.costs,
            t=self.trade.first + step - 1,
            bars_held=step,
            to_horizon=self.horizon - step,
            unrealised_r=self.last_r,
            mfe_r=self.best_r,
            remaining=self.remaining - sold,
            stop=tighter(self.stop, *(sent.orders.stop for sent in self.in_flight)),
            sales=len(self.fills) + len(on_the_way),
            since_sale=None if last is None else step + self.latency - last,
            paid=self.paid,
            filled=self.filled,
            fees=self.fees,
            mae_r=self.worst_r,
            sold_by=self.sold_by,
            triggered=self.triggered,
            lots=self.lots,
            least=self.least,
        )

    def arrived(self, step):
        """The orders that work now: with latency those sent some bars ago, until then the entry's own stop."""
        now = self.decision(step)
        # What is left is being sold: the stop is sent again.
        last = self.in_flight[-1].orders.stop_limit if self.in_flight else self.stop_limit
        orders = decide(self.trade.policy, now) if now.remaining > 0 else Orders(stop=now.stop, stop_limit=last)
        if self.latency == 0:
            return orders
        orders.market = self.sizes(orders, now.remaining)[0]
        loosens = now.stop is not None and (orders.stop is None or orders.stop < now.stop)
        self.in_flight.append(Sent(orders, step + self.latency, loosens))
        if step < self.latency:
            return Orders(stop=self.stop)
        return self.in_flight.pop(0).less_sold(self.stop)

    def sizes(self, orders, left):
        """The market part and the limits, nearest first, sized to what is `left`."""
        limits = [
            (self.ticks.limit(level), share, place) for place, (level, share) in enumerate(orders.limits) if share > 0
        ]
        limits.sort(key=lambda limit: limit[0])
        shares = [orders.market, *(share for _, share, _ in limits)]
        if self.lots:
            lots = sized(shares, self.lots, self.least, round(left * self.lots))
            shares = [Fraction(had, self.lots) for had in lots]
        fitting = []
        for share in shares:
            fitting.append(min(share, left))
            left -= fitting[-1]
        sized_limits = zip(limits, fitting[1:])
        return fitting[0], [(level, share, place) for (level, _, place), share in sized_limits if share > 0]

    def part_stops(self, orders, held):
        """The stops for parts, nearest first: they share what the market part leaves, rounded cumulatively to lots; one
        below the least order waits for the next, and none leaves a rest below it."""
        stops = [
            (self.ticks.stop(level), share, place, limit) for place, (level, share, limit) in enumerate(orders.stops)
        ]
        stops.sort(key=lambda stop: -stop[0])
        asked, sized_upto, fitting = ZERO, ZERO, []
        for number, (level, share, place, limit) in enumerate(stops, 1):
            asked = min(held, asked + share)
            upto = asked
            if self.lots:
                left = nearest((held - asked) * self.lots)
                before = nearest((held - sized_upto) * self.lots)
                too_small = before - left < max(self.least, 1)
                too_little = number == len(stops) and 0 < left < self.least
                upto = sized_upto if too_small or too_little else held - Fraction(left, self.lots)
            if upto > sized_upto:
                fitting.append((level, upto - sized_upto, place, limit))
            sized_upto = max(sized_upto, upto)
        return fitting

    def step(self, step):
        orders = self.arrived(step)
        market, limits = self.sizes(orders, self.remaining)
        seen = self.trade.seen(step, self.entry_rule, self.said.get("intrabar"))
        capacity = self.capacity(step, seen.volume)
        market = capacity.take(market, self.remaining)
        if market > 0:
            self.sell(step, "market-at-open", "market", self.mark(step), market)
        if self.remaining == 0:
            return
        stop = None if orders.stop is None else self.ticks.stop(orders.stop)
        on_touch = self.said.get("limit_fill", "trade-through") == "touch"
        stops = self.part_stops(orders, self.remaining)
        # A stop-limit that has become a limit stays one while the orders ask for one.
        triggered = None if orders.stop_limit is None else self.triggered

        def walk_of_held():
            return Walk(
                self.remaining, stop, orders, limits, stops, capacity, self.ticks, on_touch, triggered, self.takeover
            )

        self.add(step, seen, walk_of_held)
        walk = walk_of_held()
        in_doubt = self.through_bar(step, seen, walk)
        self.stop, self.triggered, self.stop_limit = walk.stop, walk.triggered, orders.stop_limit
        self.stops.append((stop, walk.stop))
        gapped = sum((touch.size for touch in walk.touches if touch.at_open), ZERO)
        self.pay_carry(step, self.remaining - gapped)
        for touch in walk.touches:
            cause = {
                ("limit", False): "limit-reached",
                ("limit", True): "gap-over-limit",
                ("triggered", False): "limit-reached",
                ("triggered", True): "gap-over-limit",
                ("takeover", False): "liquidation",
                ("takeover", True): "liquidation",
                ("part", False): "stop-reached",
                ("part", True): "gap-through-stop",
                ("stop", False): "trail-reached" if touch.trailed else "stop-reached",
                ("stop", True): "gap-through-stop",
            }[touch.order[0], touch.at_open]
            kind = {"limit": "limit", "triggered": "limit", "takeover": "takeover"}.get(touch.order[0], "stop")
            room = None if touch.floor is None else touch.level - touch.floor
            self.sell(step, cause, kind, self.trade.sign * touch.level, touch.size, touch in in_doubt, room)
            self.sold_by[touch.order] = self.sold_by.get(touch.order, ZERO) + touch.size
            for sent in self.in_flight:
                sent.sold(touch)
        self.best_r = max(self.best_r, self.trade.r_at(seen.high), self.trade.r_at(seen.low))
        self.worst_r = min(self.worst_r, self.trade.r_at(seen.high), self.trade.r_at(seen.low))
        self.last_r = self.trade.r_at(seen.close)

    def add(self, step, seen, walk_of_held):
        """Fills the adds of the bar, unless the position is known to be sold or stopped before."""
        sign = self.trade.sign
        for add in [add for add in self.adds if add.step == step]:
            walk = walk_of_held().copy()
            self.up_to(step, seen, walk, add.at)
            is_out = walk.held == 0 or walk.triggered is not None
            if is_out or (walk.stop is not None and sign * add.price <= walk.stop):
                continue
            self.filled, self.remaining = self.filled + add.part, self.remaining + add.part
            paid, fee = self.buy(add.part, add.price, self.trade.first + step)
            qty = add.part * self.trade.qty
            self.added.append({"bar": self.trade.first + step, "price": paid, "qty": qty, "fee": fee})

    def up_to(self, step, seen, walk, at):
        """What of the bar is known to come before the time `at`: its open, and finer data where the rule reads them."""
        rule, sign = self.said.get("intrabar", "stop-first"), self.trade.sign
        tape, finer = self.trade.tape_of(step), self.trade.finer_of(step, self.entry_rule)
        if rule == "lower-timeframe" and tape:
            walk.open_at(sign * (seen.open if step == 0 else self.mark(step)))
            for _, price, _ in [row for row in tape if row[0] < at]:
                walk.print_at(sign * price)
            return
        walk.open_at(sign * seen.open)
        if rule == "lower-timeframe":
            for bar in [bar for bar in finer if bar.closes_at <= at]:
                walk.open_at(sign * bar.open)
                self.over_extremes(rule, bar, walk, False)

    def through_bar(self, step, seen, walk):
        """Moves the price through the bar; returns the fills that a rule, not the data, decided."""
        rule, sign = self.said.get("intrabar", "stop-first"), self.trade.sign
        tape, finer = self.trade.tape_of(step), self.trade.finer_of(step, self.entry_rule)
        if rule == "lower-timeframe" and tape:
            walk.open_at(sign * (seen.open if step == 0 else self.mark(step)))
            for _, price, _ in tape:
                walk.print_at(sign * price)
            return []
        is_inside = step == 0 and self.trade.is_inside
        walk.open_at(sign * seen.open)
        if rule == "lower-timeframe" and finer:
            in_doubt = []
            for bar in finer:
                walk.open_at(sign * bar.open)
                # One that opens at the fill holds no doubt.
                is_cut = is_inside and bar.opens_at == self.trade.filled_at and bar not in self.trade.finer
                in_doubt += self.over_extremes(rule, bar, walk, is_cut)
            return in_doubt
        return self.over_extremes(rule, seen, walk, is_inside and not self.trade.tape)

    def over_extremes(self, rule, bar, walk, is_assumed):
        """Over both extremes to the close. A fill is in doubt where the other order of the extremes does not give it, and
        where the bar itself is an assumption."""
        sign = self.trade.sign
        best, worst = max(sign * bar.high, sign * bar.low), min(sign * bar.high, sign * bar.low)
        low_first = {
            "stop-first": sign > 0,
            "lower-timeframe": sign > 0,
            "target-first": sign < 0,
            "open-high-low-close": False,
            "nearest-extreme": bar.open - bar.low <= bar.high - bar.open,
            "candle-colour": bar.close > bar.open if bar.close != bar.open else sign > 0,
        }[rule]
        first, second = (worst, best) if low_first == (sign > 0) else (best, worst)
        other, before = walk.copy(), len(walk.touches)
        for level in (first, second, sign * bar.close):
            walk.move_to(level)
        for level in (second, first, sign * bar.close):
            other.move_to(level)
        certain = lambda touch: any(touch.sells_as(fill) for fill in other.touches)
        return [touch for touch in walk.touches[before:] if is_assumed or not certain(touch)]

    def capacity(self, step, volume):
        """What market parts and limits may take in this bar."""
        share = self.said.get("max_fraction_per_bar", ONE)
        if self.said.get("volume_share") is not None:
            share = min(share, self.said["volume_share"] * volume / self.trade.qty)
        tranches = self.said.get("max_tranches_per_bar")
        spacing = int(self.said.get("min_bars_between_sales", 0))
        if spacing > 0:
            too_soon = self.last_sale is not None and step - self.last_sale < spacing
            tranches = 0 if too_soon else 1
        share = Fraction(nearest(min(share, ONE) * WHOLE), WHOLE)
        return Capacity(share, None if tranches is None else int(tranches), self.lots, self.least)

    def pay_carry(self, step, held):
        """What is held through the bar pays: not what left at its open."""
        t = self.trade.first + step
        since = self.trade.filled_at if step == 0 else self.trade.bars[t].opens_at
        ends_here = step + 1 == self.horizon and self.end == "session-close"
        until = self.trade.bars[t].closes_at if ends_here else self.trade.bars[t + 1].opens_at
        paid = self.costs.carry(self.mark(step), since, until) * self.trade.qty * self.instrument.multiplier
        self.carry += held * (self.said.get("holding_cost_r", ZERO) * self.costs.one_r + paid)

    def sell(self, step, cause, kind, reference, share, decided=False, room=None):
        """Books a sale that may lose `room` points of price to slippage and impact, or any."""
        t, trade = self.bar_of(step), self.trade
        self.remaining -= share
        qty = share * trade.qty
        slip, impact = self.costs.slip(kind, reference, t), self.costs.impact(kind, share)
        if room is not None:
            slip = min(slip, room)
            impact = min(impact, room - slip)
        price = reference - trade.sign * (slip + impact)
        fee = ZERO if kind == "takeover" else self.costs.fee(kind == "limit", price, qty)
        cost, entry_fee = self.book.sell(share)
        gross = trade.sign * (self.costs.value(price) * share - cost) * trade.qty * self.instrument.multiplier
        self.last_sale = step
        self.fills.append(
            {
                "bar": t,
                "cause": cause,
                "decided_by": self.rule_named(step) if decided else None,
                "fraction": share,
                "qty": qty,
                "reference": reference,
                "slippage": slip,
                "impact": impact,
                "price": price,
                "fee": fee,
                "entry_fee": entry_fee,
                "gross": gross,
                "net": gross - fee - entry_fee,
                "left": self.remaining,
            }
        )

    def rule_named(self, step):
        """The rule that decided: in the bar of an entry inside it, without a tape, also what that entry saw of it."""
        rule = self.said.get("intrabar", "stop-first")
        if step == 0 and self.trade.is_inside and not self.trade.tape:
            return f"entry-bar {self.said.get('entry_bar', 'conservative')}, {rule}"
        return rule

    def result(self):
        net = sum((fill["net"] for fill in self.fills), ZERO) - self.carry
        return {
            "fills": self.fills,
            "stops": [[None if level is None else self.trade.sign * level for level in pair] for pair in self.stops],
            "entry_fee": self.entry_fee,
            "adds": self.added,
            "carry": self.carry,
            "net": net,
            "net_r": net / self.costs.one_r,
            "one_r": self.costs.one_r,
            "notional": abs(self.costs.value(self.trade.price)) * self.trade.qty * self.instrument.multiplier,
        }


def simulate(replay, instrument, trade):
    """The fills and the cash of a trade; None if it must be refused."""
    try:
        return Replay(replay, instrument, trade).run().result()
    except Refused:
        return None
