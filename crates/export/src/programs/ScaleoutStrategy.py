"""A freqtrade strategy that leaves by the model, or by the plan card where LEAVE_BY says "card".

Put this file with scaleout_model.py, scaleout_features.py, scaleout_plan.py, contract.json and model.onnx into
user_data/strategies/. Written by scaleout {version}; how it was tested is in crates/export/docs/freqtrade.md.

- The entry signal below is a place-holder: replace `populate_entry_trend` by your own, and put the stop's distance in R's
  price into the column `risk`. Entries of a file (`entries.csv` beside this one: ts, side, stop) are taken in its place
  where there is one; an entry's ts is the open of the candle that it fills in.
- At every closed candle the model says which share of the INITIAL size to hold; the rest is sold at the open of the next
  one (`adjust_trade_position`). A remainder below the exchange's minimum stake goes along with the sale.
- `custom_stoploss` holds the stop of the entry; the card may move it.
- Nothing rests on the exchange but the stop: the targets of the card are market sales once a candle has closed beyond them,
  because limits lock the position and many venues have no OCO orders.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, stoploss_from_absolute

try:
    import scaleout_features as features
    from scaleout_model import Model
except ImportError:
    features, Model = None, None
try:
    import scaleout_plan as plan
except ImportError:
    plan = None

HERE = Path(__file__).resolve().parent


class ScaleoutStrategy(IStrategy):
    INTERFACE_VERSION = 3
    LEAVE_BY = "model" if Model is not None else "card"

    timeframe = "{timeframe}"
    can_short = {can_short}
    minimal_roi = {}
    stoploss = -0.99
    use_custom_stoploss = True
    position_adjustment_enable = True
    max_entry_position_adjustment = 0
    process_only_new_candles = True
    startup_candle_count = {warm_up}
    decisions = []

    def bot_start(self, **kwargs):
        self.model = Model(HERE) if self.LEAVE_BY == "model" else None
        path = HERE / "entries.csv"
        self.entries = None
        if path.exists():
            self.entries = pd.read_csv(path)
            self.entries["ts"] = pd.to_datetime(self.entries["ts"], utc=True, format="ISO8601")
        self.paths, self.lasts = {}, {}

    def populate_indicators(self, dataframe, metadata):
        if self.LEAVE_BY == "model":
            columns = {name: dataframe[name].to_numpy() for name in features.Market.COLUMNS}
            values = features.batch(
                dataframe["high"].to_numpy(), dataframe["low"].to_numpy(), dataframe["close"].to_numpy(),
                dataframe["volume"].to_numpy(), columns,
            )
            names = [f"scaleout_{place}" for place in range(values.shape[1])]
            dataframe = pd.concat([dataframe, pd.DataFrame(values, columns=names, index=dataframe.index)], axis=1)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["risk"] = np.nan
        if self.entries is not None:
            # The signal stands at the candle before: freqtrade fills at the next open.
            for entry in self.entries.itertuples():
                place = int(dataframe["date"].searchsorted(entry.ts, side="left")) - 1
                if 0 <= place < len(dataframe) - 1:
                    side = "enter_long" if str(entry.side).lower() in ("long", "buy") else "enter_short"
                    label = dataframe.index[place]
                    dataframe.loc[label, side] = 1
                    dataframe.loc[label, "enter_tag"] = f"stop={entry.stop!r}"
            return dataframe
        # A place-holder: a close above the highest high of the last 20 candles, 1 R = two average ranges.
        highest = dataframe["high"].rolling(20).max().shift(1)
        span = (dataframe["high"] - dataframe["low"]).rolling(14).mean()
        signal = dataframe["close"] > highest
        dataframe.loc[signal, "enter_long"] = 1
        dataframe.loc[signal, "enter_tag"] = "stop=" + (dataframe["close"] - 2.0 * span).astype(str)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    # -- the trade ------------------------------------------------------------------------------------------------

    @staticmethod
    def side_of(trade):
        return -1 if trade.is_short else 1

    @staticmethod
    def stop_of(trade):
        return float(str(trade.enter_tag).split("=", 1)[1])

    def path_of(self, pair, trade, current_time):
        """Candles since the fill that have closed by now, and the place of the last closed one."""
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        step = pd.Timedelta(self.timeframe)
        closed = dataframe[dataframe["date"] + step <= current_time]
        opened = pd.Timestamp(trade.open_date_utc).floor(step)
        return closed, closed[closed["date"] >= opened]

    def initial(self, trade):
        """Amount and price of the entry."""
        orders = trade.select_filled_orders(trade.entry_side)
        return sum(order.safe_filled for order in orders), orders[0].safe_price

    def share_to_hold(self, pair, trade, current_time):
        """The share of the initial size to hold, and the closed candles since the fill."""
        closed, since = self.path_of(pair, trade, current_time)
        if since.empty:
            return None, since
        amount, price = self.initial(trade)
        side, stop = self.side_of(trade), self.stop_of(trade)
        risk = abs(price - stop)
        remaining = trade.amount / amount
        exits = trade.select_filled_orders(trade.exit_side)
        if self.LEAVE_BY == "card":
            best = max((since["high"].max() - price) * side, (since["low"].min() - price) * side) / risk
            sold = sum(
                part for level, part in plan.RUNGS
                if (plan.target(level, side, price, risk) - price) * side <= best * risk
            )
            return min(1.0 - sold, plan.most_held(len(since))), since
        if len(since) >= features.HORIZON_BARS:
            return 0.0, since
        names = [f"scaleout_{place}" for place in range(len(features.Market.NAMES))]
        before = closed[closed["date"] < since["date"].iloc[0]]
        at_entry = before[names].iloc[-1].to_numpy() if len(before) else np.full(len(names), np.nan)
        path = features.Position(side, price, risk, at_entry)
        for candle in since.itertuples():
            path.after(candle.high, candle.low, candle.close)
        recent = closed[names].iloc[-features.WINDOW :].to_numpy()
        rows = [np.concatenate([path.seen(values), np.full(len(features.POSITION), np.nan)]) for values in recent[:-1]]
        rows.append(path.row(recent[-1]))
        bars_since = None
        if exits:
            last = pd.Timestamp(exits[-1].order_filled_utc).floor(pd.Timedelta(self.timeframe))
            bars_since = int((since["date"] >= last).sum())
        terms = self.model.trade(side, price, risk, amount, bars_since)
        target = self.model.target(np.array(rows, dtype=np.float32), remaining, terms)
        self.decisions.append({"open": str(trade.open_date_utc), "bars": len(since), "remaining": remaining, "target": target})
        return target, since

    def adjust_trade_position(
        self, trade: Trade, current_time, current_rate, current_profit, min_stake, max_stake, current_entry_rate,
        current_exit_rate, current_entry_profit, current_exit_profit, **kwargs,
    ):
        if trade.has_open_orders:
            return None
        target, since = self.share_to_hold(trade.pair, trade, current_time)
        key = (trade.id, len(since))
        if target is None or self.lasts.get(trade.id) == key:
            return None
        self.lasts[trade.id] = key
        amount, _ = self.initial(trade)
        sold = trade.amount - target * amount
        if sold <= 1e-9 * amount:
            return None
        left = (trade.amount - sold) * current_rate / trade.leverage
        # What would be left is too small to be sold later: the last sale closes whatever is left.
        if left < (min_stake or 0.0):
            return -trade.stake_amount
        return -trade.stake_amount * sold / trade.amount

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        stop, side = self.stop_of(trade), self.side_of(trade)
        if self.LEAVE_BY == "card":
            _, since = self.path_of(pair, trade, current_time)
            if not since.empty:
                _, price = self.initial(trade)
                risk = abs(price - stop)
                best = max((since["high"].max() - price) * side, (since["low"].min() - price) * side) / risk
                close = (since["close"].iloc[-1] - price) * side / risk
                sales = len(trade.select_filled_orders(trade.exit_side))
                stop = plan.stop_after_close(stop, side, price, risk, 0.0, sales, best, close)
        return stoploss_from_absolute(stop, current_rate, is_short=trade.is_short, leverage=trade.leverage)

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        # The horizon: whatever is left goes at the open after the last bar.
        _, since = self.path_of(pair, trade, current_time)
        horizon = plan.HORIZON_BARS if self.LEAVE_BY == "card" else features.HORIZON_BARS
        return "horizon" if len(since) >= horizon else None
