"""Runs the referees of the statistics; stops with an error at the first value that differs.

usage: run.py SCALEOUT    (the binary says where the repository is built; the example beside it is built when needed)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import arch
import numpy as np
import pandas as pd
import purgedcv
from arch.bootstrap import SPA, optimal_block_length

ROOT = Path(__file__).resolve().parents[3]
DRAWS = 4000
values = 0


def ours(table, block, trials, variance):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series.csv"
        table.to_csv(path, index=False, float_format="%.17g")
        command = ["cargo", "run", "--quiet", "--release", "-p", "scaleout-evaluation", "--example", "statistics", "--"]
        arguments = [str(path), repr(block), str(DRAWS), repr(float(trials)), repr(variance)]
        done = subprocess.run(command + arguments, cwd=ROOT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def equal(what, own, other, tolerance):
    global values
    values += 1
    if not abs(own - other) <= tolerance:
        sys.exit(f"{what}: ours {own!r}, theirs {other!r}, tolerance {tolerance:g}")


def series():
    rng = np.random.default_rng(20)
    noise = rng.standard_normal((640, 8))
    edge = noise.copy()
    edge[:, 0] += 0.15
    smooth = np.empty_like(noise)
    smooth[0] = noise[0]
    for t in range(1, len(noise)):
        smooth[t] = 0.5 * smooth[t - 1] + noise[t]
    skewed = rng.exponential(size=(640, 8)) - np.array([1.0, 0.9] + [1.02] * 6)
    yield "noise", noise
    yield "an edge", edge
    yield "autocorrelated", smooth
    yield "skewed", skewed


def main():
    for name, matrix in series():
        table = pd.DataFrame(matrix, columns=[f"c{place}" for place in range(matrix.shape[1])])
        block = 10.0
        # The scatter of trials as purgedcv takes it: per period.
        trials, variance = 46, 0.002
        found = ours(table, block, trials, variance)
        for place in range(matrix.shape[1]):
            theirs = optimal_block_length(matrix[:, place])
            for which, kind in enumerate(["stationary", "circular"]):
                # A block is one row at least; arch leaves the bare formula.
                other = max(1.0, float(theirs[kind].iloc[0]))
                equal(f"{name}, column {place}: {kind} block length", found["block_lengths"][place][which], other, 1e-9 * max(1.0, other))
        # arch takes losses: a gain is a benchmark of 0 less the model's loss.
        test = SPA(np.zeros(len(matrix)), -matrix, block_size=int(block), reps=DRAWS, bootstrap="stationary", seed=7)
        test.compute()
        for which, kind in enumerate(["lower", "consistent", "upper"]):
            other = float(test.pvalues[kind])
            error = max((other * (1.0 - other) / DRAWS) ** 0.5, 1.0 / DRAWS)
            equal(f"{name}: SPA, {kind}", found["spa"][which], other, 4.0 * 2.0**0.5 * error)
        pbo = purgedcv.probability_of_backtest_overfitting(matrix.T, n_splits=16).pbo
        equal(f"{name}: probability of overfitting", found["pbo"], pbo, 1e-9)
    print(f"arch {arch.__version__} and purgedcv {purgedcv.__version__}: {values} values agree")


if __name__ == "__main__":
    main()
