#!/usr/bin/env bash
# How fast half a year at one row a second is made, and what it takes: one well and many, with and
# without compression, on 1 and 2 ranks, both layouts; every set is read back and verified.
#
#   experiments/dataset-6-months/run.sh [FOLDER] [DAYS] [WELLS] [DAYS_OF_EACH]
#
# One well over 180 days, then 32 wells over 8 days each: rates do not depend on the length.
#
# IDRILL names the binary. Data sets are removed when they have been measured; the table is printed,
# and a line per set goes to FOLDER/results.jsonl.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
idrill=${IDRILL:-$here/../../build/release/bin/idrill}
folder=${1:-dataset-6-months}
days=${2:-180}
wells=${3:-32}
each=${4:-8}
mkdir -p "$folder"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive

# measure NAME RANKS SETTING... : with two threads in all.
measure() {
  local name=$1 ranks=$2 length=$days begin
  if [[ $name != one-well* ]]; then length=$each; fi
  shift 2
  local start=("$idrill")
  if ((ranks > 1)); then start=(mpirun -np "$ranks" --bind-to none "$idrill"); fi
  rm -rf "${folder:?}/$name"
  "${start[@]}" generate "dataset.duration=$length d" run.threads=$((2 / ranks)) \
    run.folder="$folder/$name" run.progress=false "$@" 2>"$folder/$name.log"
  begin=$(date +%s.%N)
  "$idrill" check "$folder/$name" >"$folder/$name.check"
  python3 "$here/row.py" "$folder/$name/summary.json" "$name" "$ranks" \
    "$(echo "$(date +%s.%N) - $begin" | bc)" >>"$folder/results.jsonl"
  rm -rf "${folder:?}/$name"
}

: >"$folder/results.jsonl"
measure one-well 1
measure one-well-readings 1 dataset.truth=false
measure wells 1 dataset.wells="$wells"
measure wells-2-ranks 2 dataset.wells="$wells"
measure wells-raw 1 dataset.wells="$wells" dataset.filter=none
measure wells-raw-2-ranks 2 dataset.wells="$wells" dataset.filter=none
measure one-file-2-ranks 2 dataset.wells="$wells" dataset.layout=one
python3 "$here/row.py" --table "$folder/results.jsonl"
