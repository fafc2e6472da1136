#!/usr/bin/env bash
# A generator that is killed at random moments, asked to stop, or run on other ranks in between ends
# with the data of an undisturbed one.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/data.sh"

long=("${small[@]}" "dataset.duration=$((250000 / shrink)) s" "dataset.block=2000 s")
run generate "${long[@]}" run.folder=reference
exits 0

# ---- killed, again and again ----
# struck: the kill met a live process (137 is 128 + SIGKILL), so that something was disturbed at all.
struck() { [[ $code == 137 ]]; }
hits=0
start 1 generate "${long[@]}" run.folder=killed
sleep 0.3
for delay in 0.1 0.23 0.05 0.31 0.17 0.4 0.12; do
  sleep "$delay"
  kill -9 "$pid" 2>/dev/null || true # it may have finished: counted below
  leave
  if struck; then hits=$((hits + 1)); fi
  start 1 generate "${long[@]}" run.folder=killed
done
leave
[[ $code == 0 ]] || complain "exit code $code after the last start"
((hits >= 3)) || complain "only $hits of 7 kills met a live generator"
same_root killed reference
run check killed
exits 0
[[ -z $(find killed -name '*.reel' -o -name '*.part') ]] || complain "something is left over"

# ---- killed with both ranks, resumed on one; a torn end of a reel ----
start 2 generate "${long[@]}" run.folder=ranks
while [[ ! -e ranks/reels/well-000001.reel ]]; do sleep 0.02; done
sleep 0.3
kill -9 "$(process ranks)" || complain "two ranks were done before they could be killed"
leave
reel=$(find ranks/reels -name '*.reel' | head -n 1)
[[ -n $reel ]] || complain "no reel is left to tear"
truncate -s -77 "$reel"
run generate "${long[@]}" run.folder=ranks
exits 0
same_root ranks reference

# ---- the stop protocol ----
start 1 generate "${long[@]}" run.folder=stopped run.wall_limit=0.2 run.wall_margin=0.1
leave
[[ $code == 75 ]] || complain "exit code $code at the wall limit"
status stopped stopped
run_ranks 2 resume stopped run.wall_limit=0
exits 0
same_root stopped reference

# ---- killed while the one file is written ----
start 1 generate "${long[@]}" run.folder=one dataset.layout=one
for _ in $(seq 1 1000); do
  if [[ -e one/data/wells.h5.part ]]; then break; fi
  sleep 0.01
done
kill -9 "$pid" || complain "the file was whole before the kill"
leave
run generate "${long[@]}" run.folder=one dataset.layout=one
exits 0
same_root one reference

# ---- a reel of other data is not continued ----
start 1 generate "${long[@]}" run.folder=mixed run.wall_limit=0.2 run.wall_margin=0.1
leave
[[ $code == 75 ]] || complain "exit code $code at the wall limit"
sed -i 's/^  event_rate: .*/  event_rate: 2/' mixed/settings.yaml
run resume mixed run.wall_limit=0
exits 1
complains "was begun with other settings, wells or physics"

finish
