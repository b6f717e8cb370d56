"""Runs the generated jesse strategy: program.py FOLDER bars.csv card|model OUT

A candle of the file becomes one of a minute, and the moments of the tables move with it.
"""

import csv
import json
import os
import sys
import tempfile
from pathlib import Path

folder, bars, out = (Path(sys.argv[place]).resolve() for place in (1, 2, 4))
# Outside a project of its own jesse asks for no database.
os.chdir(tempfile.mkdtemp(prefix="jesse-"))
sys.path.insert(0, str(folder))

import numpy as np  # noqa: E402
from jesse import research  # noqa: E402

import exits_jesse  # noqa: E402
import scaleout_exit  # noqa: E402

START_MS, MINUTE_MS = 1_704_067_200_000, 60_000
EXCHANGE, SYMBOL = "Sandbox", "X-USDT"

with open(bars, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
moved = {scaleout_exit.milliseconds(row["ts"]): START_MS + MINUTE_MS * (place + 1) for place, row in enumerate(rows)}


class Run(exits_jesse.ScaleoutExit):
    LEAVE_BY = sys.argv[3]

    def __init__(self):
        super().__init__()
        self.entries = {moved[moment]: row for moment, row in self.entries.items()}
        self.columns = {moved[moment]: row for moment, row in self.columns.items()}


def main():
    candles = np.array([
        [START_MS + MINUTE_MS * place, *(float(row[name]) for name in ("open", "close", "high", "low", "volume"))]
        for place, row in enumerate(rows)
    ])
    config = {
        "starting_balance": 1e12, "fee": 0.0, "type": "futures", "futures_leverage": 1, "futures_leverage_mode": "cross",
        "exchange": EXCHANGE, "warm_up_candles": 0,
    }
    route = {"exchange": EXCHANGE, "strategy": Run, "symbol": SYMBOL, "timeframe": "1m"}
    market = {"exchange": EXCHANGE, "symbol": SYMBOL, "candles": candles}
    research.backtest(config, [route], [], {f"{EXCHANGE}-{SYMBOL}": market})
    # It stamps what fills in a bar with the bar's end, where a market order is the next bar's.
    sales = [
        {"id": name, "bar": (moment - START_MS) // MINUTE_MS - (kind != "MARKET"), "qty": lots, "price": price}
        for name, moment, kind, lots, price in Run.sales
    ]
    out.write_text(json.dumps({"sales": sales, "decisions": Run.decisions}), encoding="utf-8")


if __name__ == "__main__":
    main()
