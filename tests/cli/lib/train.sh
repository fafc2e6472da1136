# Sourced by the scripts of tests/cli that train: small configurations, what a run left behind, and
# runs in the background that get disturbed.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

# Iterations are fewer by this factor under a sanitizer, and wells are drilled for minutes.
# shellcheck disable=SC2034
shrink=${IDR_TEST_SHRINK:-1}
few_or() { # FEW ALL: an amount, FEW under a sanitizer
  if ((shrink > 1)); then echo "$1"; else echo "$2"; fi
}
export OMP_WAIT_POLICY=passive

# pendulum FILE ITERATIONS, drilling FILE ITERATIONS, sac FILE ITERATIONS (Pendulum with SAC): with 8
# blocks, so up to 8 ranks and threads.
pendulum() {
  cat >"$1" <<EOF
train: {task: pendulum}
ppo:
  {lanes: 32, horizon: 64, steps: $(($2 * 2048)), blocks: 8, tile_rows: 32, minibatch: 512,
   epochs: 2}
net: {policy: [32], value: [32]}
EOF
}

sac() {
  cat >"$1" <<EOF
train: {task: pendulum, method: sac}
sac:
  {lanes: 32, horizon: 8, steps: $(($2 * 256)), blocks: 8, tile_rows: 32, batch: 64,
   ratio: 0.05, replay: 3200, n_step: 2, noise_time: 3, critic: c51, atoms: 21,
   normalize_return: true}
net: {policy: [32], value: [32]}
EOF
}

drilling() {
  cat >"$1" <<EOF
train: {task: drilling}
drilling: {wells: 4, interval: 10 m, time_limit: $(few_or "5 min" "72 h")}
ppo:
  {lanes: 32, horizon: 16, steps: $(($2 * 512)), blocks: 8, tile_rows: 32, minibatch: 256,
   epochs: 2}
net: {policy: [16], value: [16]}
EOF
}

# What a run left behind, without the times.
results() { grep '"kind": "result"' "$1/metrics" | sed 's/, "t": .*//' | sort; }
digest() { sed -nE 's/.*"digest": "([0-9a-f]{16})".*/\1/p' "$1/summary.json"; }

# status RUN WORD: what its summary says became of it.
status() {
  grep -qF "\"status\": \"$2\"" "$1/summary.json" || complain "summary.json of $1 does not say '$2'"
}

# same RUN REFERENCE: the same parameters and results, bit by bit.
same() {
  [[ -n $(digest "$2") && $(digest "$1") == "$(digest "$2")" ]] ||
    complain "digest of $1 is '$(digest "$1")', of $2 '$(digest "$2")'"
  results "$1" >"$work/results.1"
  results "$2" >"$work/results.2"
  cmp -s "$work/results.1" "$work/results.2" ||
    complain "results of $1 and $2 differ: $(diff "$work/results.1" "$work/results.2" | head -n 4)"
}

# start N ARGUMENT... : N ranks in the background; 1 is a process without mpirun. Sets $pid.
start() {
  local ranks=$1
  shift
  if [[ $ranks == 1 ]]; then
    "$IDRILL" "$@" >"$work/out" 2>"$work/err" &
  else
    # shellcheck disable=SC2086
    $MPIRUN "$ranks" "$IDRILL" "$@" >"$work/out" 2>"$work/err" &
  fi
  pid=$!
  last="$ranks ranks of idrill $*"
}

generation() { stat -c '%i %y' "$1/checkpoint/latest" 2>/dev/null || true; }

# await_checkpoint RUN [COUNT]: until the background run has written that many more.
await_checkpoint() {
  local before left=${2:-1}
  before=$(generation "$1")
  while ((left > 0)); do
    while [[ $(generation "$1") == "$before" ]]; do
      kill -0 "$pid" 2>/dev/null || { complain "ended before its next checkpoint" && return; }
      sleep 0.02
    done
    before=$(generation "$1")
    left=$((left - 1))
  done
}

# leave: waits for the background run; its exit code is in $code.
leave() {
  code=0
  wait "$pid" || code=$?
}

# process RUN: id of rank 0 of a live run.
process() { sed -nE 's/^process ([0-9]+) .*/\1/p' "$1/lock"; }
