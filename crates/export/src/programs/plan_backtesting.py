"""The plan card in backtesting.py: `python plan_backtesting.py bars.csv entries.csv [sales.json]`.

bars.csv has ts, open, high, low, close, volume (ts is the close of the bar); entries.csv has id, ts, side, price, qty and
stop or risk, an entry filling at the open of the first bar that begins at or after its ts. Without a price the targets are
measured from the fill and rest from the bar after it. Quantities are whole units.

Each rung is a trade of its own with its target and the common stop. Fills are those of backtesting.py: stop first inside a
bar, limits on touch, market orders at the next open. That is scaleout's profile `intrabar = "stop-first"`, `limit_fill =
"touch"` without spread and slippage.
"""

import csv
import json
import sys
import warnings

import pandas as pd
from backtesting import Backtest, Strategy

import scaleout_plan as plan

COMMISSION = {commission}
TICK = {tick}


def read_bars(path):
    """Bars as backtesting.py wants them, indexed by their close."""
    bars = pd.read_csv(path)
    bars["ts"] = pd.to_datetime(bars["ts"], utc=True, format="ISO8601")
    return bars.set_index("ts").rename(columns=str.capitalize)[["Open", "High", "Low", "Close", "Volume"]]


def read_entries(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class PlanExit(Strategy):
    """Takes every entry and leaves by the card."""

    entries = []

    def init(self):
        self.open_positions = {}
        closes = self.data.index
        self.waiting = {}
        for entry in self.entries:
            moment = pd.Timestamp(entry["ts"])
            moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
            # The order is placed at the close of the bar before, so it fills at the next open.
            last_close = int(closes.searchsorted(moment, side="right")) - 1
            if last_close >= 1:
                self.waiting.setdefault(last_close, []).append(entry)

    def next(self):
        now = len(self.data) - 1
        for name, position in list(self.open_positions.items()):
            self.manage(name, position, now)
        for entry in self.waiting.get(now, []):
            self.enter(entry, now)

    def enter(self, entry, now):
        side = 1 if entry["side"].strip().lower() in ("long", "buy") else -1
        stop = float(entry["stop"]) if entry.get("stop") else None
        price = float(entry["price"]) if entry.get("price") else None
        risk = None if price is None else self.risk_of(entry, price, stop)
        lots = round(float(entry["qty"]))
        parts = plan.whole_lots([part for _, part in plan.RUNGS], lots)
        self.open_positions[entry["id"]] = {
            "entry": entry, "side": side, "stop": stop, "lots": lots, "parts": parts, "from": now + 1, "sales": 0,
            "held": None, "best_r": 0.0, "price": price, "risk": risk,
        }
        # What the card sells at the entry itself is never bought: it would be sold at the same price.
        skipped = lots - round(plan.most_held(0) * lots)
        send = self.buy if side == 1 else self.sell
        for number, size in enumerate(parts):
            left = max(0, size - skipped)
            skipped -= size - left
            if left > 0:
                limit = None
                if price is not None and number < len(plan.RUNGS):
                    limit = plan.target(plan.RUNGS[number][0], side, price, risk)
                send(size=left, sl=stop, tp=limit, tag=f"{entry['id']}.{number}")

    @staticmethod
    def risk_of(entry, price, stop):
        return float(entry.get("risk") or 0.0) or abs(price - stop)

    def trades_of(self, name):
        mine = [trade for trade in self.trades if str(trade.tag).rpartition(".")[0] == name]
        return sorted(mine, key=lambda trade: int(str(trade.tag).rpartition(".")[2]))

    def manage(self, name, position, now):
        trades = self.trades_of(name)
        if not trades:
            del self.open_positions[name]
            return
        side = position["side"]
        if position["price"] is None:
            price = trades[0].entry_price
            risk = self.risk_of(position["entry"], price, position["stop"])
            position.update(price=price, risk=risk)
            for trade in trades:
                number = int(str(trade.tag).rpartition(".")[2])
                if number < len(plan.RUNGS):
                    trade.tp = plan.target(plan.RUNGS[number][0], side, price, risk)
        held = sum(abs(trade.size) for trade in trades)
        if position["held"] is None:
            position["held"] = round(plan.most_held(0) * position["lots"])
        if held < position["held"]:
            position["sales"] += 1
            position["held"] = held
        gains = [(extreme - position["price"]) * side / position["risk"] for extreme in (self.data.High[-1], self.data.Low[-1])]
        position["best_r"] = max(position["best_r"], *gains)
        close_r = (self.data.Close[-1] - position["price"]) * side / position["risk"]
        stop = plan.stop_after_close(
            position["stop"], side, position["price"], position["risk"], TICK, position["sales"], position["best_r"], close_r
        )
        if stop is not None and stop != position["stop"]:
            position["stop"] = stop
            for trade in trades:
                trade.sl = stop
        # What a time sells counts as the nearest rungs that are still to come.
        too_much = held - round(plan.most_held(now - position["from"] + 1) * position["lots"])
        for trade in trades:
            if too_much <= 0:
                break
            size = abs(trade.size)
            if size <= too_much:
                trade.close()
                too_much -= size
            else:
                trade.close(portion=too_much / size)
                too_much = 0


def run(bars, entries, cash=1e9, commission=COMMISSION):
    """The statistics of backtesting.py and the sales: id, bar of the fill, units, price."""
    strategy = type("PlanExit", (PlanExit,), {"entries": entries})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = Backtest(bars, strategy, cash=cash, commission=commission, hedging=True, finalize_trades=True)
        stats = test.run()
    sales = [
        {"id": str(row.Tag).rpartition(".")[0], "bar": int(row.ExitBar), "qty": abs(int(row.Size)), "price": float(row.ExitPrice)}
        for row in stats["_trades"].itertuples()
    ]
    return stats, sorted(sales, key=lambda sale: (sale["bar"], sale["id"], sale["price"]))


def main():
    stats, sales = run(read_bars(sys.argv[1]), read_entries(sys.argv[2]))
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            json.dump(sales, file, indent=1)
    print(stats[[name for name in stats.index if not name.startswith("_")]].to_string())
    print(f"{len(sales)} sales of {len({sale['id'] for sale in sales})} trades")


if __name__ == "__main__":
    main()
