#!/usr/bin/env bash
# Runs one training as the step of a batch job, and queues the job again when it stopped before its
# end. The templates beside this file end with it:
#
#   exec requeue.sh srun ... idrill train-rl CONFIG run.folder=FOLDER [section.key=value ...]
#   exec requeue.sh srun ... idrill resume FOLDER [section.key=value ...]
#
# What the job ends as, what Slurm then calls it, and what a job does that waits with afterok:
#
#   finished                                             COMPLETED              starts
#   time limit near, preempted by a signal               PENDING, runs again    goes on waiting
#   stopped for good: idrill stop, no progress,
#     or requeued IDRILL_MAX_RESTARTS times (100)        FAILED, exit code 75   never starts
#   scancel                                              CANCELLED              never starts
#   failed                                               FAILED                 never starts
#
# A job that was requeued has the same id, so FOLDER may contain %j, %A and %a.
set -uo pipefail

say() { echo "requeue: $*" >&2; }

find_folder() { # WORD... : sets $folder, as the job will name it
  local word previous=
  folder=
  for word in "$@"; do
    if [[ $word == run.folder=* ]]; then folder=${word#run.folder=}; fi
    if [[ $previous == resume && -z $folder ]]; then folder=$word; fi
    previous=$word
  done
  folder=${folder//%j/$SLURM_JOB_ID}
  folder=${folder//%A/${SLURM_ARRAY_JOB_ID:-}}
  folder=${folder//%a/${SLURM_ARRAY_TASK_ID:-}}
}

summary() { # KEY : a text of the folder's summary, empty when there is none
  sed -nE "s/^ *\"$1\": \"(.*)\",?\$/\\1/p" "$folder/summary.json" 2>/dev/null
}

# The engine stops run.wall_margin before this time by itself, also where the signal gets lost. Slurm is
# asked, because not every Slurm tells jobs (22.05 does not), and a job that was submitted inside another
# one would inherit that one's.
find_end() {
  local end
  end=$(SLURM_TIME_FORMAT=standard squeue --noheader --jobs="$self" --format=%e)
  if [[ $end == [0-9]*-* ]] && end=$(date -d "$end" +%s); then
    export SLURM_JOB_END_TIME=$end
  elif [[ -z ${SLURM_JOB_END_TIME:-} ]]; then
    say "Slurm names no end of this job: only its signal can stop the run in time"
  fi
}

# Why a stopped run must not be queued again; nothing when it may.
obstacle() {
  if [[ -n $ended ]]; then
    echo "Slurm ends this job (scancel, its limit, or preemption)"
  elif [[ $(summary reason) == "stop file" ]]; then
    echo "somebody asked for the stop with 'idrill stop'"
  elif [[ $(summary digest) == "$before" ]]; then
    echo "it got no further since it was started: is the time limit longer than run.wall_margin?"
  elif ((${SLURM_RESTART_COUNT:-0} >= ${IDRILL_MAX_RESTARTS:-100})); then
    echo "it was queued again ${SLURM_RESTART_COUNT} times (IDRILL_MAX_RESTARTS)"
  fi
}

# In an array the plain id of one task is also the id of the whole array.
self=${SLURM_JOB_ID:?this script runs inside a Slurm job}
[[ -z ${SLURM_ARRAY_JOB_ID:-} ]] || self=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

find_folder "$@"
if [[ -z $folder || $folder == auto ]]; then
  say "name the folder of the run (run.folder=...): a requeued job has to find it again"
  exit 1
fi
before=$(summary digest)
find_end

# Slurm tells this script too when it ends the job; the shell heeds it when the step has ended.
ended=
trap 'ended=yes' TERM
code=0
"$@" || code=$?
((code == 75)) || exit "$code"

why=$(obstacle)
if [[ -n $why ]]; then
  say "stopped, and not queued again: $why; go on with: idrill resume $folder"
elif scontrol requeue "$self" || [[ -n $ended ]]; then # it may be ended before it hears the answer
  say "stopped with a checkpoint in $folder; queued again"
else
  say "stopped, and Slurm refuses to queue it again; go on with: idrill resume $folder"
fi
exit 75
