"""`scaleout advise` against `scaleout backtest`: the same decisions on the same events, also after a kill."""

import csv
import json
import signal
import subprocess
import time


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def events(bars, entries, legs, columns):
    """Bars, entries and what the backtest sold, in the order in which they became known."""
    rows = read_csv(bars)
    by_close, inside, last = {}, {}, None
    closes = [row["ts"] for row in rows]
    for leg in legs:
        if leg["reason"] == "market":
            by_close.setdefault(leg["ts"], []).append(leg)
        else:
            # At a limit, the stop or the horizon: before the close of the bar in which it happened.
            place = next(at for at, close in enumerate(closes) if leg["ts"] <= close)
            inside.setdefault(closes[place], []).append(leg)
    starts = {}
    for entry in entries:
        starts.setdefault(entry["ts"], []).append(entry)
    found = []
    for row in rows:
        for leg in inside.get(row["ts"], []):
            found.append({"type": "fill", "id": leg["id"], "ts": max(leg["ts"], last), "qty": float(leg["qty"])})
        bar = {"type": "bar", "ts": row["ts"]}
        if last is not None:
            bar["open_ts"] = last
        bar |= {name: float(row[name]) for name in ("open", "high", "low", "close", "volume")}
        bar["columns"] = {name: float(row[name]) for name in columns if row[name]}
        found.append(bar)
        for entry in starts.get(row["ts"], []):
            found.append({
                "type": "entry", "id": entry["id"], "ts": entry["ts"], "side": entry["side"], "price": float(entry["price"]),
                "stop": float(entry["stop"]), "qty": float(entry["qty"]),
            })
        for leg in by_close.get(row["ts"], []):
            found.append({"type": "fill", "id": leg["id"], "ts": leg["ts"], "qty": float(leg["qty"])})
        last = row["ts"]
    return [json.dumps(event) for event in found]


def advised(binary, model, state, lines, killed_after=None):
    """The answers, as they were printed; with `killed_after` lines read, the adviser is killed and started again."""
    command = [binary, "advise", "--model", str(model), "--state", str(state)]
    answers = []
    if killed_after is not None:
        first = "\n".join(lines[:killed_after]) + "\n"
        sure = command[:-1] + [str(state) + ".sure"]
        wanted = subprocess.run(sure, input=first, capture_output=True, text=True, check=True).stdout
        out = state.with_suffix(".out")
        with open(out, "w", encoding="utf-8") as file:
            adviser = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, text=True)
            adviser.stdin.write(first)
            adviser.stdin.flush()
            while len(out.read_text(encoding="utf-8")) < len(wanted):
                time.sleep(0.01)
            adviser.send_signal(signal.SIGKILL)
            adviser.wait()
        answers = out.read_text(encoding="utf-8").splitlines()
        # A line that was cut off when the adviser was killed.
        with open(state, "a", encoding="utf-8") as file:
            file.write('{"type":"bar","ts":"20')
        lines = lines[killed_after:]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    if done.stderr:
        raise SystemExit(f"advise: {done.stderr}")
    return answers + done.stdout.splitlines()


def judge(scaleout, binary, run, config, bars, entries, scratch):
    other = config.parent / "advised.toml"
    text = config.read_text(encoding="utf-8")
    name = text.split('name = "', 1)[1].split('"', 1)[0]
    other.write_text(text.replace(f'name = "{name}"', 'name = "advised"'), encoding="utf-8")
    replayed = scratch / "advised"
    scaleout(binary, "backtest", other, "--model", run / "model", "--out", replayed)
    legs = [leg for leg in read_csv(replayed / "legs.csv") if leg["contestant"] == "model"]
    taken = {trade["id"] for trade in read_csv(replayed / "trades.csv") if trade["contestant"] == "model"}
    chosen = [entry for entry in read_csv(entries) if entry["id"] in taken]
    contract = json.loads((run / "model" / "contract.json").read_text(encoding="utf-8"))
    columns = [feature["name"][7:] for feature in contract["features"] if feature["name"].startswith("column:")]
    lines = events(bars, chosen, legs, columns)
    answers = advised(binary, run, scratch / "advise.jsonl", lines)
    again = advised(binary, run, scratch / "killed.jsonl", lines, killed_after=len(lines) // 2)
    sold = {(leg["id"], leg["ts"]): float(leg["qty"]) for leg in legs if leg["reason"] == "market"}
    decided = {}
    for answer in map(json.loads, answers):
        if answer["orders"]["market_qty"] > 0 and answer["hold_values"]:
            decided[answer["id"], answer["ts"]] = answer["orders"]["market_qty"]
    differ = sorted(set(sold.items()) ^ set(decided.items()))
    print(f"advise: {len(answers)} decisions on {len(taken)} trades, {len(sold)} sales of the backtest, {len(differ)} differ")
    for item in differ[:10]:
        print(f"  {'backtest' if item in sold.items() else 'advise'}: {item}")
    print(f"advise, killed and started again: {'the same bytes' if answers == again else 'OTHER ANSWERS'}")
    return not differ and answers == again and len(sold) > 0
