#!/usr/bin/env bash
# idrill check finds a flipped byte wherever it lies and names the column and the chunk it hit; it
# survives files that HDF5 does not.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/data.sh"

run generate "${small[@]}" dataset.wells=1 dataset.filter=none run.folder=sound
exits 0
file=sound/data/well-000000.h5

# flip FILE OFFSET: the lowest bit of one byte.
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf '%b' "\\x$(printf %x $((byte ^ 1)))" |
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# damaged OFFSET: a copy of the set with that byte flipped, checked.
damaged() {
  rm -rf copy && cp -r sound copy
  flip copy/data/well-000000.h5 "$1"
  run check copy
  exits 1
  says "its checksum differs"
}

# ---- everywhere: from the beginning to the end of the file ----
size=$(stat -c %s "$file")
named=0
for k in $(seq 1 24); do
  damaged $((size * k / 25 + k))
  if grep -qE '^damaged +well-000000: (column|table) ' out; then named=$((named + 1)); fi
done
((named >= 12)) || complain "only $named of 24 places in a file of values were named"

# ---- the same without a manifest: what hits a value is found by the hashes in the file ----
rm -rf copy && cp -r sound copy && rm copy/data/manifest.json
flip copy/data/well-000000.h5 $((size / 2))
run check copy/data/well-000000.h5
exits 1
says "does not hold the values that were written"
grep -qE 'column [a-z_/0-9]+, chunk [0-9]+ \(rows [0-9]+ to [0-9]+\)' out ||
  complain "does not name column and chunk"

# ---- cut off, empty, missing, something else ----
rm -rf copy && cp -r sound copy
truncate -s $((size / 2)) copy/data/well-000000.h5
run check copy
exits 1
says "bytes instead of $size"
: >copy/data/well-000000.h5
run check copy
exits 1
rm copy/data/well-000000.h5
run check copy
exits 1
run check nowhere
exits 1
complains "there is no 'nowhere'"
run check sound/settings.yaml
exits 1
run check
exits 1
complains "usage: idrill check"

# ---- compressed data: most of a small file is structure, and that is found by its bytes ----
run generate "${small[@]}" dataset.wells=1 run.folder=sound dataset.filter=deflate run.resume=never
exits 1
rm -rf sound
run generate "${small[@]}" dataset.wells=1 run.folder=sound
exits 0
size=$(stat -c %s "$file")
for k in $(seq 1 12); do
  damaged $((size * k / 13))
done

finish
