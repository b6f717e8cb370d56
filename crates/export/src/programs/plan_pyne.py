"""
@pyne

The plan card for pynecore, written by scaleout {version}:
{words}

`pyne_entries.py` beside it says what is entered: `at(bar_index)` returns None, or (side, quantity, price, stop) where an order
placed at this close is to fill at the next open. Targets are measured from `price`.
"""
from pynecore.lib import bar_index, close, high, low, script, strategy, syminfo

import pyne_entries
import scaleout_plan as plan

state = {"entry": None}


def rest(side, price, risk, stop):
    """The rungs with the common stop. Percents are of the initial size; the last order closes whatever is left."""
    for number, (level, part) in enumerate(plan.RUNGS):
        strategy.exit(
            "T" + str(number + 1), "E", qty_percent=100 * part, limit=plan.target(level, side, price, risk), stop=stop
        )
    if sum(part for _, part in plan.RUNGS) < 1 - 1e-9:
        strategy.exit("R", "E", stop=stop)


@script.strategy(
    "scaleout plan",
    initial_capital=1000000000,
    commission_type=strategy.commission.percent,
    commission_value={commission},
    margin_long=0,
    margin_short=0,
)
def main():
    entry = state["entry"]
    if entry is not None:
        size = abs(float(strategy.position_size))
        if size == 0:
            state["entry"] = entry = None
        else:
            side, price, risk = entry["side"], entry["price"], entry["risk"]
            entry["bars"] += 1
            entry["sales"] += int(size < entry["held"] - 1e-9)
            entry["held"] = size
            entry["best"] = max(entry["best"], side * (float(high) - price), side * (float(low) - price))
            entry["stop"] = plan.stop_after_close(
                entry["stop"], side, price, risk, float(syminfo.mintick), entry["sales"], entry["best"] / risk,
                side * (float(close) - price) / risk,
            )
            rest(side, price, risk, entry["stop"])
            allowed = plan.most_held(entry["bars"]) * entry["qty"]
            if allowed == 0:
                strategy.close("E")
            elif size > allowed + 1e-9:
                strategy.close("E", qty=size - allowed)
    asked = pyne_entries.at(int(bar_index))
    if asked is not None and state["entry"] is None:
        side, qty, price, stop = asked
        state["entry"] = {
            "side": side, "qty": qty, "held": qty, "price": price, "risk": abs(price - stop), "stop": stop, "bars": 0,
            "sales": 0, "best": 0.0,
        }
        strategy.entry("E", strategy.long if side == 1 else strategy.short, qty=qty)
        rest(side, price, abs(price - stop), stop)
