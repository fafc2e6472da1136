# Sourced, after lib/train.sh, by the scripts of tests/cli that make data sets: small ones, their
# roots.
# shellcheck shell=bash

# Two hours of three wells in blocks of a quarter of an hour, few channels.
# shellcheck disable=SC2034
small=(dataset.wells=3 "dataset.duration=7000 s" "dataset.block=900 s"
  "dataset.channels=wob, rop, standpipe_pressure, pit_volume" run.threads=1)

# root RUN: the hash of its data, as its summary has it.
root() { sed -nE 's/.*"root": "([0-9a-f]{32})".*/\1/p' "$1/summary.json"; }

# same_root RUN REFERENCE
same_root() {
  [[ -n $(root "$2") && $(root "$1") == "$(root "$2")" ]] ||
    complain "root of $1 is '$(root "$1")', of $2 '$(root "$2")'"
}
