#!/usr/bin/env bash
# Builds and tests everything, on a fresh Debian or Ubuntu machine too.
#
#   tests/run.sh            all of it, as CI does
#   tests/run.sh --quick    for developers: format, one build, its unit and command-line tests
#
# Each step has its log in build/ci/logs. Exit code 0 only when every step passed. IDR_PACKAGES=no
# installs no system packages, IDR_PEERS=no makes no Python environment (the peer tests then skip).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=../jobs/packages.sh
source jobs/packages.sh

quick=no
case ${1:-} in
--quick) quick=yes ;;
"") ;;
*)
  sed -nE '2,/^set /s/^# ?//p' "${BASH_SOURCE[0]}"
  exit 1
  ;;
esac

build=build/ci
logs=$PWD/$build/logs
venv=$PWD/.venv-tests
jobs=$(nproc)
mkdir -p "$logs"

passed=0
failed=0
skipped=0
failures=()
begin=$SECONDS

# step NAME COMMAND... : one line of result; the end of the log when it failed. Tests that CTest ran
# inside are counted one by one, any other step counts as one.
step() {
  local name=$1 log=$logs/$1.log start=$SECONDS code=0 result=ok
  shift
  "$@" >"$log" 2>&1 || code=$?
  case $code in
  0) ;;
  77) result=skip ;;
  *) result=FAIL ;;
  esac
  printf '%-4s  %-22s %4d s' "$result" "$name" $((SECONDS - start))
  count_tests "$log" "$code"
  if ((code != 0 && code != 77)); then
    failures+=("$name")
    echo "---- the end of $log" >&2
    tail -n 60 "$log" >&2
    echo "----" >&2
  fi
}

count_tests() { # LOG CODE
  local line bad=0 total=0 unrun
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$1" || true)
  if [[ -n $line ]]; then
    read -r bad total < <(sed -E 's/.*passed, ([0-9]+) tests failed out of ([0-9]+).*/\1 \2/' <<<"$line")
    unrun=$(grep -cE '\*\*\*Skipped' "$1" || true)
    printf '   %d passed, %d failed, %d skipped\n' $((total - bad - unrun)) "$bad" "$unrun"
    passed=$((passed + total - bad - unrun))
    failed=$((failed + bad))
    skipped=$((skipped + unrun))
    return
  fi
  case $2 in
  0) passed=$((passed + 1)) && echo ;;
  77) skipped=$((skipped + 1)) && echo "   $(tail -n 1 "$1")" ;;
  *) failed=$((failed + 1)) && echo ;;
  esac
}

skip() {
  echo "skipped: $*"
  return 77
}

sources() { # SUFFIX-PATTERN... : of git where there is one, else of the folders
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -- "$@"
  else
    find src jobs tests kernels slurm -type f \( -name "$1" ${2:+-o -name "$2"} ${3:+-o -name "$3"} \)
  fi
}

check_format() {
  local tool
  tool=$(command -v clang-format-14 || command -v clang-format || true)
  # Other versions lay the code out differently.
  if [[ -z $tool ]] || [[ $("$tool" --version) != *"version 14"* ]]; then
    skip "clang-format 14 is not installed"
    return
  fi
  sources '*.c' '*.h' '*.cu' | xargs -r "$tool" --dry-run -Werror
}

check_scripts() {
  command -v shellcheck >/dev/null || {
    skip "shellcheck is not installed"
    return
  }
  sources '*.sh' '*.sbatch' '.ci/run' | xargs -r shellcheck -x -P SCRIPTDIR
}

make_peers() {
  [[ ${IDR_PEERS:-yes} != no ]] || {
    skip "IDR_PEERS=no"
    return
  }
  [[ -x $venv/bin/python ]] || python3 -m venv "$venv" || return 1
  "$venv/bin/python" -c 'import gymnasium, mlflow, numpy, onnx, onnxruntime
import h5netcdf, h5py, netCDF4, xarray' 2>/dev/null ||
    "$venv/bin/python" -m pip install --quiet 'gymnasium>=1.0,<2' 'numpy<3' 'mlflow>=3.17,<4' \
      'onnx>=1.17,<2' 'onnxruntime>=1.20,<2' h5netcdf h5py netCDF4 'xarray>=2024.10'
}

configure() { # PRESET FOLDER OPTION...
  local preset=$1 folder=$2
  shift 2
  cmake --preset "$preset" -B "$folder" "$@"
}

# Goes on after an error, so that one broken file hides no other.
build_tree() { cmake --build "$1" -j "$jobs" -- -k 0; }

run_tests() { # FOLDER OPTION...
  local folder=$1
  shift
  ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$jobs" "$@"
}

# The installed tree works from a place of its own, moved after the installation: two iterations of an
# installed configuration, and a well file of the tree.
check_install() (
  local prefix=$logs/prefix moved=$logs/prefix-moved
  local idrill=$moved/bin/idrill configs=$moved/share/idrill/configs
  local tiny=(run.threads=1 net.policy="[8]" net.value="[8]")
  rm -rf "$prefix" "$moved"
  cmake --install "$build" --prefix "$prefix" && mv "$prefix" "$moved" && cd "$moved" || exit 1
  "$idrill" version && "$idrill" help train-rl >/dev/null && "$idrill" verify-physics &&
    "$idrill" train-rl "$configs/pendulum.yaml" ppo.lanes=8 ppo.horizon=64 ppo.steps=1024 \
      ppo.minibatch=128 run.folder=runs/pendulum "${tiny[@]}" &&
    "$idrill" train-rl train.task=drilling drilling.well_file="$configs/wells/example.yaml" \
      ppo.lanes=8 ppo.horizon=16 ppo.steps=256 ppo.minibatch=64 run.folder=runs/drilling \
      "${tiny[@]}" &&
    rm -rf "$moved"
)

# Only problems that gcc does not see; the tests run on gcc's build.
check_clang() {
  command -v clang >/dev/null || {
    skip "clang is not installed"
    return
  }
  configure clang build/ci-clang && build_tree build/ci-clang
}

check_sanitizers() {
  configure asan build/ci-asan -DIDR_WERROR=ON && build_tree build/ci-asan &&
    run_tests build/ci-asan -R '^(unit|cli)\.|^mpi\..*\.2$' -E '^unit\.(headers|layering|vectorised)$'
}

# Every reader of other people's bytes, for a fixed number of executions (tests/fuzz/README.md). An
# input that breaks one stays in the folder of the logs.
check_fuzz() {
  command -v clang >/dev/null || {
    skip "clang is not installed"
    return
  }
  echo 'int LLVMFuzzerTestOneInput(void *d, unsigned long n) { return !d && n; }' |
    clang -fsanitize=fuzzer,address -x c - -o /dev/null || {
    skip "clang has no libFuzzer here: install libclang-rt-<version>-dev"
    return
  }
  rm -rf "$logs/fuzz"
  configure fuzz build/ci-fuzz -DIDR_WERROR=ON &&
    cmake --build build/ci-fuzz --target fuzzers -j "$jobs" &&
    IDR_FUZZ_BUILD=build/ci-fuzz tests/fuzz/run.sh "$logs/fuzz"
}

packages=("${build_packages[@]}" libcmocka-dev)
if [[ $quick == no ]]; then
  packages+=(python3-venv shellcheck clang libomp-dev slurm-wlm munge environment-modules gnuplot-nox)
  # Not every release has these; the checks that want them then say so.
  for name in clang-format-14 chromium; do
    if offers "$name"; then packages+=("$name"); fi
  done
  # Which package holds libFuzzer and the sanitizers' library for clang differs between releases.
  runtime=$(apt-cache depends clang 2>/dev/null | sed -nE 's/.*Depends: clang-([0-9]+)$/libclang-rt-\1-dev/p')
  if offers "${runtime:-none}"; then packages+=("$runtime"); fi
fi
install_packages "$logs/packages.log" "${packages[@]}"

step format check_format
step scripts check_scripts
peer_python=()
if [[ $quick == no ]]; then
  step peers make_peers
  if [[ -x $venv/bin/python ]]; then peer_python=(-DIDR_PEER_PYTHON="$venv/bin/python"); fi
fi
step configure configure ci "$build" "${peer_python[@]}"
step build build_tree "$build"
if [[ $quick == yes ]]; then
  step tests run_tests "$build" -L '^(unit|cli)$'
else
  step tests run_tests "$build"
  step install check_install
  step clang check_clang
  step sanitizers check_sanitizers
  step fuzz check_fuzz
  grep ' executions, ' "$logs/fuzz.log" || true
fi

if ((${#failures[@]} > 0)); then
  echo "failed: ${failures[*]}"
fi
echo "total time $((SECONDS - begin)) s; logs are in $logs"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && ${#failures[@]} == 0))
