"""Runs every referee on random paths; exits 1 if a fill or the cash differs, but for known defects of the referee.

usage: run.py SCALEOUT [--full] [--referee NAME]...
"""

import argparse
import importlib
import sys
import time

import compare
import paths
from defects import DEFECTS, undone

REFEREES = ["pynecore", "vectorbt", "backtesting"]


def main(referees=REFEREES):
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--full", action="store_true", help="ten seeds instead of two")
    parser.add_argument("--referee", action="append", choices=referees)
    asked = parser.parse_args()
    failed, seeds = 0, 10 if asked.full else 2
    for name in asked.referee or referees:
        referee = importlib.import_module(f"referee_{name}")
        started = time.process_time()
        explained = 0
        for setup in referee.SETUPS:
            for seed in range(1, seeds + 1):
                unexplained, known = judge(asked.binary, referee, name, setup, seed)
                failed, explained = failed + unexplained, explained + known
        defect = DEFECTS.get(name)
        if defect:
            print(
                f"{name}: {explained} of at most {defect.most[seeds]} paths by its defect: {defect.name} ({defect.source})"
            )
            failed += defect.most[seeds] < explained
        print(f"{name}: {time.process_time() - started:.0f} CPU seconds, {seeds} seeds", flush=True)
    sys.exit(1 if failed else 0)


def judge(binary, referee, name, setup, seed):
    """How many paths differ, of which up to three are shown, and on how many a known defect of the referee says why."""
    trades = paths.random_paths(seed, setup)
    theirs = referee.fills(trades, setup)
    ours = compare.ours(binary, trades, setup, referee.FILLS)
    found = compare.differences(trades, ours, theirs)
    known = [case for case in found if name in DEFECTS and undone(setup, case[0], case[1:3], case[3:5])]
    found = [case for case in found if case not in known]
    sales = sum(len(ours[path.name][0]) for path in trades)
    print(
        f"{name}, {setup.name}, seed {seed}: {len(trades)} paths, {sales} sales, {len(found)} differ, {len(known)} by a known defect",
        flush=True,
    )
    for path, our_fills, our_net, their_fills, their_net in found[:3]:
        print(
            f"  path {path.name} {path.side} from {path.entry}, stop {path.stop}, behind {path.behind}, rungs {path.rungs}"
        )
        print(f"    ours   {our_net:.9f} {our_fills}")
        print(f"    theirs {their_net:.9f} {their_fills}")
        for bar in range(paths.ENTRY_BAR, max(fill[0] for fill in our_fills + their_fills) + 1):
            print(f"    bar {bar}: {path.bars[bar]} {path.finer[paths.FINER * bar : paths.FINER * (bar + 1)]}")
    return len(found), len(known)


if __name__ == "__main__":
    main()
