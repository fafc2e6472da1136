#!/usr/bin/env bash
# The lane loops of the physics and the tasks (IDR_SIMD) are vector loops in the optimised build: each
# is looked up in gcc's own report on its file, compiled as this build compiles it but that functions
# stay apart: the loops of one that is taken into its caller are sometimes told at the caller's line.
set -euo pipefail

root=${IDR_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
commands=${IDR_BUILD:-$root/build/ci}/compile_commands.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
  echo "skipped: $*"
  exit 77
}

# The lane loops of a file: "FUNCTION FIRST LAST" lines, from the loop around it to its closing brace,
# which stands as deep as IDR_SIMD does.
loops() { # FILE
  awk '
    /^[a-z].*\(/ { function_name = $0; sub(/\(.*/, "", function_name); sub(/.*[ *]/, "", function_name) }
    /^ +IDR_SIMD$/ { indent = $0; sub(/IDR_SIMD/, "", indent); first = NR - 1; next }
    first && $0 == indent "}" { print function_name, first, NR; first = 0 }
    END { if (first) exit 1 }' "$1"
}

# Whole vectors only: 32 bytes of AVX2, or 64 where the build is for a wider machine. A loop that only
# copies may have become library calls.
good='optimized: (loop vectorized using (32|64) byte vectors|Loop( nest)? [0-9]+ distributed: split to 0 loops and [0-9]+ library calls)'

# Messages of a report about lines FIRST to LAST of FILE.
between() { # REPORT FILE FIRST LAST
  awk -F: -v file="$2" -v first="$3" -v last="$4" '$1 == file && $2 >= first && $2 <= last' "$1"
}

apart=(-fno-inline-functions -fno-inline-functions-called-once -fno-inline-small-functions
  -fno-partial-inlining)

failures=0
count=0
check_file() { # FILE
  local file=$1 words report=$work/report name first last
  words=$(awk -v file="$file" '/"command"/ { command = $0 } index($0, "\"file\": \"" file "\"") { print command }' \
    "$commands" | head -n 1 | sed -E 's/^ *"command": "(.*)",$/\1/; s/\\"/"/g')
  [[ -n $words ]] || { echo "$file is not in $commands" >&2 && exit 1; }
  [[ $words == *" -O3 "* && $words != *-fsanitize* ]] || skip "this build is not optimised"
  rm -f "$report"
  read -ra words <<<"${words%% -o *}"
  "${words[@]}" "${apart[@]}" -fopt-info-vec-loop-all="$report" -c "$file" -o "$work/object.o"
  while read -r name first last; do
    count=$((count + 1))
    if between "$report" "$file" "$first" "$last" | grep -qE "$good"; then continue; fi
    failures=$((failures + 1))
    echo "${file#"$root/"}: the lane loop of $name, lines $((first + 1)) to $last, is no vector loop:" >&2
    between "$report" "$file" "$first" "$last" | grep -E 'missed|vectorized' | sort -u | head -n 8 >&2
  done < <(loops "$file")
}

[[ -e $commands ]] || skip "no $commands"
"${CC:-cc}" --version | grep -q 'Free Software Foundation' || skip "${CC:-cc} is not gcc"
while read -r file; do check_file "$file"; done < <(grep -lE '^ +IDR_SIMD$' "$root"/src/drill/*.c "$root"/src/env/*.c)

# Every mark was understood, and the step has its models.
marks=$(cat "$root"/src/drill/*.c "$root"/src/env/*.c | grep -c IDR_SIMD)
((count == marks)) || { echo "$count loops found for $marks marks IDR_SIMD" >&2 && exit 1; }
((count >= 20)) || { echo "only $count lane loops" >&2 && exit 1; }
((failures == 0)) || exit 1
echo "$count lane loops are vector loops"
