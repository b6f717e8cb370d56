"""Differences that are known and not mended yet, each with what a case must look like to show it. To be emptied."""


def bars_of(trade):
    return [bar[-5:-1] for bar in [*trade["bars"], *trade.get("finer", [])]]


def has_costs_of_inverse(job, trade):
    return job["instrument"].get("contract") == "inverse" and "costs" in str(trade["policy"])


def has_tied_extremes(job, trade):
    ties = [2 * opened == high + low for opened, high, low, _ in bars_of(trade)]
    return job["replay"]["intrabar"] == "nearest-extreme" and any(ties)


def has_middle_close(job, trade):
    return trade["policy"]["kind"] == "climax" and any(2 * close == high + low for _, high, low, close in bars_of(trade))


OPEN = {
    "break-even with costs of an inverse contract: the search for the level ends too early": has_costs_of_inverse,
    "nearest-extreme: a tie of two distances is compared in binary": has_tied_extremes,
    "climax: the middle of the bar is compared in binary": has_middle_close,
}


def explains(job, trade):
    """The known difference that a case shows, if any."""
    return next((what for what, shows in OPEN.items() if shows(job, trade)), None)
