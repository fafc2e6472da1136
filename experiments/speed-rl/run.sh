#!/usr/bin/env bash
# Stable-Baselines3's PPO and ours on the same tasks, measured in one run. Never part of CI.
#   experiments/speed-rl/run.sh BUILD_FOLDER [options of compare.py]
# Takes about ten minutes; wants a machine that does nothing else.
set -euo pipefail
build=$(cd "${1:?usage: run.sh BUILD_FOLDER [options of compare.py]}" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$build/speed-rl

# shellcheck source=../peers.sh
source "$here/../peers.sh"
prepare_peers "$build"
"$out/venv/bin/python" "$here/compare.py" --idrill "$build/bin/idrill" \
  --library "$out/vecenv.so" --out "$out/results.json" "$@"
