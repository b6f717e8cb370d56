#!/usr/bin/env bash
# Makes the models of this folder: bash models/make.sh [path/to/scaleout] [folder to write, by default this one]
#
# Each is the refit of one learner of a run, with the report of that run beside it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scaleout=$(realpath "${1:-$here/../target/release/scaleout}")
out=$(realpath "${2:-$here}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$here/.."

for name in es-ticks own-csv; do
    "$scaleout" run "experiments/$name/config.toml" --out "$scratch/$name" > "$scratch/$name.txt"
    rm -rf "${out:?}/$name"
    "$scaleout" export "$scratch/$name" --to model onnx golden verify-py --learner linear --rows 100 --out "$out/$name"
    cp "$scratch/$name/report.md" "$out/$name/report.md"
    "$scaleout" verify "$out/$name"
done
