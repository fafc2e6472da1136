#!/bin/sh
# The table of the physics, and what the string models cost.
#   experiments/verify-physics/run.sh BUILD_FOLDER
set -e
build=${1:?build folder}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
program=$(mktemp)
trap 'rm -f "$program"' EXIT
"$build/bin/idrill" verify-physics
${CC:-cc} -std=gnu11 -O3 -march=x86-64-v3 -ffp-contract=off -fno-math-errno -fno-trapping-math \
  -I"$root/src" -o "$program" "$here/string_speed.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program"
