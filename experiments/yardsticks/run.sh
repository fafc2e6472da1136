#!/usr/bin/env bash
# Trains the yardsticks, PPO's and SAC's, with five seeds each and judges every final policy (never
# the best checkpoint) on 500 episodes with deterministic actions.
#
#   experiments/yardsticks/run.sh BUILD_FOLDER [SEED ...] > experiments/yardsticks/results.md
set -euo pipefail

idrill=$(realpath "${1:?name the build folder}")/bin/idrill
shift
seeds=("$@")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for task in cartpole pendulum acrobot mountaincar pendulum-sac mountaincar-sac; do
  for seed in "${seeds[@]}"; do
    echo "$task, seed $seed" >&2
    "$idrill" train-rl "configs/$task.yaml" run.seed="$seed" run.folder="$folder/$task-$seed" \
      run.threads=1 run.progress=false >/dev/null 2>"$folder/log" ||
      { tail -n 5 "$folder/log" >&2 && exit 1; }
    "$idrill" evaluate "$folder/$task-$seed" evaluate.episodes=500 >/dev/null
  done
done
python3 experiments/yardsticks/table.py "$folder" "${seeds[@]}"
