"""Random exit rules, with parameters as people write them."""

from decimal import Decimal


def fractions(draw, count, lots_step):
    """Parts of the whole as people write them."""
    kind = draw.pick(["percent", "percent", "nth", "nth-text", "six-digits", "lots"])
    if kind == "nth":
        return [(Decimal(1) / Decimal(count)).quantize(Decimal("1e-16"))] * count
    if kind == "nth-text":
        return [f"1/{count}"] * count
    if kind == "six-digits":
        return [(Decimal(1) / Decimal(count)).quantize(Decimal("1e-6"), rounding="ROUND_DOWN")] * count
    whole = 100
    if kind == "lots" and lots_step is not None:
        whole = max(draw.pick([96, 97, 11, 23, 12]), count)
    cuts = sorted(draw.rng.sample(range(1, whole), count - 1)) if count < whole else list(range(1, count))
    counts = [end - start for start, end in zip([0, *cuts], [*cuts, whole])]
    if draw.chance(0.3) and count > 1:
        counts.pop()
    if whole == 100:
        return [Decimal(part) / 100 for part in counts]
    return [(Decimal(part) / whole).quantize(Decimal("1e-16")) for part in counts]


def rungs(draw, market, levels, most=11):
    count = min(draw.pick([1, 2, 3, 3, 4, 5, 7, 11]), most, len(levels))
    parts = fractions(draw, count, market["lot_step"])
    # Near levels fill more often.
    near = levels[: max(len(parts), draw.pick([4, 8, 24]))]
    chosen = sorted(draw.rng.sample(near, len(parts)))
    return [{"level": level, "fraction": part} for level, part in zip(chosen, parts)]


def levels(draw, unit):
    return [unit * number for number in range(1, 25)]


def r_levels(draw):
    return levels(draw, draw.number("0.1", "0.25", "0.5", "0.05", "0.2"))


def multiple(draw):
    """Of an average true range. Indicators are binary numbers, so that nothing may come to rest exactly on them."""
    return draw.number("1.03", "2.07", "0.53")


def distance(draw):
    return draw.pick(
        [
            {"r": draw.number("0.25", "0.5", "1", "0.1", "1.5")},
            {"r": draw.number("0.25", "0.5", "1", "0.1", "1.5")},
            {"percent": draw.number("0.1", "0.5", "1", "0.02", "2")},
            {"atr": {"multiple": multiple(draw), "window": draw.whole(1, 4)}},
        ]
    )


def stop_rule(draw):
    kind = draw.pick(["entry", "entry", "break-even", "trail"])
    if kind == "entry":
        return "entry"
    if kind == "break-even":
        after = draw.pick([{"sales": draw.whole(1, 2)}, {"gain-r": draw.number("0.5", "1", "0.25", "0.1")}])
        offset = draw.pick(
            [
                "none",
                {"ticks": draw.number("1", "2", "0.5", "-1")},
                {"r": draw.number("0.1", "0.25", "-0.1")},
                "costs",
                "costs",
            ]
        )
        return {"break-even": {"after": after, "offset": offset}}
    return {"trail": trailing(draw)}


def trailing(draw):
    said = {"distance": distance(draw), "follow": draw.pick(["close", "extreme", "bar"])}
    if draw.chance(0.4):
        said["from_r"] = draw.number("0.25", "0.5", "1", "0.1")
        if said["follow"] == "bar" and draw.chance(0.6):
            said["armed"] = "bar"
    return said


def policy(draw, market, replay):
    kind = draw.pick(
        ["ladder"] * 6
        + ["plan"] * 3
        + ["trailing"] * 3
        + ["break-even-ladder", "break-even-ladder", "all-out-target", "all-out-time", "all-out-stop", "all-out-stop"]
        + [
            "triple-barrier",
            "triple-barrier",
            "moon-bag",
            "time-decayed-ladder",
            "time-decayed-ladder",
            "staged-stops",
            "staged-stops",
        ]
        + ["stepped-ladder", "brackets", "brackets", "profit-lock", "roi-table", "exit-when", "exit-when"]
        + ["stop-limit", "stop-limit", "trailing-limit", "loss-limit"]
        + ["chandelier", "turtle", "rsi-band", "climax", "schedule", "schedule"]
    )
    return {"kind": kind, **PARAMETERS[kind](draw, market, replay)}


def spaced(draw, market):
    spacing = draw.pick(
        [
            "r",
            "r",
            "r",
            "percent",
            "points",
            {"atr": {"window": draw.whole(1, 3)}},
            {"swing": {"window": draw.whole(1, 4)}},
        ]
    )
    if spacing == "percent":
        units = levels(draw, draw.number("0.1", "0.5", "1"))
    elif spacing == "points":
        units = levels(draw, market["tick"] * draw.whole(1, market["grain"]))
    else:
        units = levels(draw, multiple(draw) / 4) if "atr" in spacing else r_levels(draw)
    return {"spacing": spacing, "rungs": rungs(draw, market, units)}


def ladder(draw, market, replay):
    said = {**spaced(draw, market), "stop": stop_rule(draw)}
    return {**said, "expires_bars": draw.whole(1, 8)} if draw.chance(0.15) else said


def plan(draw, market, replay):
    said = {**spaced(draw, market), "stop": stop_rule(draw)} if draw.chance(0.8) else {}
    horizon = replay["horizon_bars"]
    bars = sorted(draw.rng.sample(range(0, horizon + 1), min(draw.whole(1, 3), horizon)))
    held = sorted(draw.rng.sample(["0", "0.1", "0.25", "0.333333", "0.5", "0.75"], len(bars)), reverse=True)
    said["times"] = [{"bars": at, "held": Decimal(left)} for at, left in zip(bars, held)]
    return said


def bag(draw, market, replay):
    said = rungs(draw, market, levels(draw, draw.number("0.1", "0.5", "1")), most=5)
    for rung in said:
        rung["fraction"] = Decimal(draw.whole(1, 19)) / 100
    return {"rungs": said, "stop": stop_rule(draw)}


def schedule(draw, market, replay):
    parts = fractions(draw, draw.pick([1, 2, 3, 4]), market["lot_step"])
    sold = [Decimal(0)] * (replay["horizon_bars"] + 1)
    for at, part in zip(draw.rng.sample(range(len(sold)), min(len(parts), len(sold))), parts):
        sold[at] = part
    return {"sold": sold}


def brackets(draw, market, replay):
    count = draw.pick([1, 2, 3, 4])
    parts = [{"fraction": Decimal(draw.whole(1, 100 // count)) / 100} for _ in range(count)]
    for one in parts:
        if draw.chance(0.8):
            one["target_r"] = draw.pick(r_levels(draw)[:10])
        one["stop_r"] = draw.pick(r_levels(draw)[:10])
    return {"parts": parts}


def roi_table(draw, market, replay):
    spacing = draw.pick(["percent", "r", "points"])
    unit = {"percent": draw.number("0.1", "0.5"), "r": draw.number("0.1", "0.25"), "points": market["tick"]}[spacing]
    bars = sorted(draw.rng.sample(range(0, replay["horizon_bars"] + 1), min(draw.whole(1, 4), replay["horizon_bars"])))
    steps = [{"bars": at, "level": unit * draw.whole(-3, 12)} for at in bars]
    return {"steps": steps, "spacing": spacing, "stop": stop_rule(draw)}


def exit_when(draw, market, replay):
    """Thresholds that sums and indicators do not come to exactly: those are binary numbers."""
    conditions = [
        "unrealised_r > 0.5",
        "mfe_r >= 0.25 and unrealised_r <= 0.1",
        "given_back_r > 0.303",
        "bars_held >= 3 and not (unrealised_r < -0.253)",
        "side * (close - entry_price) > 1.03 * atr(window=3)",
        "rsi(window=3) > 55.3 or rsi(window=3) < 20.7",
        "close > donchian_high(window=2) - 0.107 or volume > 999.5",
        "min(unrealised_r, mfe_r - 0.201) > abs(mae_r) / 3.07",
        "bars_since_sale > 2 or sales == 0",
        "remaining < 0.707 and bars_to_horizon <= 4",
        "stop < low and high > open",
    ]
    said = {"exit_when": draw.pick(conditions), "fraction": draw.number("0.25", "0.5", "1", "0.1")}
    if draw.chance(0.4):
        said["min_bars_between"] = draw.whole(1, 3)
    if draw.chance(0.5):
        said["ladder"] = {**spaced(draw, market), "stop": stop_rule(draw)}
    else:
        said["stop"] = stop_rule(draw)
    return said


def stop_limit(draw, market, replay):
    said = {"limit_r": draw.number("0", "0.1", "0.25", "0.5", "1")}
    if draw.chance(0.5):
        said["ladder"] = {**spaced(draw, market), "stop": stop_rule(draw)}
    else:
        said["stop"] = stop_rule(draw)
    return said


def loss_limit(draw, market, replay):
    said = {"amount": draw.number("0.37", "7.3", "131.7", "1.93", "33.1")}
    if draw.chance(0.6):
        time = f"00:{draw.whole(1, 25):02}"
        said["per"] = {"day": {"time": time, "zone": draw.pick(["UTC", "Africa/Abidjan"])}}
    return said


PARAMETERS = {
    "stop-limit": stop_limit,
    "trailing-limit": lambda draw, market, replay: {
        "limit_r": draw.number("0", "0.1", "0.25", "0.5"),
        "trailing": trailing(draw),
    },
    "loss-limit": loss_limit,
    "ladder": ladder,
    "plan": plan,
    "trailing": lambda draw, market, replay: trailing(draw),
    "break-even-ladder": lambda draw, market, replay: {
        "ladder": spaced(draw, market),
        "offset": draw.pick(
            ["none", "none", "costs", "costs", {"ticks": draw.number("1", "0.5")}, {"r": draw.number("0.1")}]
        ),
    },
    "all-out-target": lambda draw, market, replay: {"target_r": draw.pick(r_levels(draw))},
    "all-out-time": lambda draw, market, replay: {"bars": draw.whole(1, replay["horizon_bars"] + 1)},
    "all-out-stop": lambda draw, market, replay: {"stop": stop_rule(draw)},
    "triple-barrier": lambda draw, market, replay: {
        "target_r": draw.pick(r_levels(draw)),
        "stop_r": draw.pick(r_levels(draw)[:10]),
        "bars": draw.whole(1, replay["horizon_bars"] + 1),
    },
    "moon-bag": bag,
    "time-decayed-ladder": lambda draw, market, replay: {
        "rungs": rungs(draw, market, r_levels(draw)),
        "floor": draw.number("0", "0.25", "0.5", "1"),
    },
    "staged-stops": lambda draw, market, replay: {
        "stages": rungs(draw, market, r_levels(draw)[:12], most=5),
        "work": draw.pick(["close", "level"]),
    },
    "chandelier": lambda draw, market, replay: {"multiple": multiple(draw), "window": draw.whole(1, 4)},
    "turtle": lambda draw, market, replay: {"window": draw.whole(1, 5)},
    "rsi-band": lambda draw, market, replay: {
        "fraction": draw.number("0.25", "0.1", "0.5"),
        "level": draw.number("50.3", "55.7", "61.1"),
        "rsi_window": draw.whole(2, 4),
        "band_window": draw.whole(6, 9),
        "min_bars_between": draw.whole(1, 3),
    },
    "climax": lambda draw, market, replay: {
        "fraction": draw.number("0.25", "0.5"),
        "range_multiple": multiple(draw),
        "volume_multiple": draw.number("0.51", "1.03"),
        "window": draw.whole(1, 4),
    },
    "schedule": schedule,
    "stepped-ladder": lambda draw, market, replay: {"ladder": spaced(draw, market)},
    "brackets": brackets,
    "profit-lock": lambda draw, market, replay: {
        "give_back": draw.number("10", "25", "50", "40"),
        "from_r": draw.number("0.1", "0.25", "0.5", "1"),
    },
    "roi-table": roi_table,
    "exit-when": exit_when,
}
