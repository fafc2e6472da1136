#!/usr/bin/env bash
# Every header compiles alone, as C11 and as C++17 (which is what CUDA files are), without warnings;
# where nvcc is installed, the headers that kernels share compile as CUDA too.
# ctest: timeout 900
set -euo pipefail

root=${IDR_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
cc=${CC:-cc}
cxx=${CXX:-c++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

includes=(-D_GNU_SOURCE -Isrc -I.)
IFS=: read -ra folders <<<"${IDR_INCLUDES:-}"
for folder in "${folders[@]}"; do
  # The system's own folder is searched anyway; naming it breaks the order of C++ headers.
  [[ -z $folder || $folder == /usr/include ]] || includes+=(-isystem "$folder")
done
flags=(-fsyntax-only -fopenmp -march=x86-64-v3 -Wall -Wextra -Werror "${includes[@]}")

failures=0
try() { # LABEL COMMAND...
  local label=$1
  shift
  if ! "$@" >"$work/log" 2>&1; then
    echo "$label:" >&2
    cat "$work/log" >&2
    failures=$((failures + 1))
  fi
}

# One file per header, twice the same line: a header without a working guard fails.
unit() { # HEADER SUFFIX
  local include=${1#src/}
  printf '#include "%s"\n#include "%s"\n' "$include" "$include" >"$work/unit.$2"
}

count=0
while read -r header; do
  unit "$header" c
  try "$header as C11" "$cc" -std=gnu11 "${flags[@]}" "$work/unit.c"
  count=$((count + 1))
  case $header in
  jobs/*) continue ;; # only ever read by C
  esac
  unit "$header" cpp
  try "$header as C++17" "$cxx" -std=gnu++17 "${flags[@]}" "$work/unit.cpp"
done < <(find src jobs -name '*.h' | sort)

# All at once, because nvcc takes its time: that each stands alone in C++ is known by now.
if command -v nvcc >/dev/null; then
  grep -rlE 'IDR_FN' src/drill src/base --include='*.h' | sort |
    sed -E 's|^src/(.*)|#include "\1"|' >"$work/unit.cu"
  try "the headers with IDR_FN as CUDA" \
    nvcc -std=c++17 "${includes[@]}" --cuda -o "$work/unit.ii" "$work/unit.cu"
fi

if ((failures > 0)); then
  echo "$failures of the checks of $count headers failed" >&2
  exit 1
fi
echo "$count headers compile alone"
