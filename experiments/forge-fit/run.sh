#!/bin/sh
# Fits rock strength of the FORGE well file to the bit runs of a CSV.
#   experiments/forge-fit/run.sh BUILD_FOLDER BIT_RUNS.csv
# The CSV is the table of bit runs of the daily drilling reports (Utah FORGE, Geothermal Data Repository).
set -e
build=${1:?build folder} runs=${2:?csv of bit runs}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
program=$(mktemp)
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -march=x86-64-v3 -I"$root/src" -o "$program" "$here/forge_fit.c" \
  "$build/src/libidr_drill.a" "$build/src/libidr_base.a" -lyaml -lxxhash -lm -fopenmp
"$program" "$root/configs/wells/forge-16a-78-32.yaml" "$runs"
