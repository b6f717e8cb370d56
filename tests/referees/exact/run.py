"""Compares ours with the exact reference on random cases; prints the smallest job of each kind of difference.

usage: run.py SCALEOUT [--full] [--cases N] [--seed S] [--show K]

1,000 cases and 300 for the properties of `properties.py`; with --full 20,000 and 3,000.
"""

import argparse
import sys
import time
from collections import Counter

import cases
import compare
import open_findings
import properties
import shrink


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", type=int, default=3)
    asked = parser.parse_args()
    count = asked.cases or (20_000 if asked.full else 1_000)
    differ = compared(asked.binary, count, asked.seed, asked.show)
    broken = properties.check(asked.binary, count * 3 // 20 if asked.full else max(10, count * 3 // 10), asked.seed)
    print(f"exact reference: {time.process_time():.0f} CPU seconds of its own")
    sys.exit(1 if differ or broken else 0)


def compared(binary, count, seed, show):
    """How many of `count` random cases differ, of which the smallest of up to `show` kinds are shown."""
    found, kinds, known = [], Counter(), Counter()
    for number in range(count // cases.TRADES_IN_JOB):
        job = cases.job(f"{seed}/{number}")
        kinds.update(trade["policy"]["kind"] for trade in job["trades"])
        for trade, what, words in compare.differences(binary, job):
            explained = open_findings.explains(job, trade)
            if explained:
                known[explained] += 1
            else:
                found.append((number, job, trade, what, words))
    print(f"exact reference, seed {seed}: {sum(kinds.values())} cases, {len(found)} differ", flush=True)
    print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    for explained, count in known.items():
        print(f"  {count} known and open: {explained}")
    shown = Counter()
    for number, job, trade, what, words in found:
        sort = (what, trade["policy"]["kind"])
        shown[sort] += 1
        if shown[sort] > 1 or len(shown) > show:
            continue
        small = shrink.smallest(binary, job, trade, what)
        print(f"-- job {number}, trade {trade['id']}, {trade['policy']['kind']}: {words}")
        print(compare.text_of(small))
        for _, _, words in compare.differences(binary, small):
            print(f"  {words}")
        if not what.startswith("refused"):
            print(compare.told(compare.exact(small)[0], compare.ours(binary, small)[0]))
    if len(shown) > 1:
        print("  in all: " + ", ".join(f"{what} of {kind} {count}" for (what, kind), count in shown.most_common()))
    return len(found)


if __name__ == "__main__":
    main()
