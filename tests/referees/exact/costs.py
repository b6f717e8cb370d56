"""What a fill costs: half-spread, slippage, impact and fees, as `crates/exits/src/costs.rs` and its neighbours say."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

from indicators import mean

FARTHEST = 10**40
HALF_NANO = Fraction(1, 2 * 10**9)
YEAR_SECONDS = 365 * 86_400


def power(base, exponent):
    """`base ** exponent`, exact for whole exponents, to 40 digits otherwise."""
    if exponent.denominator == 1:
        return base ** int(exponent)
    if base == 0:
        return Fraction(0)
    with localcontext() as context:
        context.prec = 40
        decimal = lambda number: Decimal(number.numerator) / Decimal(number.denominator)
        return Fraction(decimal(base) ** decimal(exponent))


class Costs:
    def __init__(self, trade, instrument, replay):
        self.trade, self.instrument, self.replay = trade, instrument, replay
        self.factor = replay.get("cost_multiplier", Fraction(1))
        self.slippage = replay.get("slippage", "none")
        self.stop_slippage = replay.get("stop_slippage") or self.slippage
        self.half_spread = instrument.spread_ticks * instrument.tick / 2
        self.impact_whole, self.impact_exponent = self.impact_at_entry(replay.get("impact", "none"))
        self.one_r = self.at_risk() * trade.qty * instrument.multiplier

    def value(self, price):
        """A number whose change is the gain of one long unit with a multiplier of 1."""
        return -1 / price if self.instrument.is_inverse else price

    def at_risk(self):
        """What one unit with a multiplier of 1 loses when the price moves one R against the entry."""
        sign, price = self.trade.sign, self.trade.price
        return sign * (self.value(price) - self.value(price - sign * self.trade.risk))

    def gross(self, paid, price, qty):
        return self.trade.sign * (self.value(price) - self.value(paid)) * qty * self.instrument.multiplier

    def impact_at_entry(self, written):
        """Points of price that selling the whole position at once loses, and how they grow with the part sold."""
        if written == "none":
            return Fraction(0), Fraction(1)
        ((kind, said),) = written.items()
        if kind == "whole-position":
            return said["cost_r"] * self.trade.risk, said["exponent"]
        before = self.trade.bars[max(0, self.trade.first - int(said["window"])) : self.trade.first]
        share = self.trade.qty / mean([bar.volume for bar in before])
        return said["bps"] / 10_000 * abs(self.trade.price) * power(share, said["exponent"]), said["exponent"]

    def slipped(self, slippage, reference, t):
        """Points of price that a market fill at `reference` in bar `t` slips beyond the half-spread."""
        if slippage == "none":
            return Fraction(0)
        ((kind, said),) = slippage.items()
        if kind == "ticks":
            return said * self.instrument.tick
        if kind == "bps":
            return said / 10_000 * abs(reference)
        bars = self.trade.bars
        window = range(max(0, t - int(said["window"])), t)
        closes = {u: bars[u - 1].close if u > 0 else bars[u].open for u in window}
        ranges = [max(bars[u].high, closes[u]) - min(bars[u].low, closes[u]) for u in window]
        return said["share"] * mean(ranges) if ranges else Fraction(0)

    def slip(self, cause, reference, t):
        """Points of price lost to half-spread and slippage."""
        if cause in ("limit", "takeover"):
            return Fraction(0)
        slippage = self.stop_slippage if cause == "stop" else self.slippage
        return self.factor * (self.half_spread + self.slipped(slippage, reference, t))

    def impact(self, cause, share):
        return Fraction(0) if cause in ("limit", "takeover") else self.factor * self.impact_whole * power(share, self.impact_exponent)

    def fee(self, is_maker, price, qty):
        """A rate on the notional, an amount a unit, an amount an order, at least the minimum where there is one."""
        said = lambda name: self.instrument.fees.get(name, Fraction(0))
        notional = abs(self.value(price)) * qty * self.instrument.multiplier
        rate = said("maker_rate" if is_maker else "taker_rate")
        # Dearer trading never pays a rebate more.
        rate *= self.factor if rate > 0 else 1
        fee = rate * notional + self.factor * (said("per_unit") * qty + said("per_order"))
        return max(fee, self.factor * said("minimum")) if said("minimum") > 0 else fee

    def level_at_loss(self, since, amount):
        """The level at which the whole position is worth `amount` less than at the price `since`; None if none is."""
        sign, per_unit = self.trade.sign, amount / (self.trade.qty * self.instrument.multiplier)
        value = self.value(since) - sign * per_unit
        if self.instrument.is_inverse:
            return -sign / value if value < 0 else None
        return sign * value

    def takeover(self):
        """Where the venue closes the position, and the level that it gets; None if no price is bad enough."""
        said = self.replay.get("liquidation")
        if not said:
            return None
        leverage, sign = said["leverage"], self.trade.sign

        def gone(left):
            """The price at which the margin and the gain make up the share `left` of the notional at that price."""
            if self.instrument.is_inverse:
                # margin + sign (1/e - 1/p) = left / p, in coins for each unit of the notional.
                share, coins = sign + left, (1 / leverage + sign) / self.trade.price
                return share / coins if coins * share > 0 else None
            # e / L + sign (p - e) = left p.
            points, share = self.trade.price * (sign - 1 / leverage), sign - left
            return points / share if points * share > 0 else None

        at, gets = gone(said.get("maintenance_frac", Fraction(0))), gone(Fraction(0))
        return None if at is None or gets is None else (sign * at, sign * gets)

    def entry_fee(self, price, qty):
        return self.fee(self.replay.get("entry_liquidity") == "maker", price, qty)

    def entry_slip(self, price, t):
        """Points that an entry in bar `t` at the market's price lost beside its own price."""
        crossed = self.replay.get("entry_liquidity") != "maker"
        at_market = self.replay.get("entry_price") == "reference"
        return self.slip("market", price, t) if at_market and crossed else Fraction(0)

    def market_at_fill(self):
        """The market's price at the fill: of a fill that crossed the spread it lies half-spread and slippage back."""
        if self.replay.get("entry_price") == "reference" or self.replay.get("entry_liquidity") == "maker":
            return self.trade.price
        lost = self.half_spread + self.slipped(self.slippage, self.trade.price, self.trade.first)
        return self.trade.price - self.trade.sign * lost

    def break_even_level(self, now):
        """The nearest level on the ticks at which a stop for what is left brings net 0 or more: after the average price
        paid, the fees of the entries, and the stop's own fee, half-spread, slippage and impact. None if no price brings it."""
        sign, share, t = self.trade.sign, now.remaining, now.t + 1
        if share == 0:
            return None
        qty = share * self.trade.qty
        impact = self.impact("stop", share)

        def brings_net(level):
            price = sign * level - sign * (self.slip("stop", sign * level, t) + impact)
            if self.instrument.is_inverse and price <= 0:
                return sign < 0
            fee = self.fee(False, price, qty) + now.fees * share / now.filled
            # Money is rounded to 10⁻⁹.
            return self.gross(now.paid, price, qty) - fee >= (-HALF_NANO if self.instrument.tick else 0)

        # Steps of ticks, or so fine that nobody sees them.
        step = self.instrument.tick or self.trade.risk / 10**12
        start = floor(sign * now.paid / step) * step if self.instrument.tick else sign * now.paid
        low = high = 0
        width = 1
        while brings_net(start + low * step):
            low, width = low - width, 2 * width
        width = 1
        while not brings_net(start + high * step):
            high, width = high + width, 2 * width
            if high > FARTHEST:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if brings_net(start + middle * step) else (middle, high)
        level = start + high * step
        return None if self.instrument.is_inverse and sign * level <= 0 else level

    def carry(self, price, since, until):
        """What one unit with a multiplier of 1, held from `since` to `until`, pays at `price`."""
        said, sign = self.instrument.carry, self.trade.sign
        rate = said.get("long_rate_per_year" if sign > 0 else "short_rate_per_year", Fraction(0))
        paid = rate * abs(price) * (until - since) / YEAR_SECONDS
        if said.get("funding"):
            interval = said["funding"]["interval_hours"] * 3600
            paid += sign * said["funding"]["rate"] * abs(price) * (until // interval - since // interval)
        return paid / price**2 if self.instrument.is_inverse else paid
