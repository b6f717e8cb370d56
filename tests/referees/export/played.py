"""Generated programs that leave bar by bar, in their own tool: the card against `scaleout inspect fills`, the model against
`scaleout backtest`, both under the fill profile of that tool.

The market is that of own-csv, whose bars open at the close before: a market order at a close and one at the next open are the
same there. Bars that close where they opened are moved by a tick, since tools differ in the side that such a bar counts for.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

OWN = Path(__file__).resolve().parents[3] / "experiments" / "own-csv"
HORIZON = 40
FEATURES = ["column:sentiment", "atr(window=14)", "rsi(window=14)", "rate_of_change(window=10)", "bollinger_width(window=20)"]

# Cards with every kind of rung, time and stop that has code, beside the card of the run itself.
CARDS = {
    "the run's own": None,
    "rungs in R, break-even after a sale": {
        "kind": "plan", "spacing": "r", "times": [], "stop": {"break-even": {"after": {"sales": 1}}},
        "rungs": [{"level": level, "fraction": "1/4"} for level in (0.5, 1.0, 2.0)],
    },
    "rungs in percent, times, a trailing stop": {
        "kind": "plan", "spacing": "percent", "rungs": [{"level": level, "fraction": "1/3"} for level in (1.0, 1.5)],
        "stop": {"trail": {"distance": {"r": 1.5}, "follow": "extreme", "from_r": 0.5}},
        "times": [{"bars": 5, "held": 0.75}, {"bars": 20, "held": 0.25}],
    },
    "a rung in points, break-even after a gain, all out by time": {
        "kind": "plan", "spacing": "points", "rungs": [{"level": 0.7, "fraction": "1/2"}],
        "stop": {"break-even": {"after": {"gain-r": 0.8}, "offset": {"ticks": 3}}}, "times": [{"bars": 30, "held": 0.0}],
    },
}


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def scaleout(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"scaleout {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def market(folder):
    """bars.csv without unchanged bars, columns.csv, and entries at the opens that have all their bars."""
    rows = read_csv(OWN / "bars.csv")
    for row, following in zip(rows, [*rows[1:], {}]):
        if row["open"] == row["close"]:
            row["close"] = following["open"] = f"{float(row['close']) + 0.01:.2f}"
            row["high"] = f"{max(float(row['high']), float(row['close'])):.2f}"
            following["high"] = f"{max(float(following.get('high', 0)), float(row['close'])):.2f}"
    assert all(row["close"] == following["open"] for row, following in zip(rows, rows[1:]))
    write_csv(folder / "bars.csv", rows)
    write_csv(folder / "columns.csv", [{"ts": row["ts"], "sentiment": row["sentiment"]} for row in rows])
    opens = {row["ts"]: place + 1 for place, row in enumerate(rows[:-1])}
    entries = []
    for entry in read_csv(OWN / "entries.csv"):
        bar = opens.get(entry["ts"], 0)
        if bar < 30 or len(rows) <= bar + HORIZON:
            continue
        price, side = float(rows[bar]["open"]), 1 if entry["side"] == "long" else -1
        stop = round(price - side * abs(float(entry["price"]) - float(entry["stop"])), 2)
        entries.append(entry | {"price": price, "stop": stop, "bar": bar})
    return rows, entries


def rounds(entries):
    """The entries in groups of which no two are open at once."""
    left = entries
    while left:
        taken, over = [], []
        for entry in left:
            (over if taken and entry["bar"] <= taken[-1]["bar"] + HORIZON else taken).append(entry)
        yield taken
        left = over


def without_bar(entries):
    return [{name: value for name, value in entry.items() if name not in ("bar", "tags")} for entry in entries]


def config(folder, name, fills):
    text = (OWN / "config.toml").read_text(encoding="utf-8")
    head = text[: text.index("[training]")].replace('name = "own-csv"', f'name = "{name}"')
    head = head.replace("folds = 3", "folds = 1").replace("horizon_bars = 40", f'horizon_bars = {HORIZON}\nfills = "{fills}"')
    listed = ", ".join(f'"{feature}"' for feature in FEATURES)
    path = folder / f"{name}.toml"
    path.write_text(
        f'{head}[training]\nfeatures = [{listed}]\nmirror = {{ sentiment = "negated" }}\n'
        'learners = [{ kind = "boosted-trees" }]\n[training.fit]\ntranches = 4\nrounds = 1\nfolds = 2\nsearch = "none"\n'
        'caution = "none"\n',
        encoding="utf-8",
    )
    return path


def merged(sales):
    """Sales by id, bar and price; parts that left together are one sale."""
    total = {}
    for sale in sales:
        key = (sale["id"], sale["bar"], round(sale["price"], 9))
        total[key] = total.get(key, 0.0) + sale["qty"]
    return total


def shown(what, count, ours, theirs):
    differ = sorted(set(ours.items()) ^ set(theirs.items()))
    print(f"{what}: {count}, {len(ours)} sales, {len(differ)} differ", flush=True)
    for item in differ[:10]:
        print(f"  {'ours' if item in ours.items() else 'theirs'}: {item}")
    return not differ and len(ours) > 0


class Referee:
    """One tool: `run(folder, bars, leave_by)` gives its sales and decisions on the entries that lie in `folder`."""

    def __init__(self, binary, tool, fills, run, one_limit_a_print=False, near=0.0, at_once=False):
        # `near`: a limit so near to a close, as a share of the price, fills at that close in the tool.
        self.binary, self.tool, self.fills, self.run = binary, tool, fills, run
        self.one_limit_a_print, self.near, self.at_once = one_limit_a_print, near, at_once

    def judge(self, scratch):
        rows, entries = market(scratch)
        write_csv(scratch / "entries.csv", without_bar(entries))
        run = scratch / "run"
        scaleout(self.binary, "run", config(scratch, "programs", self.fills), "--out", run)
        passed = [self.card(scratch, run, rows, entries, name, card) for name, card in CARDS.items()]
        return all(passed) and self.model(scratch, run, rows, entries)

    def export(self, scratch, model, name):
        out = scratch / name
        scaleout(self.binary, "export", model, "--to", f"onnx,model,golden,{self.tool}", "--out", out)
        (out / "columns.csv").write_bytes((scratch / "columns.csv").read_bytes())
        return out

    def played(self, folder, bars, entries, leave_by):
        """Sales and decisions of the tool on all entries, a run of the tool for each group that does not overlap."""
        sales, decisions = [], []
        for group in [entries] if self.at_once else rounds(entries):
            write_csv(folder / "entries.csv", without_bar(group))
            found = self.run(folder, bars, leave_by)
            sales += found["sales"]
            decisions += found["decisions"]
        return sales, decisions

    def card(self, scratch, run, rows, entries, name, card):
        model = scratch / f"model of {name}"
        model.mkdir()
        for file in (run / "model").iterdir():
            (model / file.name).write_bytes(file.read_bytes())
        if card is not None:
            (model / "ladder.json").write_text(json.dumps({"policy": card}), encoding="utf-8")
        policy = json.loads((model / "ladder.json").read_text(encoding="utf-8"))["policy"]
        trades = [
            {
                "id": entry["id"], "side": entry["side"], "entry_bar": 1, "price": entry["price"],
                "risk": abs(entry["price"] - entry["stop"]), "stop": entry["stop"], "qty": float(entry["qty"]), "policy": policy,
                "bars": [
                    [float(row[field]) for field in ("open", "high", "low", "close", "volume")]
                    for row in rows[entry["bar"] - 1 : entry["bar"] + HORIZON + 1]
                ],
            }
            for entry in entries
        ]
        job = scratch / "job.json"
        job.write_text(json.dumps({
            "replay": {"horizon_bars": HORIZON, "fills": self.fills},
            "instrument": {"symbol": "X", "currency": "USD", "lot_step": 1.0, "tick_size": 0.01}, "trades": trades,
        }))
        first = {entry["id"]: entry["bar"] for entry in entries}
        ours, twice, near = [], set(), set()
        for trade in json.loads(scaleout(self.binary, "inspect", "fills", job)):
            limits = [fill["bar"] for fill in trade["fills"] if fill["cause"] == "limit-reached"]
            if len(limits) != len(set(limits)):
                twice.add(trade["id"])
            for fill in trade["fills"]:
                # What is sold at the fill itself is never bought there.
                if not (fill["bar"] == 1 and fill["cause"] == "market-at-open"):
                    bar = first[trade["id"]] - 1 + fill["bar"]
                    before = (float(row["close"]) for row in rows[first[trade["id"]] - 1 : bar])
                    if fill["cause"] == "limit-reached" and any(abs(close / fill["price"] - 1) <= self.near for close in before):
                        near.add(trade["id"])
                    ours.append({"id": trade["id"], "bar": bar, "qty": fill["qty"], "price": fill["price"]})
        theirs, _ = self.played(self.export(scratch, model, name), scratch / "bars.csv", entries, "card")
        left_out = (twice if self.one_limit_a_print else set()) | (near if self.near else set())
        why = "one bar reaches two targets" if self.one_limit_a_print else f"a limit is within {self.near} of a close"
        known = f", {len(left_out)} left out in which {why}" if left_out else ""
        kept = lambda sales: merged(sale for sale in sales if sale["id"] not in left_out)
        return shown(f"card in {self.tool}, {name}", f"{len(trades)} trades{known}", kept(ours), kept(theirs))

    def model(self, scratch, run, rows, entries):
        replayed = scratch / "replayed"
        other = config(scratch, "other", self.fills)
        scaleout(self.binary, "backtest", other, "--model", run / "model", "--out", replayed)
        legs = [leg for leg in read_csv(replayed / "legs.csv") if leg["contestant"] == "model"]
        taken = {trade["id"] for trade in read_csv(replayed / "trades.csv") if trade["contestant"] == "model"}
        entries = [entry for entry in entries if entry["id"] in taken]
        closes = [row["ts"] for row in rows]
        ours = {(leg["id"], closes.index(leg["ts"])): float(leg["qty"]) for leg in legs if leg["reason"] == "market"}
        # A stop may end a trade whose later decisions a program has worked out ahead: the last one is at the close before.
        place = lambda leg: next(bar for bar, close in enumerate(closes) if leg["ts"] <= close)
        ends = {leg["id"]: place(leg) - (leg["reason"] != "market") for leg in legs}
        _, decisions = self.played(self.export(scratch, run, "model program"), scratch / "bars.csv", entries, "model")
        first, lots = ({entry["id"]: value(entry) for entry in entries} for value in (lambda e: e["bar"], lambda e: float(e["qty"])))
        theirs = {}
        for decision in decisions:
            name = decision["id"]
            bar = decision.get("bar", first[name] - 1 + decision.get("bars", 0))
            sold = round((decision["remaining"] - decision["target"]) * lots[name])
            if sold > 0 and bar <= ends[name]:
                theirs[name, bar] = float(sold)
        count = f"{len(entries)} trades, {len(decisions)} decisions"
        return shown(f"model in {self.tool}", count, ours, theirs)


def in_process_of_its_own(python, script):
    """A `run` for `Referee`: `script FOLDER bars.csv card|model OUT`."""

    def run(folder, bars, leave_by):
        out = folder / "sales.json"
        done = subprocess.run([python, script, folder, bars, leave_by, out], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{script}\n{done.stdout}{done.stderr}")
        return json.loads(out.read_text(encoding="utf-8"))

    return run
