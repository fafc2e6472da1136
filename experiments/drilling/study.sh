# What studies of drilling policies share; sourced with the build folder as $1. Sets idrill, runs, judge;
# `overrides` may hold settings that every training has beside its configuration.
# shellcheck shell=bash
idrill=$(realpath "${1:?name the build folder}")/bin/idrill
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
runs=runs/experiment-drilling
# Wells from 1,800,000,000 on: none of them was looked at while the configurations were chosen.
judge=(evaluate.wells=512 evaluate.well_first=1800000000
  baselines.tuning_hours="${TUNING_HOURS:-40000}" baselines.cache="$runs/baselines.json")
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
overrides=()
mkdir -p "$runs"

quietly() { "$@" >"$runs/log.txt" 2>&1 || { tail -n 20 "$runs/log.txt" >&2 && exit 1; }; }

finished() { grep -qs '"status": "finished"' "$runs/$1/summary.json"; }

# A run that was stopped or killed goes on from its checkpoint.
train_seed() { # CONFIG RUN SEED
  "$idrill" train-rl "$1" run.progress=false run.folder="$runs/$2" run.seed="$3" run.threads=1 \
    "${overrides[@]}" >"$runs/$2.log" 2>&1 ||
    { tail -n 20 "$runs/$2.log" >&2 && exit 1; }
}

# One thread a seed, as many seeds at a time as there are cores: the bits are those of any other way.
# Seeds that are trained to the end, or judged, are left as they are.
train_seeds() { # CONFIG PREFIX SEED...
  local config=$1 prefix=$2 running=0 seed
  shift 2
  for seed in "$@"; do
    if finished "$prefix-$seed"; then continue; fi
    if ((running >= $(nproc))); then
      wait -n
      running=$((running - 1))
    fi
    train_seed "$config" "$prefix-$seed" "$seed" &
    running=$((running + 1))
  done
  for (( ; running > 0; running--)); do wait -n; done
}

judge_seeds() { # PREFIX SEED...
  local prefix=$1 seed
  shift
  for seed in "$@"; do
    if [[ -e $runs/$prefix-$seed/evaluation.json ]]; then continue; fi
    finished "$prefix-$seed" || { echo "$runs/$prefix-$seed is not trained to its end" >&2 && exit 1; }
    echo "judging, $prefix $seed" >&2
    quietly "$idrill" evaluate "$runs/$prefix-$seed" "${judge[@]}"
    cp "$runs/log.txt" "$runs/$prefix-$seed/evaluation.txt"
  done
}
