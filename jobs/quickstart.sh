#!/usr/bin/env bash
# From a fresh Debian or Ubuntu machine to a trained drilling policy: installs what is missing,
# builds, trains on 2 MPI ranks, evaluates on wells the policy has not seen, makes a page of it.
#
#   jobs/quickstart.sh [section.key=value ...]     further settings go to the training
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=packages.sh
source jobs/packages.sh

case ${1:-} in
-h | --help)
  sed -nE '2,/^set /s/^# ?//p' "${BASH_SOURCE[0]}"
  exit 0
  ;;
esac

build=build/release
logs=$build/logs
folder=runs/quickstart-$(date +%Y%m%d-%H%M%S)
mkdir -p "$logs"

quietly() { # NAME COMMAND... : the log stays in the build folder, its end is shown on failure
  local name=$1
  shift
  if ! "$@" >"$logs/$name.log" 2>&1; then
    tail -n 30 "$logs/$name.log" >&2
    echo "quickstart: '$name' failed; the whole log is in $logs/$name.log" >&2
    exit 1
  fi
}

install_packages "$logs/packages.log" "${build_packages[@]}"
# Draws the plots of the report; all else works without it.
if ! command -v gnuplot >/dev/null; then
  install_packages "$logs/gnuplot.log" gnuplot-nox || echo "going on without gnuplot"
fi
echo "building in $build"
quietly configure cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DIDR_TESTS=OFF
quietly build cmake --build "$build" --target idrill

# Open MPI refuses root unless told twice, and more ranks than cores unless told once.
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
idrill=$build/bin/idrill
ranks=(mpirun -np 2 --bind-to none --oversubscribe)

echo "training in $folder"
"${ranks[@]}" "$idrill" train-rl configs/quickstart.yaml run.folder="$folder" "$@"
echo "tuning the baselines (once; runs/baselines.json keeps them), then evaluating on unseen wells"
"${ranks[@]}" "$idrill" evaluate "$folder" evaluate.wells=128 evaluate.well_file_episodes=32 \
  baselines.tuning_hours=8000 | tee "$folder/evaluation.txt"
"$idrill" report "$folder"

cat <<END

Everything is in $folder:
  report.html      the page to look at first, in any browser: curves, a drilled well, the comparison
  summary.json     how it went, in numbers
  evaluation.txt   the tables above; evaluation.json has every well's bill
  log.txt          the banner, the settings in force, the time per stage
  metrics          one line per metric and step
  settings.yaml    to run it again: $idrill train-rl $folder/settings.yaml run.folder=runs/again
  model/           the policy for serving: ONNX with its signature, as MLflow takes it
  checkpoint/      to go on: $idrill resume $folder
END
