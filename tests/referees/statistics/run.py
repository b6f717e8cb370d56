"""Runs the referees of the statistics; stops with an error at the first value that differs.

usage: run.py SCALEOUT [--full]    (the binary says where the repository is built; the example beside it is built when needed)
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
import scipy.stats
from arch.bootstrap import SPA, optimal_block_length

ROOT = Path(__file__).resolve().parents[3]
DRAWS = 4000
values = 0


def build():
    """The path of the example that prints our figures."""
    # With the program's package beside it the libraries keep the features that they are already built with.
    command = ["cargo", "build", "--quiet", "--release", "-p", "scaleout-evaluation", "-p", "scaleout", "--example", "statistics"]
    done = subprocess.run([*command, "--message-format=json"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("the example `statistics` of scaleout-evaluation could not be built")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    is_it = lambda message: message.get("executable") and message["target"]["name"] == "statistics"
    return next(message["executable"] for message in messages if is_it(message))


def ours(example, table, block, splits, trials, variance, moments):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series.csv"
        table.to_csv(path, index=False, float_format="%.17g")
        arguments = [str(path), repr(float(block)), str(DRAWS), str(splits)]
        arguments += [repr(float(value)) for value in (trials, variance, *moments)]
        done = subprocess.run([example, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"the example `statistics` failed: {done.stderr}")
        return json.loads(done.stdout)


def equal(what, own, other, tolerance):
    global values
    values += 1
    if not abs(own - other) <= tolerance:
        sys.exit(f"{what}: ours {own!r}, theirs {other!r}, tolerance {tolerance:g}")


def superior(matrix, block, seed):
    """The p-values of Hansen's test with the statistic of his paper, max(0, max_k √n d_k / ω_k).

    arch compares plain means and takes ω, the bootstrap's standard deviation, for the recentring alone. Columns divided
    by arch's own ω make its statistic the published one.
    """

    def losses(gains):
        # arch takes losses: a gain is a benchmark of 0 less the model's loss.
        test = SPA(np.zeros(len(gains)), -gains, block_size=int(block), reps=DRAWS, bootstrap="stationary", seed=seed)
        test.compute()
        return test

    plain = losses(matrix)
    return losses(matrix / np.sqrt(plain._loss_diff_var)).pvalues


def series(seed):
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((640, 8))
    edge = noise.copy()
    edge[:, 0] += 0.15
    smooth = np.empty_like(noise)
    smooth[0] = noise[0]
    for t in range(1, len(noise)):
        smooth[t] = 0.5 * smooth[t - 1] + noise[t]
    skewed = rng.exponential(size=(640, 8)) - np.array([1.0, 0.9] + [1.02] * 6)
    # A small edge in the column that varies least: without dividing by the deviation the loud columns hide it.
    loud = noise * np.array([0.2, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0])
    loud[:, 0] += 0.016
    yield "noise", noise
    yield "an edge", edge
    yield "autocorrelated", smooth
    yield "skewed", skewed
    yield "an edge among loud columns", loud


def judge(example, name, matrix, splits):
    table = pd.DataFrame(matrix, columns=[f"c{place}" for place in range(matrix.shape[1])])
    block = 10.0
    # The scatter of trials as purgedcv takes it: per period.
    trials, variance = 46, 0.002
    first = matrix[:, 0]
    theirs = purgedcv.deflated_sharpe_ratio_full(first, n_trials=trials, var_sharpe=variance)
    found = ours(example, table, block, splits, trials, variance, (theirs.observed_sr, theirs.skew, theirs.kurt))
    for place in range(matrix.shape[1]):
        lengths = optimal_block_length(matrix[:, place])
        for which, kind in enumerate(["stationary", "circular"]):
            # A block is one row at least; arch leaves the bare formula.
            other = max(1.0, float(lengths[kind].iloc[0]))
            equal(f"{name}, column {place}: {kind} block length", found["block_lengths"][place][which], other, 1e-9 * other)
    pvalues = superior(matrix, block, 7)
    for which, kind in enumerate(["lower", "consistent", "upper"]):
        other = float(pvalues[kind])
        error = max((other * (1.0 - other) / DRAWS) ** 0.5, 1.0 / DRAWS)
        equal(f"{name}: SPA, {kind}", found["spa"][which], other, 4.0 * 2.0**0.5 * error)
    pbo = purgedcv.probability_of_backtest_overfitting(matrix.T, n_splits=splits).pbo
    equal(f"{name}: probability of overfitting", found["pbo"], pbo, 1e-9)

    # The paper leaves open which sample moments to take. Ours: the deviation with n - 1, skew and kurtosis with n.
    # purgedcv: the deviation with n, skew and kurtosis without bias. So the moments are held against numpy and scipy,
    # and the ratio is compared on purgedcv's own moments.
    moments = [first.mean() / first.std(ddof=1), scipy.stats.skew(first), scipy.stats.kurtosis(first, fisher=False)]
    for what, own, other in zip(["Sharpe ratio", "skew", "kurtosis"], found["moments"], moments, strict=True):
        equal(f"{name}: {what}", own, float(other), 1e-12 * max(1.0, abs(other)))
    by_own, by_theirs = found["deflated_sharpe"]
    equal(f"{name}: deflated Sharpe ratio", by_theirs, theirs.dsr, 1e-12 + 1e-10 * theirs.dsr)
    # What the choice of moments moves is of order 1/n.
    equal(f"{name}: deflated Sharpe ratio, own moments", by_own, theirs.dsr, 5.0 / len(first))


def main():
    example = build()
    seeds = range(20, 30) if "--full" in sys.argv else [20]
    for seed, (name, matrix) in ((seed, named) for seed in seeds for named in series(seed)):
        # purgedcv takes 20 CPU seconds for the 12,870 combinations of 16 blocks, which is worth it once.
        judge(example, f"{name} (seed {seed})", matrix, splits=16 if name == "an edge" else 8)
    print(f"arch {arch.__version__} and purgedcv {purgedcv.__version__}: {values} values agree")


if __name__ == "__main__":
    main()
