#!/usr/bin/env bash
# stop and resume refuse folders that are no run, runs that are not live, and runs without checkpoint.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

mkdir plain
run stop
exits 1
complains "usage: idrill stop RUN"

run stop nowhere
exits 1
complains "'nowhere' is no run folder"

run stop plain
exits 1
complains "'plain' is no run folder"
[[ -z $(ls plain) ]] || complain "leaves something in a folder that is no run"

# A folder as a run leaves it that died before its first checkpoint.
mkdir dead
echo "run:" >dead/settings.yaml
echo '{"status": "running", "job": "train-rl"}' >dead/summary.json
touch dead/lock
run stop dead
exits 1
complains "no live process works in run folder 'dead'"
[[ ! -e dead/stop ]] || complain "leaves a stop file that nobody waits for"

# A live run holds the lock of its folder.
exec 9<>dead/lock
flock -n 9
run stop dead
exits 0
says "asked the run in 'dead' to stop"
[[ -e dead/stop ]] || complain "makes no stop file"
exec 9>&-

run resume
exits 1
complains "usage: idrill resume RUN"

run resume dead
exits 1
complains "'dead' has no checkpoint to resume from"

run resume plain
exits 1
complains "'plain' is no run folder"

# A summary that names no job of this binary, damaged or foreign.
mkdir -p odd/checkpoint
echo "run:" >odd/settings.yaml
touch odd/checkpoint/latest
for content in '' '{' '[]' '{"job": 3}' '{"job": "cook"}' '{"job": "resume"}'; do
  echo "$content" >odd/summary.json
  run resume odd
  exits 1
  complains "does not say which job made it"
done

run_ranks 2 resume plain
exits 1
complains_once "'plain' is no run folder"

finish
