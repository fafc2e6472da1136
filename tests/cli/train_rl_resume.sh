#!/usr/bin/env bash
# One training goes through every way of being stopped, each time on other ranks and threads, and
# ends with the bits of one that nobody disturbed.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

# stopped RUN REASON: it ended as a run that can go on.
stopped() {
  exits 75
  status "$1" stopped
  grep -qF "\"reason\": \"$2\"" "$1/summary.json" || complain "the reason is not '$2'"
  [[ -s $1/checkpoint/latest ]] || complain "leaves no checkpoint"
  complains "go on with: idrill resume $1"
}

# journey NAME: of the configuration NAME.yaml.
journey() {
  local run=$1-run reference=$1-reference
  run train-rl "$1.yaml" run.folder="$reference" run.threads=1
  exits 0
  status "$reference" finished

  start 1 train-rl "$1.yaml" run.folder="$run" run.threads=1 run.checkpoint_every=0.1
  await_checkpoint "$run"
  kill -TERM "$pid"
  leave
  stopped "$run" signal

  start 2 resume "$run"
  await_checkpoint "$run"
  kill -USR1 "$pid"
  leave
  stopped "$run" signal

  start 1 resume "$run" run.threads=2
  await_checkpoint "$run"
  "$IDRILL" stop "$run" >/dev/null
  leave
  stopped "$run" "stop file"

  # No last checkpoint, and metrics that are newer than the one before.
  start 4 resume "$run" run.threads=1
  await_checkpoint "$run"
  sleep 0.0$((RANDOM % 10))
  kill -KILL "$(process "$run")"
  leave
  [[ $code != 0 && $code != 75 ]] || complain "a killed run exits with $code"

  run_ranks 2 resume "$run" run.threads=1 run.wall_limit=0.3 run.wall_margin=0.1
  stopped "$run" "wall limit"

  run resume "$run" run.threads=1 run.wall_limit=0 run.checkpoint_every=300
  exits 0
  status "$run" finished
  same "$run" "$reference"

  # What is finished stays as it is.
  run_ranks 2 resume "$run"
  exits 0
  same "$run" "$reference"
}

pendulum pendulum.yaml $((2000 / shrink))
journey pendulum
sac sac.yaml $((1500 / shrink))
journey sac
drilling drilling.yaml $((300 / shrink))
journey drilling
finish
