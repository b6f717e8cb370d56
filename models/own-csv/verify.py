"""Checks model.onnx (and model-unrolled.onnx) against golden.csv.

    pip install onnxruntime numpy
    python verify.py

Exits 0 if every hold value H agrees within 1e-5 * max(1, |H|) and every decision is the same, else 1.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

TOLERANCE = 1e-5


def read_golden(path):
    """The columns of golden.csv by name; an empty cell is a missing value."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    table = np.array([[float(cell) if cell else np.nan for cell in line] for line in lines], dtype=np.float32)
    return {name: table[:, place] for place, name in enumerate(header)}


def stacked(golden, names):
    return np.stack([golden[name] for name in names], axis=1)


def inputs_of(contract, golden):
    """The inputs of the model by name."""
    features = contract["features"]
    names = [feature["name"] for feature in features]
    rows = stacked(golden, names)
    inputs = {
        "remaining": stacked(golden, ["remaining"]),
        "trade": stacked(golden, [column["name"] for column in contract["trade"]]),
    }
    bars = contract["window"]
    if bars == 1:
        inputs["features"] = rows
        return inputs
    # The oldest bar first, the present row last. Earlier bars show market features alone.
    window = np.full((len(rows), bars, len(names)), np.nan, dtype=np.float32)
    window[:, -1, :] = rows
    for place, feature in enumerate(features):
        if feature["of"] == "market":
            for back in range(1, bars):
                window[:, bars - 1 - back, place] = golden[f"{feature['name']}@-{back}"]
    inputs["window"] = window
    return inputs


def check(path, contract, golden):
    """Whether the model at `path` gives the golden answers, all rows at once and one by one."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs = inputs_of(contract, golden)
    fractions = contract["rule"]["tranches"]
    expected = stacked(golden, [f"hold_value_{k}" for k in range(1, fractions + 1)])
    decided = golden["target_fraction"]
    rows = len(decided)
    passed = True
    for batch in (rows, 1):
        parts = []
        for first in range(0, min(rows, 1000) if batch == 1 else rows, batch):
            part = {name: values[first : first + batch] for name, values in inputs.items()}
            parts.append(session.run(["hold_value", "target_fraction"], part))
        hold = np.concatenate([part[0] for part in parts])
        target = np.concatenate([part[1] for part in parts])[:, 0]
        count = len(target)
        scale = np.maximum(1.0, np.abs(expected[:count].astype(np.float64)))
        error = np.abs(hold.astype(np.float64) - expected[:count]) / scale
        differ = np.flatnonzero(target != decided[:count])
        print(
            f"{path.name}, batches of {batch}: {count} rows, largest error of H {error.max():.1e} "
            f"(allowed {TOLERANCE:.0e}), {len(differ)} decisions differ"
        )
        for row in differ[:5]:
            print(f"  row {row + 2} of golden.csv: {target[row]} instead of {decided[row]}")
        passed = passed and bool(error.max() <= TOLERANCE) and len(differ) == 0
    return passed


def main():
    folder = Path(__file__).resolve().parent
    contract = json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    golden = read_golden(folder / "golden.csv")
    names = ["model.onnx"] + [name for name in ["model-unrolled.onnx"] if name in contract["files"]]
    results = [check(folder / name, contract, golden) for name in names]
    print("all rows agree" if all(results) else "the model does NOT agree with its golden rows")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
