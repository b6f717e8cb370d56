"""The generated programs, run: the card against `scaleout inspect fills`, the model against `scaleout backtest`."""

import csv
import json
import subprocess
import sys


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def merged(sales):
    """Sales by id and bar; parts that left together at one price are one sale."""
    total = {}
    for sale in sales:
        key = (sale["id"], sale["bar"], round(sale["price"], 7))
        total[key] = total.get(key, 0.0) + sale["qty"]
    return total


def program(folder, name, *arguments):
    done = subprocess.run([sys.executable, folder / name, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{name}\n{done.stdout}{done.stderr}")
    return done.stdout


def free_entries(bars, entries, horizon):
    """Entries at an open that have all their bars, the price of the open with each."""
    rows = read_csv(bars)
    opens = {row["ts"]: place + 1 for place, row in enumerate(rows[:-1])}
    found = []
    for entry in read_csv(entries):
        bar = opens.get(entry["ts"])
        if bar is not None and bar >= 2 and bar + horizon < len(rows):
            found.append((entry, bar))
    return rows, found


def card(scaleout, binary, exported, bars, entries, scratch):
    """The card in backtesting.py: every sale's bar, units and price to 1e-9."""
    sys.path.insert(0, str(exported))
    horizon = json.loads((exported / "contract.json").read_text())["decision"]["horizon_bars"]
    policy = json.loads((exported / "ladder.json").read_text())["policy"]
    rows, found = free_entries(bars, entries, horizon)
    trades = []
    written = scratch / "card_entries.csv"
    with open(written, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=["id", "ts", "side", "price", "stop", "qty"])
        writer.writeheader()
        for entry, bar in found:
            price = float(rows[bar]["open"])
            risk = abs(float(entry["price"]) - float(entry["stop"]))
            side = 1 if entry["side"] == "long" else -1
            stop = round(price - side * risk, 6)
            writer.writerow({"id": entry["id"], "ts": entry["ts"], "side": entry["side"], "price": price, "stop": stop, "qty": entry["qty"]})
            window = rows[bar - 1 : bar + horizon + 1]
            trades.append({
                "id": entry["id"], "side": entry["side"], "entry_bar": 1, "price": price, "risk": abs(price - stop), "stop": stop,
                "qty": float(entry["qty"]), "policy": policy,
                "bars": [[float(row[name]) for name in ("open", "high", "low", "close", "volume")] for row in window],
            })
    job = scratch / "card.json"
    job.write_text(json.dumps({
        "replay": {"horizon_bars": horizon, "limit_fill": "touch", "intrabar": "stop-first"},
        "instrument": {"symbol": "X", "currency": "USD", "lot_step": 1.0}, "trades": trades,
    }))
    ours = []
    first_bars = {entry["id"]: bar for entry, bar in found}
    for trade in json.loads(scaleout(binary, "inspect", "fills", job)):
        for fill in trade["fills"]:
            bar = first_bars[trade["id"]] - 1 + fill["bar"]
            # What is sold at the fill itself is never bought there.
            if not (fill["bar"] == 1 and fill["cause"] == "market-at-open"):
                ours.append({"id": trade["id"], "bar": bar, "qty": fill["qty"], "price": fill["price"]})
    out = scratch / "card_sales.json"
    program(exported, "plan_backtesting.py", bars, written, out)
    theirs = json.loads(out.read_text())
    a, b = merged(ours), merged(theirs)
    differ = sorted(set(a.items()) ^ set(b.items()))
    print(f"card in backtesting.py: {len(trades)} trades, {len(a)} sales, {len(differ)} differ")
    for item in differ[:10]:
        print(f"  {'ours' if item in a.items() else 'theirs'}: {item}")
    return not differ


def model(scaleout, binary, exported, run, config, bars, entries, scratch):
    """The model in backtesting.py: every sale that it decides against a backtest of the refit under the same costs."""
    # Another name makes another experiment: the refit is replayed on all trades. No spread, limits on touch.
    other = config.parent / "other.toml"
    text = config.read_text(encoding="utf-8").replace('name = "programs"', 'name = "other"')
    other.write_text(text, encoding="utf-8")
    replayed = scratch / "replayed"
    scaleout(binary, "backtest", other, "--model", run / "model", "--out", replayed)
    legs = [leg for leg in read_csv(replayed / "legs.csv") if leg["contestant"] == "model"]
    taken = {trade["id"] for trade in read_csv(replayed / "trades.csv") if trade["contestant"] == "model"}
    closes = [row["ts"] for row in read_csv(bars)]
    rows = [entry for entry in read_csv(entries) if entry["id"] in taken]
    written = scratch / "model_entries.csv"
    with open(written, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    out = scratch / "model_sales.json"
    program(exported, "model_backtesting.py", bars, written, out)
    answered = json.loads(out.read_text())
    ours = {(leg["id"], closes.index(leg["ts"])): float(leg["qty"]) for leg in legs if leg["reason"] == "market"}
    lots = {entry["id"]: float(entry["qty"]) for entry in rows}
    theirs = {}
    for decision in answered["decisions"]:
        sold = round((decision["remaining"] - decision["target"]) * lots[decision["id"]])
        if sold > 0:
            theirs[decision["id"], decision["bar"]] = float(sold)
    differ = sorted(set(ours.items()) ^ set(theirs.items()))
    print(
        f"model in backtesting.py: {len(rows)} trades, {len(answered['decisions'])} decisions, {len(ours)} sales decided by "
        f"the backtest, {len(differ)} differ"
    )
    for item in differ[:10]:
        print(f"  {'ours' if item in ours.items() else 'theirs'}: {item}")
    return not differ and len(ours) > 0
