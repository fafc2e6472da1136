#!/usr/bin/env bash
# What does it gain that the critic sees the true state while the policy sees what the rig sees?
# PPO and SAC on the drilling task, each with and without, judged on wells they have not seen.
#
#   experiments/asymmetric/run.sh BUILD_FOLDER [SEED ...] > experiments/asymmetric/results.md
#
# STEPS=n shortens every training (a trial). The wells are those for choosing settings, not the ones
# that experiments/drilling is judged on.
set -euo pipefail

idrill=$(realpath "${1:?name the build folder}")/bin/idrill
shift
seeds=("$@")
if ((${#seeds[@]} == 0)); then seeds=(101 102 103 104 105); fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=runs/experiment-asymmetric
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
mkdir -p "$runs"

quietly() { "$@" >"$runs/log.txt" 2>&1 || { tail -n 20 "$runs/log.txt" >&2 && exit 1; }; }

# One thread a training: the bits are those of any other way.
for seed in "${seeds[@]}"; do
  for method in ppo sac; do
    config=configs/drilling.yaml
    if [[ $method == sac ]]; then config=configs/drilling-sac.yaml; fi
    for sees in true false; do
      echo "$method, asymmetric=$sees, seed $seed" >&2
      quietly "$idrill" train-rl "$config" run.folder="$runs/$method-$sees-$seed" \
        run.seed="$seed" run.threads=1 run.progress=false "$method.asymmetric=$sees" \
        ${STEPS:+"$method.steps=$STEPS"}
      quietly "$idrill" evaluate "$runs/$method-$sees-$seed" evaluate.wells=512 \
        evaluate.well_first=1500000000 baselines.cache="$runs/baselines.json" \
        baselines.tuning_hours="${TUNING_HOURS:-1000}"
    done
  done
done
python3 experiments/asymmetric/table.py "$runs" "${seeds[@]}"
