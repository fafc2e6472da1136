# Sourced by the scripts of tests/cli: runs the binary, keeps what it said, compares.
# shellcheck shell=bash
set -euo pipefail
: "${IDRILL:?path of the binary}"
if [[ ! -x $IDRILL ]]; then
  echo "there is no binary $IDRILL: was it built?" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failures=0
code=0

# run ARGUMENT... : leaves $work/out, $work/err and the exit code in $code.
run() {
  code=0
  "$IDRILL" "$@" >"$work/out" 2>"$work/err" || code=$?
  last="idrill $*"
}

# run_ranks N ARGUMENT... : the same as N ranks.
run_ranks() {
  local ranks=$1
  shift
  code=0
  # MPIRUN is a command and its flags.
  # shellcheck disable=SC2086
  $MPIRUN "$ranks" "$IDRILL" "$@" >"$work/out" 2>"$work/err" || code=$?
  last="$ranks ranks of idrill $*"
}

complain() {
  echo "$last: $*" >&2
  sed 's/^/  out: /' "$work/out" >&2
  sed 's/^/  err: /' "$work/err" >&2
  failures=$((failures + 1))
}

exits() { [[ $code == "$1" ]] || complain "exit code $code, expected $1"; }
says() { grep -qF -- "$1" "$work/out" || complain "does not say '$1'"; }
complains() { grep -qF -- "$1" "$work/err" || complain "does not complain '$1'"; }
silent() { [[ ! -s $work/err ]] || complain "complains of something"; }
# The error is told once, however many ranks had it.
complains_once() {
  local n
  n=$(grep -cF -- "$1" "$work/err" || true)
  [[ $n == 1 ]] || complain "complains '$1' $n times"
}

finish() {
  if ((failures > 0)); then
    echo "$failures expectations failed" >&2
    exit 1
  fi
}
