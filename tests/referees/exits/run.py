"""Runs every referee on 1,000 random paths; exits 1 if a fill or the cash differs.

usage: run.py SCALEOUT [REFEREE ...]
"""

import importlib
import sys

import compare
import paths

REFEREES = ["pynecore", "vectorbt", "backtesting"]
PATHS = 1000
SEED = 7


def main():
    binary, *names = sys.argv[1:]
    failed = False
    for name in names or REFEREES:
        referee = importlib.import_module(f"referee_{name}")
        trades = paths.random_paths(SEED, PATHS, referee.OFFSET)
        theirs = referee.fills(trades)
        ours = compare.ours(binary, trades, referee.INTRABAR)
        found = compare.differences(trades, ours, theirs)
        sales = sum(len(ours[path.name][0]) for path in trades)
        print(f"{name}: {len(trades)} paths, {sales} sales, {len(found)} differ")
        for path, our_fills, our_net, their_fills, their_net in found[:5]:
            failed = True
            print(f"  path {path.name} {path.side} from {path.entry}, stop {path.stop}, rungs {path.rungs}")
            print(f"    ours   {our_net:.9f} {our_fills}")
            print(f"    theirs {their_net:.9f} {their_fills}")
            for bar in sorted({fill[0] for fill in our_fills + their_fills}):
                print(f"    bar {bar}: {path.bars[bar]}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
