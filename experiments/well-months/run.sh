#!/bin/sh
# A month of many rigs as a table, and how fast a rig's seconds go by.
#   experiments/well-months/run.sh BUILD_FOLDER [WELLS [DAYS [SEED]]]
#   experiments/well-months/run.sh BUILD_FOLDER speed
set -e
build=${1:?build folder}
shift
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
program=$(mktemp)
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$program" "$here/well_months.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program" "$@"
