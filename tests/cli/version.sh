#!/usr/bin/env bash
# What a report of a fault needs to hold.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

run version
exits 0
silent
grep -qE '^idrill [0-9]+\.[0-9]+\.[0-9]+$' out || complain "no version number"
for field in git build compiler flags sanitizers MPI OpenMP BLAS CUDA processor; do
  grep -qE "^$field +[^ ]" out || complain "no field '$field'"
done
says "-ffp-contract=off"

cp out words
run --version
exits 0
cmp -s out words || complain "--version differs from version"

finish
