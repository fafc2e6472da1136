#!/usr/bin/env bash
# Our PPO and SAC, Stable-Baselines3's, and single-file PyTorch ones on the same tasks, with the same
# budgets and seeds: learning curves, final scores, speed. Never part of CI.
#   experiments/rl-baselines/run.sh BUILD_FOLDER [options of study.py]
# Takes about ten minutes a seed; wants a machine that does nothing else. `--scale 0.02 --seeds 1` tries it.
# Writes results.json, curves.csv and curves.png to BUILD_FOLDER/rl-baselines, and results.md here when
# no budget was scaled and no task left out.
set -euo pipefail
build=$(cd "${1:?usage: run.sh BUILD_FOLDER [options of study.py]}" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$build/rl-baselines

# shellcheck source=../peers.sh
source "$here/../peers.sh"
prepare_peers "$build"
install_packages "$build/speed-rl/gnuplot.log" gnuplot-nox
mkdir -p "$out"
"$build/speed-rl/venv/bin/python" "$here/study.py" --idrill "$build/bin/idrill" \
  --library "$build/speed-rl/vecenv.so" --out "$out" "$@"
python3 "$here/table.py" "$out" >"$out/results.md"
gnuplot -e "csv='$out/curves.csv'; png='$out/curves.png'" "$here/curves.gp"
if [[ " $* " != *" --scale "* && " $* " != *" --tasks "* && " $* " != *" --learners "* ]]; then
  cp "$out/results.md" "$out/curves.png" "$here/"
fi
cat "$out/results.md"
