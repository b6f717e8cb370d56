"""Every learner exported and judged by other people's tools; exits 1 at the first difference.

usage: run.py SCALEOUT

A short experiment is run with every learner. Each is exported with 10,000 golden rows (missing values, ties and edges of
lots among them), onnx.checker reads the file, and the exported verify.py compares onnxruntime with scaleout's own evaluator:
hold values to 1e-5 * max(1, |H|) and every decision. The contract is checked against its JSON Schema.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import onnx

import advice
import features
import programs

HERE = Path(__file__).resolve().parent
OWN = HERE.parents[2] / "experiments" / "own-csv"
ROWS = 10_000
BARS = 100_000

LEARNERS = {
    "linear": '{ kind = "linear" }',
    "splines": '{ kind = "linear", knots = 8 }',
    "logistic": '{ kind = "logistic" }',
    "boosted-trees": '{ kind = "boosted-trees" }',
    "readable-tree": '{ kind = "readable-tree" }',
    "mlp": '{ kind = "mlp", least_steps = 200 }',
    "direct": '{ kind = "direct", epochs = 1.0 }',
    "gru": '{ kind = "gru", most_steps = 40 }',
    "ensemble of linear": '{ kind = "ensemble", members = 2 }',
    "ensemble of trees": '{ kind = "ensemble", members = 2, learner = { kind = "boosted-trees", trees = 30 } }',
    "ensemble of gru": '{ kind = "ensemble", members = 2, over = "seeds", learner = { kind = "gru", most_steps = 10 } }',
}

# Spacing, a cap, a fee per order and impact of a power that is no half: every branch of the decision.
CONSTRAINED = ["boosted-trees", "linear", "mlp"]

# Models that depart from a plain rule: eight fits of each in one graph.
DEPARTING = {
    "linear": LEARNERS["linear"],
    "trees": '{ kind = "boosted-trees", trees = 20 }',
    "mlp": LEARNERS["mlp"],
}


def config(name, learners, limits, tranches, costs, impact, caution="none"):
    """The own-csv experiment with other learners and a short search."""
    text = (OWN / "config.toml").read_text(encoding="utf-8")
    text = text[: text.index("learners = ")].replace('name = "own-csv"', f'name = "{name}"')
    text = text.replace("folds = 3", "folds = 1").replace("per_unit = 0.005\nminimum = 1.0", costs)
    text = text.replace("horizon_bars = 40", f"horizon_bars = 40\n{impact}")
    kinds = ",\n    ".join(learners)
    return f"""{text}learners = [
    {kinds},
]
[training.fit]
tranches = {tranches}
rounds = 1
folds = 2
search = "none"
caution = "{caution}"
{limits}
"""


def scaleout(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"scaleout {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def judge(binary, run, name, learner, folder):
    """Exports `learner` of `run` and lets onnx, onnxruntime and jsonschema judge it."""
    out = folder / name.replace(" ", "-")
    scaleout(
        binary, "export", run, "--to", "model", "onnx", "golden", "verify-py", "--learner", learner, "--rows", ROWS,
        "--out", out,
    )
    contract = json.loads((out / "contract.json").read_text(encoding="utf-8"))
    jsonschema.validate(contract, json.loads((out / "contract.schema.json").read_text(encoding="utf-8")))
    for path in sorted(out.glob("*.onnx")):
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        versions = {entry.domain: entry.version for entry in model.opset_import}
        assert versions[""] <= 17 and versions.get("ai.onnx.ml", 1) <= 3, versions
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        assert json.loads(metadata["features"]) == [feature["name"] for feature in contract["features"]]
        print(f"{name}: {path.name}, {path.stat().st_size / 1024:.0f} kB, {len(model.graph.node)} operators")
    done = subprocess.run([sys.executable, out / "verify.py"], capture_output=True, text=True)
    print("  " + "\n  ".join(done.stdout.splitlines()))
    if done.returncode != 0:
        sys.exit(f"{name}: verify.py says no\n{done.stderr}")
    print("  " + scaleout(binary, "verify", out).splitlines()[-1])


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        for file in ["bars.csv", "entries.csv"]:
            shutil.copy(OWN / file, scratch / file)
        fees = "per_unit = 0.005\nminimum = 0.0"
        written = scratch / "every.toml"
        written.write_text(config("every", LEARNERS.values(), "", 4, fees, ""), encoding="utf-8")
        run = scratch / "every"
        scaleout(binary, "run", written, "--out", run)
        names = [model["name"] for model in json.loads((run / "model" / "model.json").read_text())["refit"]["models"]]
        for name, learner in zip(LEARNERS, names, strict=True):
            judge(binary, run, name, learner, scratch / "exported")

        written = scratch / "constrained.toml"
        text = config(
            "constrained",
            [LEARNERS[name] for name in CONSTRAINED],
            "limits = { min_bars_between_sales = 3, max_fraction_per_bar = 0.5 }",
            6,
            "per_order = 1.0",
            "impact = { whole-position = { cost_r = 0.2, exponent = 0.6 } }",
        )
        written.write_text(text, encoding="utf-8")
        run = scratch / "constrained"
        scaleout(binary, "run", written, "--out", run)
        names = [model["name"] for model in json.loads((run / "model" / "model.json").read_text())["refit"]["models"]]
        for name, learner in zip(CONSTRAINED, names, strict=True):
            judge(binary, run, f"constrained {name}", learner, scratch / "exported")

        written = scratch / "departing.toml"
        written.write_text(config("departing", DEPARTING.values(), "", 4, fees, "", "chosen"), encoding="utf-8")
        run = scratch / "departing"
        scaleout(binary, "run", written, "--out", run)
        models = json.loads((run / "model" / "model.json").read_text())["refit"]["models"]
        kinds = [model["model"]["regressor"]["kind"] for model in models]
        if "departure" not in kinds:
            sys.exit(f"departing: no model departs from a rule, but are {kinds}")
        for name, model in zip(DEPARTING, models, strict=True):
            judge(binary, run, f"departing {name}", model["name"], scratch / "exported")

        # Every feature that has code, and the programs.
        written = scratch / "programs.toml"
        text = config("programs", [LEARNERS["boosted-trees"]], "", 4, fees, "")
        start, end = text.index("features = ["), text.index("]", text.index("features = [")) + 1
        listed = ",\n    ".join(f'"{name}"' for name in features.FEATURES)
        written.write_text(f"{text[:start]}features = [\n    {listed},\n]{text[end:]}", encoding="utf-8")
        run, exported = scratch / "programs", scratch / "exported" / "programs"
        scaleout(binary, "run", written, "--out", run)
        formats = [line.split()[0] for line in scaleout(binary, "export", "--list").splitlines()]
        possible = [name for name in formats if name != "safetensors"]
        scaleout(binary, "export", run, "--to", *possible, "--out", exported)
        passed = features.judge(scaleout, binary, exported, scratch, BARS)
        bars, entries = scratch / "bars.csv", scratch / "entries.csv"
        passed = programs.card(scaleout, binary, exported, bars, entries, scratch) and passed
        passed = programs.model(scaleout, binary, exported, run, written, bars, entries, scratch) and passed
        passed = advice.judge(scaleout, binary, run, written, bars, entries, scratch) and passed
        if not passed:
            sys.exit(1)


if __name__ == "__main__":
    main()
