#!/usr/bin/env bash
# The overview lists every job, every job has a page, and typing errors are met with the nearest name.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

run help
exits 0
silent
for job in resume stop version help; do
  says "  $job"
done
says "exit codes: 0 finished, 75 stopped and resumable, 1 failed"
jobs=$(sed -nE 's/^  ([a-z][a-z0-9-]*) +[^ ].*/\1/p' out)

for job in $jobs; do
  run help "$job"
  exits 0
  silent
  says "usage: idrill $job"
  cp out page
  run "$job" --help
  exits 0
  cmp -s out page || complain "--help shows another page than help"
done

run --help
exits 0
says "jobs:"

run
exits 1
complains "usage: idrill JOB"

run verson
exits 1
complains "there is no job 'verson'; did you mean 'version'?"

run help resum
exits 1
complains "did you mean 'resume'?"

run qqqqqqqqqq
exits 1
complains "there is no job 'qqqqqqqqqq'"
if grep -q "did you mean" err; then complain "guesses at nothing"; fi

finish
