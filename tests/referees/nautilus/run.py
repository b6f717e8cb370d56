"""NautilusTrader on the paths and through the comparison of `../exits`, and the generated program through that of `../export`.

usage: run.py SCALEOUT [--full]
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "exits"), str(HERE.parent / "export")]

import played  # noqa: E402
import run  # noqa: E402


def program(binary):
    """Whether the generated program sells as ours on every trade of own-csv."""
    play = played.in_process_of_its_own(sys.executable, HERE / "program.py")
    with tempfile.TemporaryDirectory() as scratch:
        return played.Referee(binary, "nautilus", "nautilus", play, one_limit_a_print=True).judge(Path(scratch))


if __name__ == "__main__":
    if not program(sys.argv[1]):
        sys.exit(1)
    run.main(["nautilus"])
