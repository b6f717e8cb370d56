"""
@pyne
"""

from pynecore.lib import bar_index, script, strategy

import pynecore_plan


@script.strategy(
    "ladders",
    initial_capital=1000000000000,
    commission_type=strategy.commission.COMMISSION_TYPE,
    commission_value=COMMISSION_VALUE,
    margin_long=0,
    margin_short=0,
)
def main():
    asked, path, coming = pynecore_plan.at(bar_index)
    if "enter" in asked:
        strategy.entry(path.name, strategy.long if path.side == "long" else strategy.short, qty=pynecore_plan.QTY)
    if "exits" in asked:
        for number, said in pynecore_plan.exits(path, coming):
            strategy.exit(path.name + "." + str(number), path.name, **said)
    if "leave" in asked:
        strategy.close_all()
