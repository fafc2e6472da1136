#!/usr/bin/env bash
# Includes point downwards only (the order of the modules is the design's first rule), and every
# header guards itself. Reads the tree, needs no build. IDR_SOURCE names another tree.
set -euo pipefail

root=${IDR_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
cd "$root"
failures=0

complain() {
  echo "$*" >&2
  failures=$((failures + 1))
}

# Modules that may be included from a module, itself aside.
declare -A below=(
  [base]=""
  [comm]="base"
  [drill]="base"
  [graph]="base"
  [train]="base comm graph"
  [env]="base drill"
  [data]="base comm drill"
  [track]="base comm"
  [onnx]="base graph"
  [report]="base comm drill data track"
  [rl]="base comm drill graph train env data track onnx"
  [rul]="base comm drill graph train env data track onnx"
  [gan]="base comm drill graph train env data track onnx"
  [dvr]="base comm drill graph train env data track onnx"
  [drift]="base comm drill graph train env data track onnx"
  [sweep]="base comm drill graph train env data track onnx"
  [kernels]="base drill graph"
)

check_includes() { # FILE MODULE
  local file=$1 module=$2 target
  while read -r target; do
    [[ $target == "$module" ]] && continue
    # Some names are no module but a folder of headers beside the file or of another library.
    [[ -n ${below[$target]+known} || $target == jobs ]] || continue
    [[ " ${below[$module]} " == *" $target "* ]] ||
      complain "$file: module '$module' must not include '$target/': it may include: ${below[$module]:-nothing}"
  done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([a-z0-9_]+)\/.*/\1/p' "$file" | sort -u)
}

for folder in src/*/; do
  module=$(basename "$folder")
  if [[ -z ${below[$module]+known} ]]; then
    complain "src/$module: a module that this check does not know; give it its place in the order"
    continue
  fi
  while read -r file; do
    check_includes "$file" "$module"
  done < <(find "$folder" -name '*.[ch]')
done

# Who may speak MPI: comm, and what stands on ranks; never the physics, the graph or the kernels.
while read -r file; do
  case $file in
  src/comm/* | jobs/*) ;;
  *) complain "$file: only src/comm and jobs/ include <mpi.h>" ;;
  esac
done < <(grep -rlE '#[[:space:]]*include[[:space:]]*<mpi\.h>' src kernels jobs || true)

while read -r file; do
  check_includes "$file" kernels
  if grep -nE '#[[:space:]]*include[[:space:]]*["<](mpi\.h|hdf5\.h|base/settings\.h|comm/|track/)' "$file"; then
    complain "$file: a kernel includes MPI, HDF5 or configuration"
  fi
done < <(find kernels -type f \( -name '*.cu' -o -name '*.cuh' -o -name '*.h' -o -name '*.c' \))

# The libraries neither print nor end the process; a job does both.
while IFS=: read -r file line text; do
  case $file in
  src/track/run.c) ;; # the log of a run, asked for by the job
  *) complain "$file:$line: a library must not print or exit: $text" ;;
  esac
done < <(grep -rnE '(^|[^a-z_])(printf|puts|perror|abort|exit|_exit)[[:space:]]*\(|fprintf\(std(err|out)' \
  src --include='*.[ch]' | grep -vE ':[[:space:]]*(\*|/\*|//)' || true)

# Guards are named after the place, so that no two headers share one.
while read -r file; do
  guard=$(sed -nE 's/^#ifndef (IDR_[A-Z0-9_]+)$/\1/p;T;q' "$file")
  wanted=IDR_$(sed -E 's|^src/||; s|[/.]|_|g' <<<"$file" | tr '[:lower:]' '[:upper:]')
  [[ $guard == "$wanted" ]] || complain "$file: its include guard is '${guard:-missing}', not '$wanted'"
done < <(find src jobs -name '*.h')

if ((failures > 0)); then
  echo "$failures broken rules" >&2
  exit 1
fi
echo "the order of modules holds"
