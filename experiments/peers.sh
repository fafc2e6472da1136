# shellcheck shell=bash
# Sourced by the studies that measure beside other people's learners.
#   prepare_peers BUILD_FOLDER
# installs Debian's python3-torch (a few hundred MB; pip's would be several GB), the rest into
# BUILD_FOLDER/speed-rl/venv, and builds the engine's tasks as a library for Python,
# BUILD_FOLDER/speed-rl/vecenv.so.

# shellcheck source=../jobs/packages.sh
source "$(dirname "${BASH_SOURCE[0]}")/../jobs/packages.sh"

prepare_peers() {
  local build=$1 out=$1/speed-rl lib=$1/src root
  root=$(dirname "${BASH_SOURCE[0]}")/..
  mkdir -p "$out"
  install_packages "$out/packages.log" python3-torch python3-venv
  if [[ ! -x $out/venv/bin/python ]]; then
    /usr/bin/python3 -m venv --system-site-packages "$out/venv"
    "$out/venv/bin/pip" install -q --no-deps stable-baselines3==2.3.2 gymnasium==0.29.1 \
      farama-notifications cloudpickle
    # Debian calls its torch 1.13.0a0, which pip takes for older than the 1.13 that SB3 wants.
    "$out/venv/bin/pip" install -q "numpy<2" "pandas<2.2" "matplotlib<3.9" typing-extensions \
      2>"$out/pip.log" || {
      cat "$out/pip.log" >&2
      return 1
    }
  fi
  cmake --build "$build" --target idrill
  "${CC:-cc}" -std=gnu11 -O2 -shared -fPIC -fopenmp -march=x86-64-v3 -D_GNU_SOURCE \
    -I"$root/src" -o "$out/vecenv.so" "$root/experiments/speed-rl/vecenv.c" \
    "$lib/libidr_env.a" "$lib/libidr_drill.a" "$lib/libidr_base.a" -lyaml -lxxhash -lm
}
