"""Ours against a referee's: every fill and the cash, to 1e-9 of the price."""

import json
import subprocess
import tempfile

import paths

TOLERANCE = 1e-9


def ours(binary, trades, setup, fills):
    """By name of the path: [(bar, units, price)] and the net cash."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(paths.job(trades, setup, fills), file)
        file.flush()
        done = subprocess.run([binary, "inspect", "fills", file.name], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{setup.name}: ours refused the job: {done.stderr.strip()}")
    result = {}
    for trade in json.loads(done.stdout):
        fills = [(fill["bar"], fill["qty"], fill["price"]) for fill in trade["fills"]]
        result[trade["id"]] = (fills, trade["net"])
    return result


def same_fills(one, other):
    """Fills by bar and price; parts that left together at one price are one fill."""
    one, other = merged(at_prices_of(one, one)), merged(at_prices_of(one, other))
    return len(one) == len(other) and all(
        a[0] == b[0] and abs(a[1] - b[1]) < 1e-9 and abs(a[2] - b[2]) <= TOLERANCE * abs(a[2])
        for a, b in zip(one, other)
    )


def merged(fills):
    total = {}
    for bar, units, price in fills:
        total[bar, price] = total.get((bar, price), 0.0) + units
    return sorted((bar, units, price) for (bar, price), units in total.items())


def at_prices_of(ours, theirs):
    """`theirs` with a price that is one of ours but for its last bits as ours."""
    near = lambda price, other: abs(price - other) <= TOLERANCE * abs(price)
    same = lambda bar, price: next((other for day, _, other in ours if day == bar and near(price, other)), price)
    return [(bar, units, same(bar, price)) for bar, units, price in theirs]


def differences(trades, ours_by_name, theirs_by_name):
    """The paths on which fills or cash differ."""
    found = []
    for path in trades:
        our_fills, our_net = ours_by_name[path.name]
        their_fills, their_net = theirs_by_name[path.name]
        # Cash is a sum over the whole position: 1e-9 of the price for each unit.
        cash_differs = abs(our_net - their_net) > TOLERANCE * abs(path.entry) * paths.QTY
        if cash_differs or not same_fills(our_fills, their_fills):
            found.append((path, our_fills, our_net, their_fills, their_net))
    return found
