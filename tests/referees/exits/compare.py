"""Ours against a referee's: every fill and the cash, to 1e-9 of the price."""

import json
import subprocess
import tempfile

import paths

TOLERANCE = 1e-9


def ours(binary, trades, intrabar):
    """By name of the path: [(bar, units, price)] and the net cash."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(paths.job(trades, intrabar), file)
        file.flush()
        done = subprocess.run([binary, "inspect", "fills", file.name], capture_output=True, text=True, check=True)
    result = {}
    for trade in json.loads(done.stdout):
        fills = [(fill["bar"], fill["qty"], fill["price"]) for fill in trade["fills"]]
        result[trade["id"]] = (fills, trade["net"])
    return result


def same_fills(one, other):
    """Fills by bar and price; parts that left together at one price are one fill."""
    one, other = merged(one), merged(other)
    return len(one) == len(other) and all(
        a[0] == b[0] and abs(a[1] - b[1]) < 1e-9 and abs(a[2] - b[2]) <= TOLERANCE * abs(a[2])
        for a, b in zip(one, other)
    )


def merged(fills):
    total = {}
    for bar, units, price in fills:
        key = (bar, round(price, 7))
        units_before, _ = total.get(key, (0.0, price))
        total[key] = (units_before + units, price)
    return sorted((bar, units, price) for (bar, _), (units, price) in total.items())


def differences(trades, ours_by_name, theirs_by_name):
    """The paths on which fills or cash differ."""
    found = []
    for path in trades:
        our_fills, our_net = ours_by_name[path.name]
        their_fills, their_net = theirs_by_name[path.name]
        # Cash is a sum over the whole position: 1e-9 of the price for each unit.
        cash_differs = abs(our_net - their_net) > TOLERANCE * path.entry * paths.QTY
        if cash_differs or not same_fills(our_fills, their_fills):
            found.append((path, our_fills, our_net, their_fills, their_net))
    return found
