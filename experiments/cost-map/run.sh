#!/bin/sh
# Maps cost per metre over weight and speed for six rocks.
#   experiments/cost-map/run.sh BUILD_FOLDER [DEPTH_M]
set -e
build=${1:?build folder}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
program=$(mktemp)
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$program" "$here/cost_map.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program" "${2:-2500}"
