#!/usr/bin/env bash
# Stable-Baselines3's PPO and ours on the same tasks, measured in one run. Never part of CI.
#   experiments/speed-rl/run.sh BUILD_FOLDER [options of compare.py]
# Takes about ten minutes; wants a machine that does nothing else. Installs Debian's python3-torch
# (a few hundred MB; pip's would be several GB) and the rest into BUILD_FOLDER/speed-rl/venv.
set -euo pipefail
build=$(cd "${1:?usage: run.sh BUILD_FOLDER [options of compare.py]}" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
out=$build/speed-rl
mkdir -p "$out"

# shellcheck source=../../jobs/packages.sh
source "$root/jobs/packages.sh"
install_packages "$out/packages.log" python3-torch python3-venv

if [[ ! -x $out/venv/bin/python ]]; then
  /usr/bin/python3 -m venv --system-site-packages "$out/venv"
  "$out/venv/bin/pip" install -q --no-deps stable-baselines3==2.3.2 gymnasium==0.29.1 \
    farama-notifications cloudpickle
  # Debian calls its torch 1.13.0a0, which pip takes for older than the 1.13 that SB3 wants.
  "$out/venv/bin/pip" install -q "numpy<2" "pandas<2.2" "matplotlib<3.9" typing-extensions \
    2>"$out/pip.log" || {
    cat "$out/pip.log" >&2
    exit 1
  }
fi

cmake --build "$build" --target idrill
lib=$build/src
"${CC:-cc}" -std=gnu11 -O2 -shared -fPIC -fopenmp -march=x86-64-v3 -D_GNU_SOURCE -I"$root/src" \
  -o "$out/vecenv.so" "$here/vecenv.c" "$lib/libidr_env.a" "$lib/libidr_drill.a" \
  "$lib/libidr_base.a" -lyaml -lxxhash -lm

"$out/venv/bin/python" "$here/compare.py" --idrill "$build/bin/idrill" \
  --library "$out/vecenv.so" --out "$out/results.json" "$@"
