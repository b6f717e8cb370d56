"""The model in backtesting.py: `python model_backtesting.py bars.csv entries.csv [sales.json]`.

bars.csv has ts, open, high, low, close, volume and the columns the model reads (ts is the close of the bar); entries.csv has
id, ts, side, price, qty and stop or risk. Quantities are whole units.

At the fill and at each close the model says which share of the initial size to hold; the rest is sold at the next open. The
stop of the entry works inside the bars. backtesting.py has no spread: its fills are scaleout's without spread and slippage.
What the model would sell at the fill itself is never bought, because backtesting.py cannot sell at the price it just paid.
"""

import csv
import json
import sys
import warnings

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy

import scaleout_features as features
from scaleout_model import Model

COMMISSION = {commission}


def read_bars(path):
    """Bars as backtesting.py wants them, indexed by their close, with the further columns of the file."""
    bars = pd.read_csv(path)
    bars["ts"] = pd.to_datetime(bars["ts"], utc=True, format="ISO8601")
    names = {name: name.capitalize() for name in ["open", "high", "low", "close", "volume"]}
    return bars.set_index("ts").rename(columns=names)


def read_entries(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class ModelExit(Strategy):
    """Takes every entry and leaves as the model decides."""

    entries = []
    decisions = []

    def init(self):
        self.model = Model()
        data = self.data.df
        columns = {name: data[name].to_numpy() for name in features.Market.COLUMNS}
        # Every value is known at the close it stands at: nothing later is in it.
        self.market = features.batch(
            data.High.to_numpy(), data.Low.to_numpy(), data.Close.to_numpy(), data.Volume.to_numpy(), columns
        )
        self.waiting, self.open_positions = {}, {}
        for entry in self.entries:
            moment = pd.Timestamp(entry["ts"])
            moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
            last_close = int(data.index.searchsorted(moment, side="right")) - 1
            if last_close >= 1:
                self.waiting.setdefault(last_close, []).append(entry)

    def next(self):
        now = len(self.data) - 1
        for name, position in list(self.open_positions.items()):
            self.manage(name, position, now)
        for entry in self.waiting.get(now, []):
            self.enter(entry, now)

    def rows(self, position, now):
        """The row of the model at the close `now`, with those of the bars before where it reads a window."""
        path, market = position["path"], self.market
        rows = []
        for back in range(min(features.WINDOW, now + 1) - 1, -1, -1):
            values = market[now - back]
            rows.append(path.row(values) if back == 0 else np.concatenate([path.seen(values), np.full(len(features.POSITION), np.nan)]))
        return np.array(rows, dtype=np.float32)

    def decide(self, name, position, now):
        """The lots to hold through the next bar."""
        remaining = position["held"] / position["lots"]
        since = None if position["last_sale"] is None else now + 1 - position["last_sale"]
        trade = self.model.trade(position["side"], position["price"], position["risk"], position["lots"], since)
        target = self.model.target(self.rows(position, now), remaining, trade)
        self.decisions.append({"id": name, "bar": now, "remaining": remaining, "target": target})
        return round(target * position["lots"])

    def enter(self, entry, now):
        side = 1 if entry["side"].strip().lower() in ("long", "buy") else -1
        stop = float(entry["stop"]) if entry.get("stop") else None
        price = float(entry["price"]) if entry.get("price") else float(self.data.Close[-1])
        risk = float(entry.get("risk") or 0.0) or abs(price - stop)
        lots = round(float(entry["qty"]))
        position = {
            "side": side, "price": price, "risk": risk, "lots": lots, "held": lots, "last_sale": None, "from": now + 1,
            "path": features.Position(side, price, risk, self.market[now]),
        }
        held = self.decide(entry["id"], position, now)
        if held < lots:
            position["last_sale"] = now + 1
        position["held"] = held
        self.open_positions[entry["id"]] = position
        if held > 0:
            (self.buy if side == 1 else self.sell)(size=held, sl=stop, tag=entry["id"])

    def manage(self, name, position, now):
        trades = [trade for trade in self.trades if trade.tag == name]
        if not trades:
            del self.open_positions[name]
            return
        position["path"].after(float(self.data.High[-1]), float(self.data.Low[-1]), float(self.data.Close[-1]))
        if now - position["from"] + 1 >= features.HORIZON_BARS:
            trades[0].close()
            return
        held = self.decide(name, position, now)
        if held < position["held"]:
            trades[0].close(portion=(position["held"] - held) / position["held"])
            position["held"], position["last_sale"] = held, now + 1


def run(bars, entries, cash=1e9, commission=COMMISSION):
    """The statistics of backtesting.py, the sales and the decisions."""
    decisions = []
    strategy = type("ModelExit", (ModelExit,), {"entries": entries, "decisions": decisions})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = Backtest(bars, strategy, cash=cash, commission=commission, hedging=True, finalize_trades=True)
        stats = test.run()
    sales = [
        {"id": str(row.Tag), "bar": int(row.ExitBar), "qty": abs(int(row.Size)), "price": float(row.ExitPrice)}
        for row in stats["_trades"].itertuples()
    ]
    return stats, sorted(sales, key=lambda sale: (sale["bar"], sale["id"], sale["price"])), decisions


def main():
    stats, sales, decisions = run(read_bars(sys.argv[1]), read_entries(sys.argv[2]))
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            json.dump({"sales": sales, "decisions": decisions}, file, indent=1)
    print(stats[[name for name in stats.index if not name.startswith("_")]].to_string())
    print(f"{len(sales)} sales of {len({sale['id'] for sale in sales})} trades, {len(decisions)} decisions")


if __name__ == "__main__":
    main()
