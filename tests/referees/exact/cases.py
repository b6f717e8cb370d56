"""Random fill jobs: every rule, policy, cost, lot and cap, on ticks from 1e-5 to 1 and off the ticks.

A job is one set of assumptions and a few trades, each on bars of its own. Numbers are decimals, written as they are.
Moves are few ticks wide, so that prices come to rest exactly on orders all the time.
"""

from decimal import Decimal
from random import Random

from case_bars import finer_bars, prints, random_bars
from case_policies import policy

TRADES_IN_JOB = 10
TICKS = ["0.00001", "0.0001", "0.001", "0.005", "0.01", "0.05", "0.1", "0.25", "0.5", "1", "0.03125"]
RULES = ["stop-first", "target-first", "open-high-low-close", "nearest-extreme", "candle-colour", "lower-timeframe"]
LOTS = [1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 23, 96, 97, 100, 1000, 100_800]


class Draw:
    """Draws of one job, all from one seed."""

    def __init__(self, seed):
        self.rng = Random(seed)
        self.pick = self.rng.choice
        self.whole = self.rng.randint

    def chance(self, share):
        return self.rng.random() < share

    def number(self, *texts):
        return Decimal(self.pick(texts))

    def decimal(self, low, high, digits):
        return Decimal(self.whole(int(low * 10**digits), int(high * 10**digits))).scaleb(-digits)


def job(seed):
    draw = Draw(seed)
    tick = Decimal(draw.pick(TICKS))
    step = draw.pick([None, "1", "1", "0.1", "0.001"])
    market = {
        "tick": tick,
        # Adjusted closes lie between the ticks; without ticks prices are any decimals.
        "off_tick": draw.chance(0.2),
        "grain": draw.pick([3, 8, 40]),
        "lot_step": None if step is None else Decimal(step),
        "horizon": draw.whole(2, 18),
        "before": draw.pick([1, 1, 3, 10]),
    }
    replay = replay_of(draw, market)
    instrument = instrument_of(draw, market, ticks=not draw.chance(0.12))
    trades = [trade_of(draw, market, replay, str(number)) for number in range(TRADES_IN_JOB)]
    add_entries(Draw(f"adds {seed}"), market, replay, trades)
    return {"replay": replay, "instrument": instrument, "trades": trades}


def replay_of(draw, market):
    horizon = market["horizon"]
    replay = {"horizon_bars": horizon, "intrabar": draw.pick(RULES)}
    replay["limit_fill"] = draw.pick(["touch", "touch", "trade-through"])
    said = {
        "entry_bar": (0.5, lambda: draw.pick(["conservative", "close-only", "whole-bar"])),
        "entry_liquidity": (0.3, lambda: draw.pick(["taker", "maker"])),
        "entry_price": (0.3, lambda: draw.pick(["fill", "reference"])),
        "holding_cost_r": (0.15, lambda: draw.number("0.001", "0.01", "0.003")),
        "slippage": (0.25, lambda: slippage(draw)),
        "stop_slippage": (0.2, lambda: slippage(draw)),
        "impact": (0.2, lambda: impact(draw)),
        "cost_multiplier": (0.15, lambda: draw.number("0", "0.5", "2", "3")),
        "max_fraction_per_bar": (0.15, lambda: draw.number("0.1", "0.25", "0.333333", "0.5", "0.75", "0.07")),
        "max_tranches_per_bar": (0.15, lambda: draw.whole(1, 3)),
        "min_bars_between_sales": (0.15, lambda: draw.whole(1, 4)),
        "volume_share": (0.15, lambda: draw.number("0.01", "0.1", "0.5", "0.03")),
        "latency_bars": (0.3, lambda: min(draw.whole(1, 3), horizon - 1)),
        "flat_before_pause_hours": (0.12, lambda: draw.number("0.1", "1", "24")),
        "liquidation": (0.1, lambda: liquidation(draw)),
        "flat_before": (0.1, lambda: events(draw, horizon)),
        "late": (0.7, lambda: "next-day"),
        "flat_at": (0.12, lambda: {"time": f"00:{draw.whole(1, 25):02}", "zone": draw.pick(["UTC", "Africa/Abidjan"])}),
    }
    for name, (share, value) in said.items():
        if draw.chance(share):
            replay[name] = value()
    return replay


def liquidation(draw):
    """So high a leverage that a few moves of the market use the margin up."""
    said = {"leverage": draw.number("300", "1000", "2500", "7000")}
    if draw.chance(0.5):
        said["maintenance_frac"] = draw.number("0.0001", "0.00003")
    return said


def events(draw, horizon):
    minutes = draw.rng.sample(range(2, 30), draw.whole(1, 3))
    said = {"events": [{"ts": f"1970-01-01T00:{minute:02}:{draw.pick(['00', '00', '17'])}Z"} for minute in minutes]}
    for event in said["events"]:
        if draw.chance(0.3):
            event["symbol"] = draw.pick(["X", "Y"])
    if draw.chance(0.6):
        said["minutes"] = draw.number("1", "2", "0.5")
    return said


def slippage(draw):
    return draw.pick(
        [
            "none",
            {"ticks": draw.number("1", "2", "0.5", "3")},
            {"bps": draw.number("1", "2.5", "10")},
            {"volatility": {"share": draw.number("0.05", "0.1"), "window": draw.whole(1, 5)}},
        ]
    )


def impact(draw):
    exponent = draw.number("1", "1", "0.5", "0.6")
    by_volume = {"bps": draw.number("5", "10", "50"), "exponent": exponent, "window": draw.whole(1, 5)}
    whole = {"cost_r": draw.number("0.05", "0.2"), "exponent": exponent}
    return draw.pick([{"volume-share": by_volume}, {"whole-position": whole}])


def instrument_of(draw, market, ticks):
    instrument = {"symbol": "X", "currency": "USD"}
    if ticks:
        instrument["tick_size"] = market["tick"]
        if draw.chance(0.3):
            instrument["spread_ticks"] = draw.number("1", "2", "3", "0.5")
    if draw.chance(0.1):
        instrument["contract"] = "inverse"
    if draw.chance(0.4):
        instrument["multiplier"] = draw.number("50", "5", "0.1", "1000", "12.5")
    if market["lot_step"] is not None:
        instrument["lot_step"] = market["lot_step"]
        if draw.chance(0.3):
            instrument["min_qty"] = market["lot_step"] * draw.whole(1, 6)
        if draw.chance(0.15):
            instrument["min_notional"] = draw.number("10", "100", "1000")
    if draw.chance(0.6):
        instrument["fees"] = {
            name: value
            for name, value, share in [
                ("maker_rate", draw.number("0.0002", "0.001", "-0.0001", "-0.00025"), 0.5),
                ("taker_rate", draw.number("0.0005", "0.001", "0.00075"), 0.5),
                ("per_unit", draw.number("0.35", "0.005", "2.1"), 0.3),
                ("per_order", draw.number("1", "10", "0.07"), 0.3),
                ("minimum", draw.number("1.5", "5", "0.02"), 0.25),
            ]
            if draw.chance(share)
        }
    if draw.chance(0.15):
        instrument["carry"] = {
            "long_rate_per_year": draw.number("0.05", "5", "-0.02"),
            "short_rate_per_year": draw.number("0.03", "2"),
        }
        if draw.chance(0.5):
            instrument["carry"]["funding"] = {
                "rate": draw.number("0.0001", "-0.0003"),
                "interval_hours": draw.number("0.05", "0.1"),
            }
    return instrument


def add_entries(draw, market, replay, trades):
    """Gives some trades adds; draws of their own, so that the cases without stay what they are."""
    if "liquidation" in replay:
        return
    if draw.chance(0.6):
        replay["lot_matching"] = draw.pick(["fifo", "lifo", "average"])
    for trade in trades:
        if draw.chance(0.3):
            trade["adds"] = adds_of(draw, market, trade)


def adds_of(draw, market, trade):
    step, tick, first = market["lot_step"], market["tick"], trade["entry_bar"]
    lots = None if step is None else round(trade["qty"] / step)
    opens = trade.get("opens") or [60 * t for t in range(len(trade["bars"]))]
    adds = []
    for _ in range(draw.whole(1, 3)):
        if lots is None:
            qty = trade["qty"] * draw.number("0.1", "0.25", "0.3", "0.125")
        elif lots < 2:
            break
        else:
            had = draw.whole(1, max(1, lots // 2))
            qty, lots = had * step, lots - had
        t = first + min(draw.whole(0, 4), draw.whole(0, market["horizon"] - 1))
        opened, high, low = trade["bars"][t][:3]
        after_entry = int(trade.get("entry_second", 0)) if t == first else 0
        inside = draw.whole(max(1, after_entry), 59) if draw.chance(0.6) or after_entry else 0
        price = low + tick * draw.whole(0, int((high - low) / tick)) if inside else opened
        adds.append([Decimal(opens[t] + inside), price, qty])
    return sorted(adds, key=lambda add: add[0])


def trade_of(draw, market, replay, name):
    tick, grain = market["tick"], market["grain"]
    count = market["before"] + market["horizon"] + 1
    bars = random_bars(draw, market, count)
    side = draw.pick(["long", "short"])
    sign = 1 if side == "long" else -1
    first = market["before"]
    trade = {"id": name, "side": side, "entry_bar": first}
    price = bars[first][0]
    inside = draw.chance(0.2)
    if inside or draw.chance(0.1):
        low, high = bars[first][2], bars[first][1]
        price = low + tick * draw.whole(0, int((high - low) / tick)) if low < high else low
        trade["price"] = price
    if inside:
        trade["entry_second"] = draw.whole(1, 59)
    risk = tick * draw.whole(2, 5 * grain)
    if draw.chance(0.15):
        risk += tick * draw.number("0.5", "0.3", "0.125")
    trade["risk"] = risk
    if draw.chance(0.7):
        trade["stop"] = price - sign * (risk if draw.chance(0.7) else tick * draw.whole(1, 4 * grain))
    step = market["lot_step"]
    trade["qty"] = draw.number("1", "100", "33.5", "0.7") if step is None else step * draw.pick(LOTS)
    trade["policy"] = policy(draw, market, replay)
    trade["bars"] = bars
    if draw.chance(0.2):
        # The bars pause once: over lunch, over night.
        at, pause = draw.whole(1, count - 1), draw.pick([60, 600, 3600, 86_400])
        trade["opens"] = [60 * t + (pause if at <= t else 0) for t in range(count)]
    if replay["intrabar"] == "lower-timeframe" or draw.chance(0.1):
        opens = trade.get("opens") or [60 * t for t in range(count)]
        kind = draw.pick(["finer", "finer", "trades", "none"])
        if kind == "finer":
            trade["finer"] = [
                row for t in range(count) if not draw.chance(0.1) for row in finer_bars(draw, market, bars[t], opens[t])
            ]
        elif kind == "trades":
            trade["trades"] = [
                row for t in range(count) if not draw.chance(0.1) for row in prints(draw, market, bars[t], opens[t])
            ]
    return trade
