#!/usr/bin/env bash
# Does a policy trained on 2,048 wells drill 512 others cheaper than drillers' rules? Five seeds.
#
#   experiments/drilling/run.sh BUILD_FOLDER [SEED ...]
#
# Order matters: first the world, the prices and the 512 wells are frozen and hashed and the
# baselines tuned and played, then the policies are trained, then they are judged on what was
# frozen. Writes experiments/drilling/results.md; the runs stay in runs/experiment-drilling.
set -euo pipefail
# shellcheck source=study.sh
source "$(dirname "${BASH_SOURCE[0]}")/study.sh"
seeds=("${@:2}")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi

echo "freezing the world and tuning the baselines" >&2
if [[ ! -e $runs/untrained/evaluation.json ]]; then
  quietly "$idrill" train-rl configs/drilling.yaml run.progress=false run.folder="$runs/untrained" \
    ppo.steps=32768
  quietly "$idrill" evaluate "$runs/untrained" "${judge[@]}"
fi
echo "training seeds ${seeds[*]}" >&2
train_seeds configs/drilling.yaml seed "${seeds[@]}"
judge_seeds seed "${seeds[@]}"
python3 experiments/drilling/table.py "$runs" "${seeds[@]}" >experiments/drilling/results.md
echo "results are in experiments/drilling/results.md" >&2
