#!/usr/bin/env bash
# What does it gain that the critic sees the true state while the policy sees what the rig sees?
# PPO and SAC on the drilling task without that, beside the runs of experiments/drilling with it.
#
#   experiments/asymmetric/run.sh BUILD_FOLDER [SEED ...]
#
# Wants the runs of experiments/drilling/run.sh and sac.sh, and is judged on the same frozen wells: no
# setting is chosen here. Writes experiments/asymmetric/results.md.
set -euo pipefail
# shellcheck source=../drilling/study.sh
source "$(dirname "${BASH_SOURCE[0]}")/../drilling/study.sh"
seeds=("${@:2}")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi
for seed in "${seeds[@]}"; do
  for run in "seed-$seed" "sac-$seed"; do
    [[ -e $runs/$run/evaluation.json ]] ||
      { echo "no judged run $runs/$run: experiments/drilling/run.sh and sac.sh come first" >&2 && exit 1; }
  done
done

echo "training seeds ${seeds[*]}" >&2
overrides=(ppo.asymmetric=false)
train_seeds configs/drilling.yaml blind-ppo "${seeds[@]}"
overrides=(sac.asymmetric=false)
train_seeds configs/drilling-sac.yaml blind-sac "${seeds[@]}"
judge_seeds blind-ppo "${seeds[@]}"
judge_seeds blind-sac "${seeds[@]}"
python3 experiments/asymmetric/table.py "$runs" "${seeds[@]}" >experiments/asymmetric/results.md
echo "results are in experiments/asymmetric/results.md" >&2
