#!/bin/sh
# Maps cost per metre over weight and speed for six rocks; draws cost_map.png.
#   experiments/cost-map/run.sh BUILD_FOLDER [DEPTH_M]
set -e
build=${1:?build folder}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$work/map" "$here/cost_map.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$work/map" "${2:-2500}" "$work/map.csv"
gnuplot -e "csv='$work/map.csv'; png='$here/cost_map.png'" "$here/plot.gp"
