def whole_lots(parts, lots, min_lots=0):
    """Parts of the initial size as whole lots: largest remainder, ties to the earlier part.

    A part below one lot or below `min_lots` joins the next one, the last the one before. What the parts leave over (a
    runner) comes last. With `lots` = 0 any part can be sold and the parts come back with the runner.
    """
    runner = max(0.0, 1.0 - sum(parts))
    asked = list(parts) + [runner if runner > 1e-9 else 0.0]
    if lots == 0:
        return asked
    exact = [round(part * 5_040_000) * lots for part in asked]
    shares = [units // 5_040_000 for units in exact]
    for _ in range(lots - sum(shares)):
        remainders = [units - share * 5_040_000 for units, share in zip(exact, shares)]
        shares[remainders.index(max(remainders))] += 1
    least = max(min_lots, 1)
    for part, share in enumerate(shares):
        if asked[part] == 0.0 or share >= least:
            continue
        later = [other for other in range(part + 1, len(shares)) if asked[other] > 0.0]
        earlier = [other for other in range(part) if shares[other] > 0]
        into = later[0] if later else (earlier[-1] if earlier else None)
        if into is not None:
            shares[into] += share
            shares[part] = 0
    return shares


def target(level, side, price, risk):
    """The limit price of a rung; `side` is 1 for a long and -1 for a short, `risk` the price distance of 1 R."""
    points = {"R": risk, "percent": 0.01 * abs(price), "points": 1.0}[UNIT] * level
    return price + side * points


def most_held(bars_held):
    """Most of the initial size that may be held after so many bars."""
    held = 1.0
    for bars, most in TIMES:
        if bars <= bars_held:
            held = most
    return 0.0 if HORIZON_BARS <= bars_held else held


def stop_after_close(stop, side, price, risk, tick, sales, best_r, close_r):
    """The stop for the next bar: `best_r` is the best gain so far, `close_r` the gain at the close, in R."""
    kind = STOP["kind"]
    if kind == "break-even":
        reached = sales >= STOP["sales"] if STOP["sales"] is not None else best_r >= STOP["gain_r"]
        if not reached:
            return stop
        level = price + side * (STOP["offset_r"] * risk + STOP["offset_ticks"] * tick)
    elif kind == "trail":
        if best_r < STOP["from_r"]:
            return stop
        followed = price + side * (best_r if STOP["follows_best"] else close_r) * risk
        level = followed - side * (STOP["distance_r"] * risk + 0.01 * STOP["distance_percent"] * abs(followed))
    else:
        return stop
    return level if stop is None else side * max(side * stop, side * level)
