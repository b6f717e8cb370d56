"""The generated vectorbt program on every trade of own-csv. usage: run.py SCALEOUT [--full]"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "export"))

from played import Referee  # noqa: E402


def run(folder, bars, leave_by):
    out = folder / "sales.json"
    program = [sys.executable, folder / "exits_vectorbt.py", bars, folder / "entries.csv", leave_by, out]
    done = subprocess.run(program, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}")
    return json.loads(out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        passed = Referee(sys.argv[1], "vectorbt", "vectorbt", run, at_once=True).judge(Path(scratch))
    sys.exit(0 if passed else 1)
