#!/bin/sh
# Cost per metre over weight on bit and speed for three rocks: CSV and picture.
#   experiments/cost-map/run.sh BUILD_FOLDER [OUT_FOLDER]
# Should show: in every rock the cheapest point lies inside the map, held in by stick-slip at low
# speed, founder and slip at high weight, and wear at high speed; harder rock wants other set-points.
set -e
build=${1:?build folder} out=${2:-.}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
mkdir -p "$out"
program=$(mktemp)
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$program" "$here/cost_map.c" \
  "$root/src/rl/baseline_map.c" "$build/src/libidr_env.a" "$build/src/libidr_drill.a" \
  "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program" "$out/cost_map.csv"
if command -v gnuplot > /dev/null; then
  gnuplot -e "csv='$out/cost_map.csv'; png='$out/cost_map.png'" "$here/plot.gp"
else
  echo "gnuplot is not installed: no picture, see $out/cost_map.csv"
fi
