#!/usr/bin/env bash
# Runs fuzz targets of a build, each over its corpus and on from there, and tells how they did.
#
#   tests/fuzz/run.sh FOLDER [name...] [-option=value...]
#
# FOLDER (build/fuzz/fuzz, say) receives logs, new inputs (<name>/, used again by the next run) and
# inputs that broke something (<name>-crash-...). Names are those of tests/fuzz/fuzz_<name>.c; none
# means all. Options go to libFuzzer behind those of here: -runs=0 looks at the corpus only,
# -max_total_time=600 takes ten minutes. IDR_FUZZ_BUILD names the build, build/fuzz by default.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${IDR_FUZZ_BUILD:-$here/../../build/fuzz}
folder=${1:?usage: tests/fuzz/run.sh FOLDER [name...] [-option=value...]}
shift
names=()
options=()
for word in "$@"; do
  if [[ $word == -* ]]; then options+=("$word"); else names+=("$word"); fi
done
if ((${#names[@]} == 0)); then
  for file in "$here"/fuzz_*.c; do names+=("$(basename "$file" .c | sed 's/^fuzz_//')"); done
fi

suppressions=$(cd "$here/../support" && pwd)/lsan.supp
# Nothing of this machine's environment: libFuzzer puts what a program compares into inputs.
clean=(env -i PATH=/usr/bin:/bin OMP_NUM_THREADS=1 UBSAN_OPTIONS=print_stacktrace=1
  "LSAN_OPTIONS=suppressions=$suppressions:print_suppressions=0")

# A number of executions and not a time, so that a slow machine tests as much; a target's file may
# ask for another one ("fuzz: runs 5000").
runs_of() {
  local runs
  runs=$(sed -nE '1,30s/.*fuzz: runs ([0-9]+).*/\1/p' "$here/fuzz_$1.c")
  echo "${runs:-20000}"
}

number() { sed -nE "s/^stat::$2: *([0-9]+).*/\1/p" "$1"; }
coverage() { sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$1" | tail -n 1; }

fuzz() { # NAME
  local name=$1 log=$folder/$1.log code=0
  local command=("${clean[@]}" "$build/tests/fuzz_$name" -seed=1 "-runs=$(runs_of "$name")" -max_len=4096
    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=$folder/$name-")
  if [[ -f $here/$name.dict ]]; then command+=("-dict=$here/$name.dict"); fi
  mkdir -p "$folder/$name"
  "${command[@]}" ${options[@]+"${options[@]}"} "$folder/$name" "$here/corpus/$name" >"$log" 2>&1 ||
    code=$?
  if ((code == 0)); then
    printf '%-12s %8s executions, %6s in a second, %5s edges\n' "$name" \
      "$(number "$log" number_of_executed_units)" "$(number "$log" average_exec_per_sec)" \
      "$(coverage "$log")"
    return
  fi
  tail -n 40 "$log"
  echo "fuzz_$name broke on the input named above; the whole log is $log. Again, here or in a debugger:"
  echo "  cmake --preset fuzz && cmake --build build/fuzz --target fuzz_$name"
  echo "  build/fuzz/tests/fuzz_$name THE_INPUT"
  echo "When it is mended the input belongs into tests/fuzz/corpus/$name, under a name that tells."
  return 1
}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
failed=0
for name in "${names[@]}"; do fuzz "$name" || failed=$((failed + 1)); done
((failed == 0))
