"""jesse on the paths and through the comparison of `../exits`.

usage: run.py SCALEOUT [--full]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "exits"))

import run  # noqa: E402

if __name__ == "__main__":
    run.main(["jesse"])
