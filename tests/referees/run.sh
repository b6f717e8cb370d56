#!/usr/bin/env bash
# Lets every referee judge the built binary: bash tests/referees/run.sh path/to/scaleout [--full]
#
# `exact` is a simulator of our own in rational arithmetic and needs nothing but Python. The others are other people's
# tools: their folders name pinned versions (requirements.txt), which are installed from PyPI into a scratch folder. Every
# folder has a run.py that exits non-zero at a difference. Folders with a file `full-only` take part with --full alone;
# with --full the others take more seeds. If an installation is impossible this says so and fails.
set -euo pipefail
scaleout=$(realpath "${1:?usage: run.sh path/to/scaleout [--full]}")
full=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PYTHONDONTWRITEBYTECODE=1

judged=0
for folder in "$here"/*/; do
    name=$(basename "$folder")
    if [ -e "$folder/full-only" ] && [ "$full" != --full ]; then continue; fi
    echo "-- $name"
    python=python3
    if [ -e "$folder/requirements.txt" ]; then
        python3 -m venv "$scratch/$name" || { echo "REFEREES DID NOT RUN: python3 with venv is needed"; exit 1; }
        python="$scratch/$name/bin/python"
        "$python" -m pip install --quiet --disable-pip-version-check -r "$folder/requirements.txt" \
            || { echo "REFEREES DID NOT RUN: the packages for $name could not be installed from PyPI"; exit 1; }
    fi
    # Every group but the features has a longer form.
    arguments=()
    if [ "$full" = --full ] && [ "$name" != features ]; then arguments=(--full); fi
    "$python" "$folder/run.py" "$scaleout" "${arguments[@]}"
    judged=$((judged + 1))
done
test "$judged" -gt 0
echo "$judged groups of referees agree ($SECONDS s)"
