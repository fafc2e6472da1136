#!/usr/bin/env bash
# A burst of a file's well and of a generated one: as many rows as asked for, a summary of both
# strings, the same bytes again, and bad settings told.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"
: "${IDR_SOURCE:?root of the sources}"
short=(burst.drill=20 burst.settle=2 burst.seconds=5)

run burst "${short[@]}" burst.well_file="$IDR_SOURCE/configs/wells/example.yaml" burst.output=a.csv
exits 0
silent
says "well example, bit at 15"
says "waves"
says "two inertias"
[[ $(head -1 a.csv) == time,omega_top,omega_bit,torque_top,torque_bit ]] || complain "other columns"
[[ $(wc -l <a.csv) == 501 ]] || complain "has $(wc -l <a.csv) lines, not 501"
[[ $(tail -1 a.csv) == 5,* ]] || complain "does not end at 5 s"
if grep -qiE 'nan|inf' a.csv; then complain "a value is no number"; fi

# The standard output carries the same bytes and nothing else.
run burst "${short[@]}" burst.well_file="$IDR_SOURCE/configs/wells/example.yaml" burst.output=-
exits 0
cmp -s out a.csv || complain "the standard output differs from the file"
complains "two inertias"

for control in stiff soft-torque z-torque; do
  run burst "${short[@]}" burst.well=3 burst.top_drive=$control
  exits 0
  silent
done

run burst burst.rat=50
exits 1
complains "did you mean 'burst.rate'"
run burst burst.cells=5
exits 1
complains "5 cells are too few for 100 values a second"
run burst "${short[@]}" burst.depth="40 m" # collars alone
exits 0
silent
run burst burst.depth="14000 m"
exits 1
complains "start depth 14000.0 m"
run burst burst.rpm=-3
exits 1
complains "rpm"
run burst burst.well_file=nowhere.yaml
exits 1
complains "nowhere.yaml"
run burst "${short[@]}" burst.output=nowhere/a.csv
exits 1
complains "nowhere/a.csv"

finish
