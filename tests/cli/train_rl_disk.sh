#!/usr/bin/env bash
# A full disk: exit code 1, the file is named, and when there is room again the run goes on to the
# bits of an undisturbed one. Needs a small file system of its own.
# ctest: timeout 900
if [[ ${1:-} != mounted ]]; then
  # As root on the file system's own authority, else as root of a name space of our own.
  for enter in "unshare --mount" "unshare --user --map-root-user --mount"; do
    # shellcheck disable=SC2086
    if $enter bash -c 'mount -t tmpfs -o size=64k none /mnt' 2>/dev/null; then
      exec $enter bash "${BASH_SOURCE[0]}" mounted
    fi
  done
  echo "skipped: this user may mount no small file system (no root, no user name spaces)"
  exit 77
fi
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

mkdir disk
mount -t tmpfs -o size=8m none disk

# fill KIB: leaves that much room.
fill() {
  local room
  room=$(df --output=avail -k disk | tail -n 1)
  dd if=/dev/zero of=disk/filler bs=1k count=$((room - $1)) 2>/dev/null
}

# Metrics and checkpoints of several pages, and too long to end before the wall limit.
pendulum pendulum.yaml $((400 / shrink))
run train-rl pendulum.yaml run.folder=reference run.threads=1
exits 0

# ---- a new run: no room for its first checkpoint, or for its settings ----
for room in 0 4 16; do
  fill "$room"
  run_ranks 2 train-rl pendulum.yaml run.folder=disk/new run.threads=1
  exits 1
  complains "No space left on device"
  complains "'disk/new/"
  rm -rf disk/filler disk/new
done

# ---- a run that has a checkpoint ----
run_ranks 2 train-rl pendulum.yaml run.folder=disk/run run.threads=1 run.wall_limit=0.2 \
  run.wall_margin=0.1
exits 75
rm -rf kept && cp -a disk/run kept
for room in 0 4 16; do
  fill "$room"
  run_ranks 2 resume disk/run run.threads=1 run.wall_limit=0 run.checkpoint_every=0
  exits 1
  complains "No space left on device"
  complains "'disk/run/"
  [[ -s disk/run/checkpoint/latest ]] || complain "the checkpoint is gone"
  [[ -z $(find disk/run -name '*.tmp*' -o -name '*.new') ]] || complain "leaves half a file"
  rm disk/filler
done
run resume disk/run run.threads=1 run.wall_limit=0
exits 0
status disk/run finished
same disk/run reference

# The first of them alone, from its own checkpoint: the failures in between changed nothing.
run resume kept run.threads=1 run.wall_limit=0
exits 0
same kept reference
umount disk
finish
