#!/bin/sh
# Foretells the rate of penetration of FORGE 16B(78)-32, each 500 ft from the rest of the well.
#   experiments/forge/run.sh BUILD_FOLDER DEPTH_LOG.csv [OUT_FOLDER]
# The CSV is the depth log of the well (Utah FORGE, Geothermal Data Repository), one row per foot.
set -e
build=${1:?build folder} log=${2:?csv of the depth log} out=${3:-.}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
program=$(mktemp)
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$program" "$here/forge_rop.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program" "$log" "$out/blocks.csv"
if command -v gnuplot >/dev/null; then
  gnuplot -e "csv='$out/blocks.csv'; png='$out/blocks.png'" "$here/plot.gp"
fi
