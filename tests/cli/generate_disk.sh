#!/usr/bin/env bash
# A full disk while data are made: exit code 1, the file is named, and when there is room again the
# job goes on to the data of an undisturbed one. Needs a small file system of its own.
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
source "$(dirname "${BASH_SOURCE[0]}")/lib/data.sh"

mkdir disk
mount -t tmpfs -o size=24m none disk

# fill KIB: leaves that much room.
fill() {
  local room
  rm -f disk/filler
  room=$(df --output=avail -k disk | tail -n 1)
  dd if=/dev/zero of=disk/filler bs=1k count=$((room - $1)) 2>/dev/null
}

run generate "${small[@]}" run.folder=reference
exits 0

# Room for the folder and less and less of the data: the reels are cut short, then the files.
for room in 100 300 600; do
  fill "$room"
  run generate "${small[@]}" run.folder=disk/run
  exits 1
  complains "No space left on device"
  complains "'disk/run/"
  [[ -z $(find disk/run -name '*.part') ]] || complain "leaves half a file"
done
rm -f disk/filler
run generate "${small[@]}" run.folder=disk/run
exits 0
status disk/run finished
same_root disk/run reference
run check disk/run
exits 0

# ---- the same with the one file that two ranks write together ----
fill 600
run_ranks 2 generate "${small[@]}" run.folder=disk/one dataset.layout=one
exits 1
complains "No space left on device"
[[ -z $(find disk/one -name '*.part') ]] || complain "leaves half a file"
rm -f disk/filler
run generate "${small[@]}" run.folder=disk/one dataset.layout=one
exits 0
same_root disk/one reference
umount disk
finish
