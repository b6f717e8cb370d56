"""Makes a failing case small: whatever can go without the difference going with it, goes."""

import copy
from decimal import Decimal

import compare

OPTIONS = {"replay": ["horizon_bars", "intrabar", "limit_fill"], "instrument": ["symbol", "currency"]}


def smallest(binary, job, trade, what):
    """`job` with nothing but `trade`, as small as it gets while ours still differs in `what`."""
    best = {**job, "trades": [trade]}
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in candidates(best):
            if fails(binary, smaller, what):
                best, shrinking = smaller, True
                break
    return best


def fails(binary, job, what):
    try:
        return any(found[1] == what for found in compare.differences(binary, job))
    except (ArithmeticError, ValueError, KeyError, IndexError, TypeError):
        # Not a case: the reference cannot read it either.
        return False


def candidates(job):
    """Smaller jobs, the greatest steps first."""

    def changed(change):
        smaller = copy.deepcopy(job)
        change(smaller, smaller["trades"][0])
        return smaller

    trade, horizon = job["trades"][0], job["replay"]["horizon_bars"]
    for steps in (horizon // 2, 1):
        if 0 < steps < horizon:
            yield changed(lambda job, trade: cut_end(job, trade, steps))
    if trade["entry_bar"] > 1:
        yield changed(lambda job, trade: cut_start(trade))
    for place, kept in OPTIONS.items():
        for name in job.get(place) or {}:
            if name not in kept:
                yield changed(lambda job, trade: job[place].pop(name))
    for name in job["instrument"].get("fees", {}):
        yield changed(lambda job, trade: job["instrument"]["fees"].pop(name))
    for name in ["adds", "trades", "finer", "opens", "entry_second", "price", "stop"]:
        if name in trade:
            yield changed(lambda job, trade: trade.pop(name))
    if trade["side"] != "long":
        yield changed(lambda job, trade: trade.update(side="long"))
    for qty in (Decimal(1), Decimal(100)):
        if trade["qty"] not in (1, 100):
            yield changed(lambda job, trade: trade.update(qty=qty))
    if job["replay"]["intrabar"] != "stop-first":
        yield changed(lambda job, trade: job["replay"].update(intrabar="stop-first"))
    for path in options_in(trade["policy"]):
        yield changed(lambda job, trade: drop(trade["policy"], path))
    for t, bar in enumerate(trade["bars"]):
        flat = [bar[0]] * 4 + [bar[4]]
        if bar != flat:
            yield changed(lambda job, trade: trade["bars"].__setitem__(t, flat))
        if bar[4] != 1000:
            yield changed(lambda job, trade: trade["bars"][t].__setitem__(4, Decimal(1000)))


def cut_end(job, trade, steps):
    job["replay"]["horizon_bars"] -= steps
    del trade["bars"][-steps:]
    if "opens" in trade:
        del trade["opens"][-steps:]


def cut_start(trade):
    trade["entry_bar"] -= 1
    for name in ("bars", "opens"):
        if name in trade:
            del trade[name][0]


def options_in(policy, path=()):
    """Where something can be left out of a policy: options with a default, members of lists."""
    for name, value in policy.items() if isinstance(policy, dict) else enumerate(policy):
        here = (*path, name)
        if (
            name in ("stop", "spacing", "offset", "from_r", "follow", "times")
            or isinstance(policy, list)
            and len(policy) > 1
        ):
            yield here
        if isinstance(value, (dict, list)):
            yield from options_in(value, here)


def drop(policy, path):
    for name in path[:-1]:
        policy = policy[name]
    del policy[path[-1]]
