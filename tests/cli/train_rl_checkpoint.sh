#!/usr/bin/env bash
# Damaged checkpoints, changed settings, folders in use: what is damaged is named, the older
# generation takes over where there is a good one, and nothing that could still be used is lost.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

pendulum pendulum.yaml $((500 / shrink))
run train-rl pendulum.yaml run.folder=reference run.threads=1
exits 0

# A stopped run with two generations, while it is live used for what a second process may not do.
start 1 train-rl pendulum.yaml run.folder=stopped run.threads=1 run.checkpoint_every=0.1
await_checkpoint stopped 2
kill -STOP "$pid" # so that it does not end meanwhile
for ranks in 1 2; do
  run_ranks "$ranks" train-rl pendulum.yaml run.folder=stopped
  exits 1
  complains_once "run folder 'stopped' is in use by process $pid on "
  complains "idrill stop stopped"
done
status stopped running
kill -TERM "$pid"
kill -CONT "$pid"
leave
exits 75
[[ -s stopped/checkpoint/latest.previous ]] || complain "keeps no second generation"

# ---- one generation damaged ----

# flip FILE OFFSET: inverts all bits of one byte.
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf '%b' "\\x$(printf %x $((255 - byte)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# place FILE SECTION BYTES: offset of the data of a section, BYTES into it.
place() { echo $(($(grep -aobF -- "$2" "$1" | head -n 1 | cut -d: -f1) + 80 + $3)); }

# damaged NAME WORDS: resume names the damage, takes the older generation, meets the reference.
damaged() {
  run_ranks 2 resume "$1" run.threads=1 run.checkpoint_every=300
  exits 0
  complains_once "the newest checkpoint is damaged, the one before it is used"
  complains_once "$2"
  complains "going on from the older '$1/checkpoint/latest.previous'"
  same "$1" reference
  cmp -s "$1/checkpoint/latest.previous" stopped/checkpoint/latest.previous ||
    complain "the good generation is gone"
}

copy() { rm -rf "$1" && cp -a stopped "$1"; }

size=$(stat -c %s stopped/checkpoint/latest)
copy section
flip section/checkpoint/latest "$(place section/checkpoint/latest ppo/state 100)"
damaged section "section 'ppo/state' is damaged (its checksum is wrong)"

copy cut
truncate -s $((size / 2)) cut/checkpoint/latest
damaged cut "ends early, in section 'ppo/"

copy last
truncate -s $((size - 1)) last/checkpoint/latest
damaged last "ends early, in its last bytes"

copy empty
: >empty/checkpoint/latest
damaged empty "ends early, in its first bytes (it has 0 bytes)"

copy foreign
echo "this is something else altogether" >foreign/checkpoint/latest
damaged foreign "is no checkpoint of this program"

copy name
flip name/checkpoint/latest $(($(place name/checkpoint/latest ppo/state 0) - 78))
damaged name "the list of its sections is damaged"

# One that is not there at all, as after a crash between two renames.
copy absent
rm absent/checkpoint/latest
run_ranks 2 resume absent run.threads=1
exits 0
same absent reference

# ---- both damaged: an error, and all stays as it is ----
copy both
flip both/checkpoint/latest "$(place both/checkpoint/latest ppo/state 8)"
flip both/checkpoint/latest.previous "$(place both/checkpoint/latest.previous ppo/moment1 8)"
cat both/checkpoint/* both/metrics >before
run_ranks 2 resume both run.threads=1
exits 1
complains_once "section 'ppo/state' is damaged"
complains "section 'ppo/moment1"
status both failed
cat both/checkpoint/* both/metrics | cmp -s before - || complain "touches checkpoints or metrics"

# ---- changed settings: each is named, and the run goes on without them ----
copy changed
cat changed/checkpoint/* changed/settings.yaml >before
run_ranks 2 resume changed ppo.clip=0.3 run.seed=2 'net.value=[8]'
exits 1
complains_once "settings changed since 'changed/settings.yaml' was written"
complains "run.seed: was 1, is now 2"
complains "ppo.clip: was 0.2, is now 0.3"
complains "net.value: was [32], is now [8]"
status changed stopped
cat changed/checkpoint/* changed/settings.yaml | cmp -s before - || complain "touches the run"

# ---- a folder that has a run already ----
run_ranks 2 train-rl pendulum.yaml run.folder=changed run.resume=never
exits 1
complains_once "run folder 'changed' holds a run already and run.resume is never"
cat changed/checkpoint/* changed/settings.yaml | cmp -s before - || complain "touches the run"
run train-rl pendulum.yaml run.folder=changed run.threads=1
exits 0
complains "resumed at "
same changed reference
finish
