#!/usr/bin/env bash
# The physics holds against what is known of it, the table says so for people and machines, and a
# number outside its tolerance ends the job with 1.
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

run verify-physics verify.json=table.json
exits 0
silent
says " 0 fail"
for case in V1 V2 V3 V4 V5 V6 V7 V8 V9 V10 V11 V12 V13 V15 V16 V17 V18 V19 V20; do
  grep -qE "^  $case +[^ ]" out || complain "case $case is missing"
done
if grep -q FAILS out; then complain "a case fails"; fi
# As many numbers in the file as in the table, and each with a source.
numbers=$(sed -nE 's/^([0-9]+) numbers, 0 fail$/\1/p' out)
[[ $(grep -c '"verdict"' table.json) == "$numbers" ]] || complain "table.json has other numbers"
[[ $(grep -cE '"source": "[^"]' table.json) == "$numbers" ]] || complain "a number has no source"

# Without tolerance every rounding is a failure: the job says which and how many. Of one family under
# a sanitizer, which has been through all of them above.
family=()
if ((shrink > 1)); then family=(path); fi
run verify-physics "${family[@]}" verify.tolerance_scale=0
exits 1
grep -qE ' FAILS$' out || complain "nothing fails at a tolerance of zero"
complains "lie outside their tolerance"

# One family alone.
run verify-physics path
exits 0
says "path: minimum curvature"
if grep -q '^rop:' out; then complain "shows another family"; fi

run verify-physics pth
exits 1
complains "there is no family 'pth', did you mean 'path'?"

run verify-physics verify.tolerance_scale=-1
exits 1
complains "tolerance_scale"

run verify-physics path verify.json=nowhere/table.json
exits 1
complains "nowhere/table.json"

finish
