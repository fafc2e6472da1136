#!/usr/bin/env bash
# What does a policy of the quickstart's size do where the world is not the one it was trained in,
# and what does the shield change? One seed, all scenario sets, without and with the shield.
#
#   experiments/scenarios/run.sh BUILD_FOLDER
#
# Writes experiments/scenarios/results.md; the run stays in runs/experiment-scenarios.
set -euo pipefail

idrill=$(realpath "${1:?name the build folder}")/bin/idrill
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=runs/experiment-scenarios
# Wells from 1,900,000,000 on: none of them was looked at while sets and shield were made.
judge=(evaluate.sets=all evaluate.wells="${WELLS:-128}" evaluate.well_first=1900000000
  evaluate.well_file=
  baselines.tuning_hours="${TUNING_HOURS:-2000}")
mkdir -p "$runs"

quietly() { "$@" >"$runs/log.txt" 2>&1 || { tail -n 20 "$runs/log.txt" >&2 && exit 1; }; }

if ! grep -qs '"status": "finished"' "$runs/policy/summary.json"; then
  echo "training" >&2
  quietly "$idrill" train-rl configs/quickstart.yaml run.folder="$runs/policy" run.progress=false
fi
for shield in false true; do
  echo "judging, shield.enabled=$shield" >&2
  quietly "$idrill" evaluate "$runs/policy" "${judge[@]}" shield.enabled=$shield
  cp "$runs/policy/evaluation.json" "$runs/shield-$shield.json"
done
python3 experiments/scenarios/table.py "$runs" >experiments/scenarios/results.md
echo "results are in experiments/scenarios/results.md" >&2
