#!/usr/bin/env bash
# Does SAC drill as cheaply as PPO after fewer control steps? Same wells, same judges, five seeds.
#
#   experiments/drilling/sac.sh BUILD_FOLDER [SEED ...]
#
# Wants the runs of run.sh, whose frozen wells, tuned baselines and PPO policies it compares with.
# Writes experiments/drilling/sac.md and sac.png; the runs stay in runs/experiment-drilling.
set -euo pipefail
# shellcheck source=study.sh
source "$(dirname "${BASH_SOURCE[0]}")/study.sh"
seeds=("${@:2}")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi
for seed in "${seeds[@]}"; do
  [[ -e $runs/seed-$seed/evaluation.json ]] ||
    { echo "no run of PPO with seed $seed in $runs: experiments/drilling/run.sh comes first" >&2 && exit 1; }
done

echo "training seeds ${seeds[*]}" >&2
train_seeds configs/drilling-sac.yaml sac "${seeds[@]}"
judge_seeds sac "${seeds[@]}"
python3 experiments/drilling/sac_table.py "$runs" "${seeds[@]}" >experiments/drilling/sac.md
gnuplot -e "csv='$runs/curves.csv'; png='experiments/drilling/sac.png'" experiments/drilling/sac.gp
echo "results are in experiments/drilling/sac.md and sac.png" >&2
