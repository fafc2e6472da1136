#!/bin/sh
# Lives of machines in mode degradation, their hazards, and what the gauges tell of their damage.
#   experiments/equipment-lives/run.sh BUILD_FOLDER [WELL_MONTHS]
set -e
build=${1:?build folder}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -D_GNU_SOURCE -I"$root/src" -o "$work/lives" "$here/lives.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$work/lives" "${2:-256}" "$work"
gnuplot -e "folder='$work'; png='$here/hazards.png'" "$here/plot.gp"
