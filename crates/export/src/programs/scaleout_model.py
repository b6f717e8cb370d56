"""The model beside this file: what to hold, from a row of features, by onnxruntime.

    model = Model()
    trade = model.trade(side=1, price=100.0, risk=2.0, qty=50)
    target = model.target(row, remaining=1.0, trade=trade)     # share of the INITIAL size to hold through the next bar

Needs onnxruntime and NumPy. `contract.json` and `model.onnx` lie in the same folder.
"""

import datetime
import json
import math
from pathlib import Path

import numpy as np
import onnxruntime


class Model:
    def __init__(self, folder=None):
        folder = Path(folder) if folder else Path(__file__).resolve().parent
        self.contract = json.loads((folder / "contract.json").read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.window = self.contract["window"]
        self.names = [feature["name"] for feature in self.contract["features"]]

    def trade(self, side, price, risk, qty, bars_since_sale=None, cost_multiplier=None):
        """The input `trade` of one position: its costs in R and its lots, as scaleout works them out at the entry."""
        instrument, fills = self.contract["instrument"], self.contract["fills"]
        times = fills.get("cost_multiplier", 1.0) if cost_multiplier is None else cost_multiplier
        fees, typical = instrument["fees"], self.contract["typical_trade"]
        multiplier = instrument["multiplier"]
        one_r = risk * qty * multiplier
        slippage = fills.get("slippage", "none")
        points = 0.5 * instrument["spread_ticks"] * instrument["tick_size"]
        if isinstance(slippage, dict) and "ticks" in slippage:
            points += slippage["ticks"] * instrument["tick_size"]
        elif isinstance(slippage, dict) and "bps" in slippage:
            points += slippage["bps"] * 1e-4 * abs(price)
        points *= times
        linear = times * (fees["taker_rate"] * abs(price - side * points) * multiplier + fees["per_unit"])
        proportional = points / risk + linear / (risk * multiplier)
        if isinstance(slippage, dict) and "volatility" in slippage:
            # It needs the ranges of the bars before: the median of the training trades stands in.
            proportional = typical["proportional_r"]
        impact = fills.get("impact", "none")
        impact_r = typical["impact_r"]
        if isinstance(impact, dict) and "whole-position" in impact:
            impact_r = times * impact["whole-position"]["cost_r"]
        per_order = times * max(fees["per_order"], fees["minimum"]) / one_r
        lots, min_lots = 0, 0
        if instrument["lot_step"] > 0:
            lots = round(qty / instrument["lot_step"])
            notional = abs(price) * multiplier * instrument["lot_step"]
            least = max(instrument["min_qty"] / instrument["lot_step"], instrument["min_notional"] / notional)
            min_lots = min(max(math.ceil(least - 1e-9), 0), lots)
        row = [proportional, per_order, impact_r, lots, min_lots]
        if len(self.contract["trade"]) == 6:
            row.append(math.nan if bars_since_sale is None else bars_since_sale)
        return np.array(row, dtype=np.float32)

    def answer(self, row, remaining, trade):
        """Hold values H at 1/K ... 1 in R, and the share of the initial size to hold through the next bar.

        `row` is one row of features, or for a model with a window the rows of the recent bars, the oldest first.
        """
        inputs = {
            "remaining": np.array([[remaining]], dtype=np.float32),
            "trade": np.asarray(trade, dtype=np.float32)[None, :],
        }
        rows = np.asarray(row, dtype=np.float32)
        if self.window == 1:
            inputs["features"] = rows.reshape(1, len(self.names))
        else:
            window = np.full((1, self.window, len(self.names)), np.nan, dtype=np.float32)
            rows = rows.reshape(-1, len(self.names))[-self.window :]
            window[0, self.window - len(rows) :, :] = rows
            inputs["window"] = window
        hold, target = self.session.run(["hold_value", "target_fraction"], inputs)
        return hold[0], float(target[0, 0])

    def target(self, row, remaining, trade):
        """The share of the initial size to hold; 0 if the contract says "fallback" and the row is out of range."""
        if self.contract["out_of_range"] == "fallback" and self.out_of_range(row):
            return 0.0
        return self.answer(row, remaining, trade)[1]

    def out_of_range(self, row):
        """Names of the features of a row that lie outside the training range widened by a tenth."""
        found = []
        present = np.asarray(row, dtype=np.float32).reshape(-1, len(self.names))[-1]
        for value, feature in zip(present, self.contract["features"]):
            low, high = feature["training_range"]["low"], feature["training_range"]["high"]
            if math.isnan(value):
                continue
            if low is None:
                found.append(feature["name"])
                continue
            low, high = np.float32(low), np.float32(high)
            room = np.float32(0.1) * (high - low)
            if not low - room <= value <= high + room:
                found.append(feature["name"])
        return found

    def is_expired(self, moment):
        """Whether `moment`, an aware datetime, lies after the contract's `valid_until`."""
        until = self.contract["valid_until"].replace("Z", "+00:00")
        whole, _, rest = until.partition(".")
        if rest:
            digits, sign, zone = rest.partition("+")
            until = f"{whole}.{digits[:6].ljust(6, '0')}{sign}{zone}"
        return moment > datetime.datetime.fromisoformat(until)
