"""What must hold for every trade, whatever the rules say: checked on what ours answers, without the reference."""

import copy
from decimal import Decimal
from fractions import Fraction

import cases
import compare
from compare import ABSOLUTE, OF_NOTIONAL, close
from parts import cumulative, planned

CENT = Fraction(1, 100)
# Levels of these policies lie where the entry put them.
LADDERS = ("ladder", "moon-bag", "plan")


def check(binary, count, seed):
    """How many of the properties are broken on `count` random cases, of which up to five are shown."""
    checked, broken = {}, 0
    for number in range(count // cases.TRADES_IN_JOB):
        for what, job, trade, words in broken_in(binary, cases.job(f"properties {seed}/{number}"), checked):
            broken += 1
            if broken <= 5:
                print(f"-- {what}: job {number}, trade {trade['id']}: {words}")
                print(compare.text_of({**job, "trades": [trade]}))
    told = ", ".join(f"{what} {trades}" for what, trades in checked.items())
    print(f"properties, seed {seed}: {broken} broken; trades checked: {told}", flush=True)
    return broken


def broken_in(binary, job, checked):
    """(property, job, trade, words) of what does not hold in `job`; counts the trades checked by property."""
    # Nothing is refused.
    job = {**job, "replay": {**job["replay"], "late": "next-day"}}
    job["replay"].pop("flat_before", None)
    answers = compare.ours(binary, job)

    def count(what, trades):
        checked[what] = checked.get(what, 0) + len(trades)
        return list(zip(trades, range(len(trades))))

    for trade, place in count("sums", job["trades"]):
        for words in [sums(job, trade, answers[place])]:
            if words:
                yield "sums", job, trade, words
    for trade, place in count(
        "stops never loosen", [one for one in job["trades"] if not loosens(one["policy"])]
    ):
        words = loosened(trade, answers[job["trades"].index(trade)])
        if words:
            yield "stops never loosen", job, trade, words
    if job["instrument"].get("contract") != "inverse":
        for trade in [one for one in job["trades"] if has_fixed_rungs(one["policy"]) and not takes_rests(job, one)]:
            checked["no rung before its level"] = checked.get("no rung before its level", 0) + 1
            words = sold_too_much(job, trade, answers[job["trades"].index(trade)])
            if words:
                yield "no rung before its level", job, trade, words
    for what, changed, compared in variants(job):
        trades = changed["trades"]
        ids = {trade["id"] for trade in trades}
        before = [answer for answer in answers if answer["id"] in ids]
        originals = [trade for trade in job["trades"] if trade["id"] in ids]
        for (trade, place), after in zip(count(what, originals), compare.ours(binary, changed)):
            words = compared(job, trade, before[place], after)
            if words:
                yield what, changed, trades[place], words


def takes_rests(job, trade):
    """Whether what is held may be below the least order before all of the plan has filled: it is taken along."""
    return bool(trade.get("adds")) and any(name in job["instrument"] for name in ("min_qty", "min_notional"))


def number(value):
    return Fraction(value) if isinstance(value, (Decimal, int)) else value


def room_of(job, trade):
    instrument = job["instrument"]
    price = number(trade.get("price", trade["bars"][trade["entry_bar"]][0]))
    notional = (1 / price if instrument.get("contract") == "inverse" else price) * number(trade["qty"])
    return ABSOLUTE + OF_NOTIONAL * notional * number(instrument.get("multiplier", 1))


def sums(job, trade, answer):
    """Σ legs = position = cash, and each leg is its own gain less its own costs."""
    qty, fills, room = number(trade["qty"]), answer["fills"], room_of(job, trade)
    instrument, replay = job["instrument"], job["replay"]
    adds = answer.get("adds", [])
    first = qty - sum(number(add[2]) for add in trade.get("adds", []))
    filled = first + sum(add["qty"] for add in adds)
    if abs(sum(fill["qty"] for fill in fills) - filled) > (qty / 10**6 if trade.get("adds") else qty / 10**9):
        return "the quantities do not add up to the position"
    if fills[-1]["left"] != 0 or (
        not trade.get("adds") and any(one["left"] <= other["left"] for one, other in zip(fills, fills[1:]))
    ):
        return "what is left does not fall to 0"
    for what, parts, whole in [
        ("net", [fill["net"] for fill in fills], answer["net"] + answer["carry"]),
        (
            "entry fees",
            [fill["entry_fee"] for fill in fills],
            answer["entry_fee"] + sum(add["fee"] for add in adds),
        ),
    ]:
        if not close(sum(parts), whole, room):
            return f"the {what} of the legs do not add up to that of the position"
    if replay.get("entry_price") == "reference" or trade.get("adds"):
        # A leg closes lots of several prices: the sums above hold for any.
        return None
    sign = 1 if trade["side"] == "long" else -1
    paid = number(trade.get("price", trade["bars"][trade["entry_bar"]][0]))
    multiplier = number(instrument.get("multiplier", 1))
    for fill in fills:
        change = 1 / paid - 1 / fill["price"] if instrument.get("contract") == "inverse" else fill["price"] - paid
        gross = sign * change * fill["qty"] * multiplier
        if abs(fill["gross"] - gross) > room + abs(gross) / 10**9:
            return (
                f"gross {float(fill['gross'])} of a leg is not (price - entry) x quantity x multiplier = {float(gross)}"
            )
        share = answer["entry_fee"] * fill["qty"] / qty
        # A part is a count of 1/5,040,000 where quantity has no lots.
        if abs(fill["net"] - (gross - fill["fee"] - share)) > max(room, abs(answer["entry_fee"]) / 10**7):
            return "the net of a leg is not its gross less its share of the fees"
    return None


def loosened(trade, answer):
    sign = 1 if trade["side"] == "long" else -1
    levels = [sign * level for pair in answer["stops"] for level in pair if level is not None]
    # What is printed after the last sale is no stop any more.
    levels = levels[: 2 * int(answer["fills"][-1]["bar"] - trade["entry_bar"])]
    worst = max((one - other for one, other in zip(levels, levels[1:])), default=0)
    return f"a stop loosened by {float(worst)}" if worst > 0 else None


def has_fixed_rungs(policy):
    return policy["kind"] in LADDERS and policy.get("rungs") and not isinstance(policy.get("spacing", "r"), dict)


def sold_too_much(job, trade, answer):
    """Limits sell no more than the rungs whose levels the price has come to."""
    policy, sign = trade["policy"], 1 if trade["side"] == "long" else -1
    entry = number(trade.get("price", trade["bars"][trade["entry_bar"]][0]))
    spacing = "percent" if policy["kind"] == "moon-bag" else policy.get("spacing", "r")
    unit = {"r": number(trade["risk"]), "percent": abs(entry) / 100, "points": 1}[spacing]
    shares = cumulative([number(rung["fraction"]) for rung in policy["rungs"]])
    step = job["instrument"].get("lot_step")
    if step is not None:
        lots = round(number(trade["qty"]) / number(step))
        notional = entry * number(job["instrument"].get("multiplier", 1)) * number(step)
        least = max(
            number(job["instrument"].get("min_qty", 0)) / number(step),
            number(job["instrument"].get("min_notional", 0)) / notional,
        )
        shares = [Fraction(lot, lots) for lot in planned(shares, lots, min(lots, -int(-least // 1)))]
    sold = Fraction(0)
    for fill in answer["fills"]:
        if fill["cause"] not in ("limit-reached", "gap-over-limit"):
            continue
        sold += fill["fraction"]
        bars = trade["bars"][trade["entry_bar"] : int(fill["bar"]) + 1]
        best = max(sign * number(bar[column]) for bar in bars for column in (1, 2))
        # A print at the moment of a close belongs to the bar that closes, also if its price is the next open.
        closes_at = (trade.get("opens") or [60 * t for t in range(len(trade["bars"]))])[int(fill["bar"])] + 60
        best = max([best, *(sign * number(row[1]) for row in trade.get("trades", []) if number(row[0]) <= closes_at)])
        due = sum(
            share for rung, share in zip(policy["rungs"], shares) if sign * entry + number(rung["level"]) * unit <= best
        )
        if sold > due + Fraction(len(shares), 10**6):
            return f"limits sold {float(sold)} while rungs of {float(due)} were reached"
    return None


def uses_costs(policy):
    return "costs" in str(policy)


def variants(job):
    """(property, the same job in another form, what must hold between the answers)."""
    told = compare.text_of(job)
    plain = [trade for trade in job["trades"] if not uses_costs(trade["policy"])]
    if plain:
        dearer = copy.deepcopy({**job, "trades": plain})
        dearer["replay"]["cost_multiplier"] = dearer["replay"].get("cost_multiplier", Decimal(1)) + 1
        yield "more cost never pays more", dearer, pays_less
        fees = copy.deepcopy({**job, "trades": plain})
        more = {"maker_rate": "0.0001", "taker_rate": "0.0001", "per_unit": "0.01", "per_order": "0.5", "minimum": "1"}
        old = fees["instrument"].get("fees", {})
        fees["instrument"]["fees"] = {name: old.get(name, Decimal(0)) + Decimal(extra) for name, extra in more.items()}
        yield "more cost never pays more", fees, pays_less
    # A condition names prices and sides as they are.
    unconditional = {**job, "trades": [trade for trade in job["trades"] if trade["policy"]["kind"] != "exit-when"]}
    # An amount of money stays what it is.
    priced = {
        **job,
        "trades": [trade for trade in unconditional["trades"] if trade["policy"]["kind"] != "loss-limit"],
    }
    if priced["trades"] and "inverse" not in told:
        yield "prices times ten", tenfold(priced), same_by(10, 10)
    one_sided = ("inverse", "carry", "open-high-low-close", "nearest-extreme", "liquidation")
    if unconditional["trades"] and not any(rule in told for rule in one_sided):
        yield "mirrored", mirrored(unconditional), same_by(-1, 1)


def loosens(policy):
    """Whether the rule says that its stop may loosen."""
    return policy["kind"] == "turtle" or (policy["kind"] == "loss-limit" and policy.get("per", "trade") != "trade")


def pays_less(job, trade, before, after):
    room = 2 * room_of(job, trade)
    if after["net"] > before["net"] + room:
        return f"dearer trading pays {float(after['net'])} instead of {float(before['net'])}"
    return None


def same_by(price_factor, money_factor):
    def compared(job, trade, before, after):
        if len(before["fills"]) != len(after["fills"]):
            return f"{len(after['fills'])} fills instead of {len(before['fills'])}"
        for one, other in zip(before["fills"], after["fills"]):
            for name in ("bar", "cause", "decided_by", "qty"):
                if one[name] != other[name]:
                    return f"{name} is {other[name]} instead of {one[name]}"
            if not close(other["price"], price_factor * one["price"], Fraction(0)):
                return f"a fill at {float(other['price'])} instead of {price_factor} x {float(one['price'])}"
        if not close(after["net"], money_factor * before["net"], abs(money_factor) * room_of(job, trade)):
            return f"net {float(after['net'])} instead of {money_factor} x {float(before['net'])}"
        return None

    return compared


def with_prices(job, change):
    """`job` with `change` applied to every price of its bars, tapes and entries."""
    changed = copy.deepcopy(job)
    for trade in changed["trades"]:
        for bar in [*trade["bars"], *(row for row in trade.get("finer", []))]:
            place = 1 if len(bar) == 6 else 0
            opened, high, low, closed = map(change, bar[place : place + 4])
            bar[place : place + 4] = [opened, max(high, low), min(high, low), closed]
        for row in trade.get("trades", []):
            row[1] = change(row[1])
        for add in trade.get("adds", []):
            add[1] = change(add[1])
        for name in ("price", "stop"):
            if name in trade:
                trade[name] = change(trade[name])
    return changed


def tenfold(job):
    changed = with_prices(job, lambda price: price * 10)
    instrument = changed["instrument"]
    # A level of 0 points is none, so that every amount of money and every distance in points grows with the prices.
    for holder, names in [
        (instrument, ["tick_size", "min_notional"]),
        (instrument.get("fees", {}), ["per_unit", "per_order", "minimum"]),
    ]:
        for name in names:
            if name in holder:
                holder[name] *= 10
    for trade in changed["trades"]:
        trade["risk"] *= 10
        policy = trade["policy"].get("ladder", trade["policy"])
        if policy.get("spacing") == "points":
            for step in policy.get("rungs") or policy["steps"]:
                step["level"] *= 10
    return changed


def mirrored(job):
    changed = with_prices(job, lambda price: -price)
    changed["instrument"]["price"] = "real"
    for trade in changed["trades"]:
        trade["side"] = "short" if trade["side"] == "long" else "long"
    return changed
