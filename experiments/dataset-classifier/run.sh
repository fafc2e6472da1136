#!/usr/bin/env bash
# Makes a data set and asks a small classifier to tell its events apart on wells that it has not seen.
#
#   experiments/dataset-classifier/run.sh BUILD_FOLDER [PYTHON]
#
# WELLS and DAYS say how much (24 wells of 30 days). Prints the tables of results.md.
set -euo pipefail

idrill=$(realpath "${1:?name the build folder}")/bin/idrill
python=${2:-python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=runs/experiment-dataset-classifier
[[ -d $runs/data ]] || "$idrill" generate dataset.wells="${WELLS:-24}" dataset.duration="${DAYS:-30}d" run.folder="$runs" >&2
"$python" experiments/dataset-classifier/classify.py "$runs" --json "$runs/classifier.json"
