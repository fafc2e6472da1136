#!/usr/bin/env bash
# idrill generate: the same data on 1, 2 and 4 ranks, in both layouts, with every filter; the check
# finds them sound; settings that make no sense are named; the live stream.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/data.sh"

run generate "${small[@]}" run.folder=reference
exits 0
status reference finished
[[ $(find reference/data -name '*.h5' | wc -l) == 3 ]] || complain "there are not three files"
[[ -z $(find reference -name '*.reel' -o -name '*.part') ]] || complain "something is left over"
run check reference
exits 0
says "the data are those that were written"
says "$(root reference)"

# ---- ranks and layouts ----
for ranks in 2 4; do
  run_ranks "$ranks" generate "${small[@]}" run.folder="ranks-$ranks"
  exits 0
  same_root "ranks-$ranks" reference
done
for ranks in 1 2; do
  run_ranks "$ranks" generate "${small[@]}" run.folder="one-$ranks" dataset.layout=one
  exits 0
  same_root "one-$ranks" reference
  run check "one-$ranks/data/wells.h5"
  exits 0
done

# ---- filters, other packings, other lengths of a part ----
run generate "${small[@]}" run.folder=raw dataset.filter=none dataset.memory=16 run.threads=2
exits 0
same_root raw reference
run generate "${small[@]}" run.folder=szip dataset.filter=szip
exits 0
same_root szip reference

# ---- a well does not depend on the others ----
run generate "${small[@]}" run.folder=third dataset.wells=1 dataset.well_first=2
exits 0
run check third
exits 0
third=$(sed -nE 's/^sound +well-000002, root //p' out)
run check reference/data/well-000002.h5
says "sound        well-000002, root $third"

# ---- another seed, other data ----
run generate "${small[@]}" run.folder=other run.seed=2
exits 0
[[ $(root other) != "$(root reference)" ]] || complain "the seed changes nothing"

# ---- settings that make no sense ----
run generate dataset.channels=wob,rpo run.folder=bad
exits 1
complains "there is no channel 'rpo'; the nearest name is 'rop'"
run generate dataset.start=yesterday run.folder=bad
exits 1
complains "dataset.start = 'yesterday' is no time"
run generate dataset.well_file=nowhere.yaml run.folder=bad
exits 1
complains "there is no file 'nowhere.yaml'"
run generate dataset.pace=2 run.folder=bad
exits 1
complains "dataset.pace = 2 means nothing without dataset.stream=true"
run generate dataset.wels=2 run.folder=bad
exits 1
complains "wells"
[[ ! -e bad ]] || complain "a folder was made"
run generate "${small[@]}" run.folder=reference dataset.wells=4
exits 1
complains "dataset.wells"

# ---- the live stream ----
run generate --stdout "dataset.duration=20 s" "dataset.channels=wob, bit_depth"
exits 0
[[ $(wc -l <out) == 20 ]] || complain "not one line a second"
grep -qE '^\{"time":"2026-01-01T00:00:19Z","well":"well-000000","activity":[0-9]+,"bit_depth":[0-9.]+,"wob":[0-9.]+\}$' \
  out || complain "a line has another form"
run generate --stdout --pace 40 "dataset.duration=20 s" dataset.channels=wob
exits 0
run generate --stdout dataset.wells=2
exits 1
complains "the standard output carries one well"
"$IDRILL" generate --stdout 2>err | head -n 3 >out || complain "a reader that leaves is a failure"
[[ $(wc -l <out) == 3 ]] || complain "no lines"

finish
