#!/usr/bin/env bash
# What a training shows while it runs and leaves behind, and how one ends whose numbers run away.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

is_json() {
  command -v python3 >/dev/null || return 0
  python3 -m json.tool "$1" >/dev/null || complain "$1 is no JSON"
}

drilling drilling.yaml 8
run_ranks 2 train-rl run.folder=run drilling.yaml run.threads=1 run.seed=7
exits 0
# The banner, with the words as they were typed, and the effective settings.
for words in "idrill train-rl run.folder=run drilling.yaml run.threads=1 run.seed=7" \
  "ranks        2 on 1 host" "seed         7" "run folder   run" "  horizon: 16" \
  "4 wells, hash "; do
  complains_once "$words"
done
# The progress line, the table of the end, where things are.
grep -qE '^ *[0-9.]+ % +[0-9]+ k control steps/s  ETA ' err || complain "shows no progress line"
for stage in rollout advantages update exchange merge rest all; do
  grep -qE "^$stage +[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$" err || complain "no row '$stage'"
done
complains_once "4096 of 4096 control steps"
complains_once "finished; the results are in run"
for file in settings.yaml log.txt metrics summary.json checkpoint/latest; do
  [[ -s run/$file ]] || complain "leaves no $file"
done
[[ ! -e run/error.txt && ! -e run/stop ]] || complain "leaves marks of a failure"
status run finished
is_json run/summary.json
for key in '"exit_code": 0' '"task": "drilling"' '"env_steps": 4096' '"world": "' '"digest": "'; do
  grep -qF "$key" run/summary.json || complain "no $key in summary.json"
done
results run >lines
grep -q '"key": "train/reward", "step": 4096' lines || complain "no reward of the last step"

# The folder without a name, and settings.yaml as a configuration of its own.
run train-rl run/settings.yaml run.folder=auto run.threads=1
exits 0
again=$(echo runs/train-rl-drilling-*)
same "$again" run

# ---- a decay that makes the weights grow tenfold a step: in the end they overflow ----
cat >runaway.yaml <<'EOF'
train: {task: pendulum}
run: {folder: runaway, threads: 1, checkpoint_every: 0 s}
ppo:
  {lanes: 32, horizon: 64, steps: 204800, blocks: 8, tile_rows: 32, minibatch: 512, epochs: 2,
   schedule: constant, learning_rate: 1, weight_decay: 10}
net: {policy: [16], value: [16]}
EOF
run_ranks 2 train-rl runaway.yaml
exits 1
message=$(grep -oE "the [^:]+ is not finite in iteration [0-9]+" err || true)
[[ -n $message ]] || complain "names no tensor and iteration"
complains_once "is not finite in iteration"
complains "try a lower ppo.learning_rate"
status runaway failed
is_json runaway/summary.json
grep -qF "\"reason\": \"$message" runaway/summary.json || complain "another reason in summary.json"
[[ -s runaway/metrics ]] || complain "logs nothing before it fails"
! grep -qiE '"value": "?(nan|inf|-inf)' runaway/metrics || complain "logs numbers that are none"
# The newest good checkpoint is there, and leads to the same end.
cp runaway/checkpoint/latest good
run resume runaway
exits 1
complains_once "$message"
status runaway failed
cmp -s good runaway/checkpoint/latest || complain "the good checkpoint is gone"

# ---- SAC likewise: a temperature that rises e-fold an update, for an entropy out of reach ----
cat >runaway-sac.yaml <<'EOF'
train: {task: pendulum, method: sac}
run: {folder: runaway-sac, threads: 1, checkpoint_every: 0 s}
sac:
  {lanes: 8, horizon: 1, steps: 2048, blocks: 8, batch: 64, learning_starts: 128,
   target_entropy: 100, alpha_learning_rate: 1}
net: {policy: [16], value: [16]}
EOF
run_ranks 2 train-rl runaway-sac.yaml
exits 1
complains_once "is not finite in iteration"
complains "try lower sac.learning_rate"
status runaway-sac failed
is_json runaway-sac/summary.json
! grep -qiE '"value": "?(nan|inf|-inf)' runaway-sac/metrics || complain "logs numbers that are none"
cp runaway-sac/checkpoint/latest good
run resume runaway-sac
exits 1
complains_once "is not finite in iteration"
cmp -s good runaway-sac/checkpoint/latest || complain "the good checkpoint is gone"
finish
