#!/usr/bin/env bash
# The models of src/drill give the same bits as C11 and as C++17, optimised or not, from every
# compiler that is here.
set -euo pipefail

root=${IDR_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/tests/support/model_bits.c" "$work/bits.c"
cp "$root/tests/support/model_bits.c" "$work/bits.cpp"

# The arithmetic of the product (CMakeLists.txt), and the same without optimisation.
flags=(-march=x86-64-v3 -ffp-contract=off -fno-math-errno -fno-trapping-math -D_GNU_SOURCE
  "-I$root/src" -Wall -Wextra -Werror)
count=0
failures=0
first=""

try() { # COMPILER STANDARD FILE LEVEL
  command -v "$1" >/dev/null || return 0
  local bits
  "$1" "-std=$2" "$4" "${flags[@]}" -o "$work/bits" "$work/$3" -lm
  bits=$("$work/bits")
  count=$((count + 1))
  first=${first:-$bits}
  [[ $bits == "$first" ]] && return 0
  echo "$1 $4 as $2 gives $bits, the first gave $first" >&2
  failures=$((failures + 1))
}

for level in -O3 -O0; do
  for compiler in "${CC:-cc}" gcc clang; do try "$compiler" gnu11 bits.c "$level"; done
  for compiler in "${CXX:-c++}" g++ clang++; do try "$compiler" gnu++17 bits.cpp "$level"; done
done
((count >= 2)) || { echo "skipped: fewer than two compilers" && exit 77; }
((failures == 0)) || exit 1
echo "$count builds of the models agree: $first"
