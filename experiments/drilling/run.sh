#!/usr/bin/env bash
# Does a policy trained on 2,048 wells drill 512 others cheaper than drillers' rules? Five seeds.
#
#   experiments/drilling/run.sh BUILD_FOLDER [SEED ...]
#
# Order matters: first the world, the prices and the 512 wells are frozen and hashed and the
# baselines tuned and played, then the policies are trained, then they are judged on what was
# frozen. Writes experiments/drilling/results.md; the runs stay in runs/experiment-drilling.
set -euo pipefail

idrill=$(realpath "${1:?name the build folder}")/bin/idrill
shift
seeds=("$@")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=runs/experiment-drilling
# Wells from 1,800,000,000 on: none of them was looked at while the configuration was chosen.
judge=(evaluate.wells=512 evaluate.well_first=1800000000
  baselines.tuning_hours="${TUNING_HOURS:-40000}" baselines.cache="$runs/baselines.json")
train=("$idrill" train-rl configs/drilling.yaml run.progress=false)
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
mkdir -p "$runs"

quietly() { "$@" >"$runs/log.txt" 2>&1 || { tail -n 20 "$runs/log.txt" >&2 && exit 1; }; }

echo "freezing the world and tuning the baselines" >&2
if [[ ! -e $runs/untrained/evaluation.json ]]; then
  quietly "${train[@]}" run.folder="$runs/untrained" ppo.steps=32768
  quietly "$idrill" evaluate "$runs/untrained" "${judge[@]}"
fi
train_seed() {
  "${train[@]}" run.folder="$runs/seed-$1" run.seed="$1" run.threads=1 >"$runs/seed-$1.log" 2>&1 ||
    { tail -n 20 "$runs/seed-$1.log" >&2 && exit 1; }
}

# One thread a seed, as many seeds at a time as there are cores: the bits are those of any other way.
echo "training seeds ${seeds[*]}" >&2
running=0
for seed in "${seeds[@]}"; do
  if ((running >= $(nproc))); then
    wait -n
    running=$((running - 1))
  fi
  train_seed "$seed" &
  running=$((running + 1))
done
for (( ; running > 0; running--)); do wait -n; done

for seed in "${seeds[@]}"; do
  echo "judging, seed $seed" >&2
  quietly "$idrill" evaluate "$runs/seed-$seed" "${judge[@]}"
  cp "$runs/log.txt" "$runs/seed-$seed/evaluation.txt"
done
python3 experiments/drilling/table.py "$runs" "${seeds[@]}" >experiments/drilling/results.md
echo "results are in experiments/drilling/results.md" >&2
