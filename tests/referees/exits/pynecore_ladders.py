"""
@pyne
"""
from pynecore.lib import bar_index, script, strategy

import pynecore_plan


@script.strategy(
    "ladders",
    initial_capital=1000000000,
    commission_type=strategy.commission.percent,
    commission_value=0.1,
    margin_long=0,
    margin_short=0,
)
def main():
    asked = pynecore_plan.at(bar_index)
    if asked is not None and asked[0] == "enter":
        path = asked[1]
        strategy.entry(path.name, strategy.long if path.side == "long" else strategy.short, qty=pynecore_plan.QTY)
        for number, (price, units) in enumerate(path.rungs):
            strategy.exit(path.name + "." + str(number), path.name, qty=units, limit=price, stop=path.stop)
    if asked is not None and asked[0] == "leave":
        strategy.close_all()
