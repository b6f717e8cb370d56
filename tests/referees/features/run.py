"""Runs every referee of the features; stops with an error at the first value that differs.

usage: run.py SCALEOUT [REFEREE ...]
"""

import importlib
import os
import sys
from pathlib import Path

REFEREES = ["talib", "arch", "numpy"]


def main():
    binary, *names = sys.argv[1:]
    os.environ["SCALEOUT"] = str(Path(binary).resolve())
    for name in names or REFEREES:
        importlib.import_module(f"referee_{name}").main()


if __name__ == "__main__":
    main()
