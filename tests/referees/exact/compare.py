"""Ours against the exact reference: every field of every fill, and the cash."""

import json
import subprocess
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import market
from parts import WHOLE
from simulator import simulate

# What is printed is the nearest binary number, and money is kept in 10⁻⁹ of the currency.
RELATIVE = Fraction(1, 10**9)
ABSOLUTE = Fraction(1, 10**7)
# A product of prices and quantities is off by some units in the last of 53 bits.
OF_NOTIONAL = Fraction(8, 2**53)
EXACT = ["bar", "cause", "decided_by"]
NUMBERS = ["qty", "reference", "slippage", "impact", "price", "fee", "entry_fee", "gross", "net", "left"]
# A part is shown as a count of 1/5,040,000.
UNIT = Fraction(1, WHOLE)
MONEY = ["fee", "entry_fee", "gross", "net"]


def text_of(value):
    """JSON with every decimal as it is written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value)


class Refused(Exception):
    """Ours did not accept a job."""


def ours(binary, job):
    """What `scaleout inspect fills` makes of `job`, trade by trade."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "job.json")
        file.write_text(text_of(job))
        done = subprocess.run([binary, "inspect", "fills", file], capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    return market.read(done.stdout)


def exact(job):
    read = market.read(text_of(job))
    return [simulate(read["replay"], read.get("instrument"), trade) for trade in read["trades"]]


def close(one, other, room):
    return abs(one - other) <= room + RELATIVE * abs(other)


def difference(expected, got):
    """The first thing in which `got` differs, in words; None if nothing does."""
    room = ABSOLUTE + OF_NOTIONAL * expected["notional"]
    for number, (wanted, had) in enumerate(zip(expected["fills"], got["fills"]), 1):
        for name in EXACT:
            if wanted[name] != had[name]:
                return name, f"fill {number}: {name} is {had[name]}, expected {wanted[name]}"
        for name in NUMBERS:
            if not close(had[name], wanted[name], room if name in MONEY else UNIT if name == "left" else RELATIVE):
                return name, f"fill {number}: {name} is {float(had[name])}, expected {float(wanted[name])}"
    adds = got.get("adds", [])
    if [add["bar"] for add in expected["adds"]] != [add["bar"] for add in adds]:
        return "adds", f"adds in bars {[int(add['bar']) for add in adds]}, expected {[int(add['bar']) for add in expected['adds']]}"
    for wanted, had in zip(expected["adds"], adds):
        for name in ("price", "qty", "fee"):
            if not close(had[name], wanted[name], room if name == "fee" else RELATIVE):
                return "adds", f"{name} of an add is {float(had[name])}, expected {float(wanted[name])}"
    if len(expected["fills"]) != len(got["fills"]):
        return "fills", f"{len(got['fills'])} fills, expected {len(expected['fills'])}"
    # After its last sale a trade has no stop: that bar is not compared.
    for step, (wanted, had) in enumerate(zip(expected["stops"], got["stops"])):
        last = step + 1 == len(expected["stops"])
        for when, one, other in zip(["at work", "after"], wanted[: 1 if last else 2], had):
            if (one is None) != (other is None) or (one is not None and not close(other, one, RELATIVE)):
                price = lambda level: None if level is None else float(level)
                return "stop", f"the stop {when} in bar {step} after the entry is {price(other)}, expected {price(one)}"
    for name in ["entry_fee", "carry", "net", "net_r"]:
        if not close(got[name], expected[name], room / expected["one_r"] if name == "net_r" else room):
            return name, f"{name} is {float(got[name])}, expected {float(expected[name])}"
    return None


def differences(binary, job):
    """[(trade, what, words)] of the trades of `job` on which ours differs."""
    try:
        theirs = ours(binary, job)
    except Refused as refusal:
        if len(job["trades"]) == 1:
            if exact(job)[0] is None:
                return []
            reason = "".join(letter for letter in str(refusal) if not letter.isdigit())
            return [(job["trades"][0], f"refused {reason}", f"refused: {refusal}")]
        alone = [differences(binary, {**job, "trades": [trade]}) for trade in job["trades"]]
        return [found for each in alone for found in each]
    if None in (expected := exact(job)):
        return [(trade, "accepted", "accepted") for trade, wanted in zip(job["trades"], expected) if wanted is None]
    found = [(trade, difference(*pair)) for trade, pair in zip(job["trades"], zip(expected, theirs))]
    return [(trade, *what) for trade, what in found if what is not None]


def told(expected, got):
    """Both sides fill by fill."""
    line = lambda fill: f"bar {fill['bar']} {fill['cause']} {float(fill['qty']):g} @ {float(fill['price']):.10g}" + (
        f" ({fill['decided_by']})" if fill["decided_by"] else ""
    )
    side = lambda result: "; ".join(map(line, result["fills"])) + f"; net {float(result['net']):.9g}"
    return f"  expected {side(expected)}\n  got      {side(got)}"
