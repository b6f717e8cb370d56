#!/usr/bin/env bash
# Lets every referee judge the built binary: bash tests/referees/run.sh path/to/scaleout
#
# The referees are other people's tools. Each folder beside this file names pinned versions (requirements.txt), which
# are installed from PyPI into a scratch folder, and a run.py that exits non-zero at the first difference. If an
# installation is impossible this says so and fails.
set -euo pipefail
scaleout=$(realpath "${1:?usage: run.sh path/to/scaleout}")
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PYTHONDONTWRITEBYTECODE=1

judged=0
for folder in "$here"/*/; do
    name=$(basename "$folder")
    python3 -m venv "$scratch/$name" || { echo "REFEREES DID NOT RUN: python3 with venv is needed"; exit 1; }
    "$scratch/$name/bin/pip" install --quiet --disable-pip-version-check -r "$folder/requirements.txt" \
        || { echo "REFEREES DID NOT RUN: the packages for $name could not be installed from PyPI"; exit 1; }
    echo "-- $name"
    "$scratch/$name/bin/python" "$folder/run.py" "$scaleout"
    judged=$((judged + 1))
done
test "$judged" -gt 0
echo "$judged groups of referees agree"
