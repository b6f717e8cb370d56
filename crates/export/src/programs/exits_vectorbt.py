"""The plan card and the model in vectorbt: `python exits_vectorbt.py bars.csv entries.csv card|model [sales.json]`.

bars.csv has ts, open, high, low, close, volume and the columns the model reads (ts is the close of the bar); entries.csv has
id, ts, side, price, qty and stop or risk. An entry fills at the open of the first bar that begins at or after its ts.
Quantities are whole units. Written by scaleout {version}.

Each entry is a column of `Portfolio.from_order_func`, whose order function has a state of its own: what is held, the rungs
that are left, the stop. Fills are scaleout's profile `vectorbt` without spread and slippage: market orders at the next open,
the stop before the targets inside a bar, both on touch, at the open where it lies beyond them. What the card or the model
would sell at the fill itself is never bought. At the horizon whatever is left is sold.
"""

import csv
import json
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio import nb
from vectorbt.portfolio.enums import Direction

COMMISSION = {commission}
TICK = {tick}
DIGITS = 10.0 ** max(0, -Decimal(repr(TICK)).as_tuple().exponent)

# Kinds of stop rules, and the places of their numbers.
ENTRY, AFTER_SALES, AFTER_GAIN, TRAIL = 0, 1, 2, 3


def read_bars(path):
    """Bars indexed by their close, with the further columns of the file."""
    bars = pd.read_csv(path, float_precision="round_trip")
    bars["ts"] = pd.to_datetime(bars["ts"], utc=True, format="ISO8601")
    return bars.set_index("ts")


def read_entries(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Trades:
    """The entries that have all their bars, as arrays with a row each."""

    def __init__(self, bars, entries, horizon):
        opens = bars["open"].to_numpy()
        self.rows = []
        for entry in entries:
            moment = pd.Timestamp(entry["ts"])
            moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
            first = int(bars.index.searchsorted(moment, side="right"))
            if first < 1 or len(bars) <= first + horizon:
                continue
            side = 1 if entry["side"].strip().lower() in ("long", "buy") else -1
            price = float(entry["price"]) if entry.get("price") else float(opens[first])
            stop = float(entry["stop"]) if entry.get("stop") else None
            risk = float(entry.get("risk") or 0.0) or abs(price - stop)
            lots = round(float(entry["qty"]))
            self.rows.append({"id": entry["id"], "first": first, "side": side, "price": price, "stop": stop, "risk": risk, "lots": lots})
        self.horizon = horizon

    def __len__(self):
        return len(self.rows)

    def column(self, name, kind=float):
        return np.array([np.nan if row[name] is None else row[name] for row in self.rows], dtype=kind)


def card(trades):
    """Rungs as limit prices and lots, the lots to hold after each number of bars, and the stop rule."""
    import scaleout_plan as plan

    count, rungs = len(trades), len(plan.RUNGS)
    limits, parts = np.full((count, rungs), np.nan), np.zeros((count, rungs + 1))
    for place, row in enumerate(trades.rows):
        side = row["side"]
        parts[place] = plan.whole_lots([part for _, part in plan.RUNGS], row["lots"])
        for rung, (level, _) in enumerate(plan.RUNGS):
            target = plan.target(level, side, row["price"], row["risk"])
            limits[place, rung] = side * on_tick(side * target, TICK, True)
    held = [[round(plan.most_held(bars) * row["lots"]) for bars in range(trades.horizon + 1)] for row in trades.rows]
    stop = plan.STOP
    if stop["kind"] == "break-even" and stop["sales"] is not None:
        rule = (AFTER_SALES, float(stop["sales"]), stop["offset_r"], stop["offset_ticks"] * TICK, 0.0)
    elif stop["kind"] == "break-even":
        rule = (AFTER_GAIN, stop["gain_r"], stop["offset_r"], stop["offset_ticks"] * TICK, 0.0)
    elif stop["kind"] == "trail":
        rule = (TRAIL, stop["from_r"], stop["distance_r"], 0.01 * stop["distance_percent"], float(stop["follows_best"]))
    else:
        rule = (ENTRY, 0.0, 0.0, 0.0, 0.0)
    return limits, parts, np.array(held, dtype=float), np.array(rule)


def model(trades, bars, decisions):
    """The lots that the model holds after each number of bars while the stop is not hit; no rungs, a stop that stays."""
    import scaleout_features as features
    from scaleout_model import Model

    judge = Model()
    columns = {name: bars[name].to_numpy() for name in features.Market.COLUMNS}
    highs, lows, closes = (bars[name].to_numpy() for name in ("high", "low", "close"))
    # Every value is known at the close it stands at: nothing later is in it.
    market = features.batch(highs, lows, closes, bars["volume"].to_numpy(), columns)
    held = np.zeros((len(trades), trades.horizon + 1))
    for place, row in enumerate(trades.rows):
        path = features.Position(row["side"], row["price"], row["risk"], market[row["first"] - 1])
        left, last_sale = row["lots"], None
        for count in range(trades.horizon):
            now = row["first"] - 1 + count
            if count > 0:
                path.after(highs[now], lows[now], closes[now])
            recent = market[max(0, now + 1 - features.WINDOW) : now + 1]
            unknown = np.full(len(features.POSITION), np.nan)
            rows = [np.concatenate([path.seen(values), unknown]) for values in recent[:-1]] + [path.row(recent[-1])]
            since = None if last_sale is None else now + 1 - last_sale
            trade = judge.trade(row["side"], row["price"], row["risk"], row["lots"], since)
            remaining = left / row["lots"]
            target = judge.target(np.array(rows, dtype=np.float32), remaining, trade)
            decisions.append({"id": row["id"], "bar": now, "remaining": remaining, "target": target})
            if round(target * row["lots"]) < left:
                left, last_sale = round(target * row["lots"]), now + 1
            held[place, count] = left
            if left == 0:
                break
    return np.full((len(trades), 0), np.nan), np.zeros((len(trades), 1)), held, np.array((float(ENTRY), 0.0, 0.0, 0.0, 0.0))


@njit
def on_tick(level, tick, up):
    """The tick at or above `level`, or at or below it; a level within a millionth of a tick of a tick is that tick."""
    if tick == 0.0 or not np.isfinite(level):
        return level
    ticks = level / tick
    near = np.round(ticks)
    if abs(ticks - near) >= 1e-6:
        near = np.ceil(ticks) if up else np.floor(ticks)
    # The number that the text of the tick is, so that a touch is a touch.
    return np.rint(near * tick * DIGITS) / DIGITS


@njit
def moved_stop(rule, stop, side, price, risk, sales, best, close):
    """The stop for the next bar; `best` is the best gain so far in points, `close` the close."""
    kind = rule[0]
    if kind == AFTER_SALES or kind == AFTER_GAIN:
        reached = sales >= rule[1] if kind == AFTER_SALES else best >= rule[1] * risk
        if not reached:
            return stop
        level = price + side * (rule[2] * risk + rule[3])
    elif kind == TRAIL:
        if best < rule[1] * risk:
            return stop
        followed = price + side * best if rule[4] > 0 else close
        level = followed - side * (rule[2] * risk + rule[3] * abs(followed))
    else:
        return stop
    return level if np.isnan(stop) else side * max(side * stop, side * level)


@njit
def pay(queue, price, size):
    """Puts an order into the queue of the bar: units with a sign, and the price."""
    count = int(queue[0, 0])
    queue[count + 1, 0], queue[count + 1, 1] = size, price
    queue[0, 0] = count + 1


@njit
def sell_lots(queue, state, parts, side, price, lots):
    """Sells some of what is held, from the nearest rung on."""
    pay(queue, price, -side * lots)
    state[0] -= lots
    state[1] += 1
    for rung in range(len(parts)):
        gone = min(parts[rung], lots)
        parts[rung] -= gone
        lots -= gone


@njit
def plan_bar(queue, state, parts, limits, held, rule, horizon, row, bar, open_, high, low, close):
    """Every order of one trade in one bar. `row`: first bar, side, price, risk, lots. `state`: held, sales, best, stop."""
    first, side, price, risk, lots = int(row[0]), row[1], row[2], row[3], row[4]
    queue[0, 0] = 0
    count = bar - first
    if count < 0 or (count > 0 and state[0] == 0):
        return
    allowed = held[count] if count < horizon else 0.0
    if count == 0:
        # What is sold at the fill itself is never bought.
        skipped = lots - allowed
        for rung in range(len(parts)):
            gone = min(parts[rung], skipped)
            parts[rung] -= gone
            skipped -= gone
        state[0] = allowed
        if allowed == 0:
            return
        pay(queue, open_, side * allowed)
    elif state[0] > allowed:
        sell_lots(queue, state, parts, side, open_, state[0] - allowed)
    stop = side * on_tick(side * state[3], TICK, False)
    if state[0] > 0 and count > 0 and side * (open_ - stop) <= 0:
        sell_lots(queue, state, parts, side, open_, state[0])
    if state[0] > 0 and count > 0:
        for rung in range(len(limits)):
            if parts[rung] > 0 and side * (open_ - limits[rung]) >= 0:
                sell_lots(queue, state, parts, side, open_, parts[rung])
    worst, top = (low, high) if side > 0 else (high, low)
    if state[0] > 0 and side * (worst - stop) <= 0:
        sell_lots(queue, state, parts, side, stop, state[0])
    if state[0] > 0:
        for rung in range(len(limits)):
            if parts[rung] > 0 and side * (top - limits[rung]) >= 0:
                sell_lots(queue, state, parts, side, limits[rung], parts[rung])
    state[2] = max(state[2], side * (high - price), side * (low - price))
    state[3] = moved_stop(rule, state[3], side, price, risk, state[1], state[2], close)


@njit
def order_func_nb(c, bars, rows, limits, parts, held, rule, horizon, state, queue, fees):
    """The next order of the bar, one trade after another."""
    for col in range(c.from_col, c.to_col):
        if c.call_idx == 0 or queue[col, 0, 1] != c.i + 1:
            queue[col, 0, 1] = c.i + 1
            plan_bar(
                queue[col], state[col], parts[col], limits[col], held[col], rule, horizon, rows[col], c.i,
                bars[c.i, 0], bars[c.i, 1], bars[c.i, 2], bars[c.i, 3],
            )
            queue[col, 0, 2] = 0
        at = int(queue[col, 0, 2])
        if at < queue[col, 0, 0]:
            queue[col, 0, 2] = at + 1
            order = nb.order_nb(size=queue[col, at + 1, 0], price=queue[col, at + 1, 1], fees=fees, direction=Direction.Both)
            return col, order
    return -1, nb.order_nothing_nb()


def run(bars, entries, leave_by, cash=1e9, commission=COMMISSION):
    """The portfolio of vectorbt with a column for each entry, the sales and the decisions of the model."""
    decisions = []
    if leave_by == "card":
        import scaleout_plan as plan

        trades = Trades(bars, entries, plan.HORIZON_BARS)
        limits, parts, held, rule = card(trades)
    else:
        import scaleout_features as features

        trades = Trades(bars, entries, features.HORIZON_BARS)
        limits, parts, held, rule = model(trades, bars, decisions)
    prices = np.ascontiguousarray(bars[["open", "high", "low", "close"]].to_numpy(dtype=float))
    rows = np.column_stack([trades.column(name) for name in ("first", "side", "price", "risk", "lots")])
    stops = trades.column("stop")
    stops = np.where(np.isnan(stops), -rows[:, 1] * np.inf, stops)
    state = np.column_stack([np.zeros(len(trades)), np.zeros(len(trades)), np.zeros(len(trades)), stops])
    # The first row of a queue is its length, the bar it is for, and how much of it is sent.
    queue = np.zeros((len(trades), limits.shape[1] + 6, 3))
    names = [row["id"] for row in trades.rows]
    closes = pd.DataFrame(np.repeat(prices[:, 3:], len(trades), axis=1), index=bars.index, columns=names)
    portfolio = vbt.Portfolio.from_order_func(
        closes, order_func_nb, prices, rows, limits, parts, held, rule, float(trades.horizon), state, queue, commission,
        flexible=True, init_cash=cash, freq=bars.index[1] - bars.index[0], max_orders=len(trades) * (limits.shape[1] + 8 + trades.horizon),
    )
    is_sale = lambda row: (row.side == 1) == (rows[row.col, 1] > 0)
    sales = [
        {"id": names[row.col], "bar": int(row.idx), "qty": float(row.size), "price": float(row.price)}
        for row in portfolio.orders.records.itertuples() if is_sale(row)
    ]
    return portfolio, sorted(sales, key=lambda sale: (sale["bar"], sale["id"], sale["price"])), decisions


def main():
    portfolio, sales, decisions = run(read_bars(sys.argv[1]), read_entries(sys.argv[2]), sys.argv[3])
    if len(sys.argv) > 4:
        with open(sys.argv[4], "w", encoding="utf-8") as file:
            json.dump({"sales": sales, "decisions": decisions}, file, indent=1)
    print(portfolio.total_profit().to_string())
    print(f"{len(sales)} sales of {len({sale['id'] for sale in sales})} trades, {len(decisions)} decisions")


if __name__ == "__main__":
    main()
