#!/usr/bin/env bash
# The batch templates as they are, in a real Slurm on this machine: a job that reaches its limit is
# requeued and ends with the bits of an undisturbed one; an array over seeds; two nodes; jobs that are
# cancelled, stopped, failing or too short; and what each of them means to a job that waits with afterok.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/../support/slurm_cluster.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../cli/lib/train.sh"

why=$(cluster_missing)
if [[ -n $why ]]; then
  echo "skipped: $why"
  exit 77
fi
trap 'cluster_stop; rm -rf "$work"' EXIT

# ---- jobs ------------------------------------------------------------------------------------------

templates=$work/prefix/share/idrill/slurm
export IDRILL_PREFIX=$work/prefix

# submit SBATCH-OPTION... TEMPLATE ARGUMENT... : sets $job.
submit() { job=$(sbatch --parsable "$@") || complain "sbatch $* fails"; }

# successor JOB: submits what waits for it with afterok; it leaves a mark with what it finds. Sets $job.
successor() {
  submit --job-name=successor --ntasks=1 --dependency="afterok:$1" --output=/dev/null \
    --wrap "grep -h '\"status\"' runs/$1/summary.json >after.$1 || touch after.$1"
}

field() { # JOB KEY : of what Slurm tells about the job
  scontrol -o show job "$1" 2>/dev/null | head -n 1 | tr ' ' '\n' | sed -n "s/^$2=//p"
}

# about JOB: makes complaints show its log.
about() {
  # shellcheck disable=SC2034 # complain shows it
  last="job $1 ($(field "$1" JobName), $(field "$1" JobState), exit $(field "$1" ExitCode))"
  cat ./*-"$1".log 2>/dev/null | grep -v '^ ' >"$work/out" || true # without settings and table
  : >"$work/err"
}

# await SECONDS JOB KEY VALUE-PATTERN
await() {
  local end=$((SECONDS + $1)) value
  while value=$(field "$2" "$3") && [[ ! $value =~ ^($4)$ ]]; do
    if ((SECONDS >= end)); then
      about "$2"
      complain "$3 is '$value' after $1 s, expected '$4'"
      return
    fi
    sleep 0.2
  done
}

await_file() { # SECONDS JOB FILE
  local end=$((SECONDS + $1))
  while [[ ! -e $3 ]]; do
    if ((SECONDS >= end)); then
      about "$2"
      complain "there is no $3 after $1 s"
      return
    fi
    sleep 0.05
  done
}

ends() { # JOB STATE EXIT-CODE [SECONDS] : as Slurm writes them
  await "${4:-120}" "$1" JobState "$2"
  about "$1"
  [[ $(field "$1" ExitCode) == "$3" ]] || complain "expected exit code $3"
}

restarts() { # JOB COUNT-PATTERN
  about "$1"
  [[ $(field "$1" Restarts) =~ ^$2$ ]] || complain "restarted $(field "$1" Restarts) times, expected $2"
}

# relieve JOB : when it was queued again, takes the limit off, so that the next start can end.
relieve() {
  await 90 "$1" Restarts '[1-9][0-9]*'
  scontrol update job="$1" timelimit=30
}

never_starts() { # JOB : a successor
  await 30 "$1" Reason DependencyNeverSatisfied
}

# ---- a cluster, and trainings that fit this machine ------------------------------------------------

"$IDR_SOURCE/slurm/install.sh" --build "$IDR_BUILD" "$work/prefix" >"$work/install.log"
cluster_start "$work/cluster" || exit 1

pendulum probe.yaml 500
run train-rl probe.yaml run.folder=probe run.threads=1
exits 0
rate=$(sed -nE 's/.*"steps_per_s": ([0-9]+).*/\1/p' probe/summary.json)
pendulum long.yaml $((12 * rate / 2048)) # of 12 s on one rank: more than the 2 s of the limit
pendulum middle.yaml $((4 * rate / 2048))
pendulum brief.yaml $((rate / 4096))
pendulum endless.yaml 100000000

# ---- all of them at once -----------------------------------------------------------------------------
# Slurm's shortest limit is a minute: 58 s of it are margin.
# What the submitting shell believes of time does not matter.
SLURM_JOB_END_TIME=1 SLURM_TIME_FORMAT=relative \
  submit --ntasks=2 --time=1 "$templates/train-rl.sbatch" long.yaml run.wall_margin=58
limited=$job
successor "$limited"
after_limited=$job

# Slurm's own signal, which comes 25 to 55 s before the limit, so before the engine's own stop.
submit --ntasks=1 --time=1 --signal=USR1@25 "$templates/train-rl.sbatch" endless.yaml run.wall_margin=1
signalled=$job
successor "$signalled"
after_signalled=$job

submit --ntasks=2 "$templates/train-rl.sbatch" long.yaml
cancelled=$job
successor "$cancelled"
after_cancelled=$job

submit --ntasks=2 "$templates/train-rl.sbatch" endless.yaml
killed=$job
successor "$killed"
after_killed=$job

submit --ntasks=1 "$templates/train-rl.sbatch" middle.yaml ppo.lanes=many
wrong=$job
successor "$wrong"
after_wrong=$job

# The default margin is as long as this limit.
submit --ntasks=1 --time=1 "$templates/train-rl.sbatch" middle.yaml
short=$job
successor "$short"
after_short=$job

# The same where Slurm queues nothing again, and where the run's folder is not named.
submit --ntasks=1 --time=1 --no-requeue "$templates/train-rl.sbatch" middle.yaml
refused=$job
submit --ntasks=1 "$templates/train-rl.sbatch" middle.yaml run.folder=auto
nameless=$job

# ---- disturbances ----------------------------------------------------------------------------------
await_file 60 "$killed" "runs/$killed/metrics"
sleep 0.5
kill -KILL "$(process "runs/$killed")"

await_file 60 "$cancelled" "runs/$cancelled/metrics"
sleep 0.5
scancel "$cancelled"

relieve "$limited"

ends "$wrong" FAILED 1:0
says "ppo.lanes"
never_starts "$after_wrong"

ends "$nameless" FAILED 1:0
says "name the folder of the run"

ends "$refused" FAILED 75:0
says "Slurm refuses to queue it again; go on with: idrill resume runs/$refused"
restarts "$refused" 0

ends "$killed" FAILED 137:0
never_starts "$after_killed"

ends "$cancelled" CANCELLED 75:0
says "stopped, and not queued again: Slurm ends this job"
status "runs/$cancelled" stopped
[[ -s runs/$cancelled/checkpoint/latest ]] || complain "leaves no checkpoint"
never_starts "$after_cancelled"
# On in a new job, from the same template, on more ranks.
submit --ntasks=4 "$templates/train-rl.sbatch" long.yaml run.folder="runs/$cancelled"
continued=$job

ends "$short" FAILED 75:0
says "it got no further since it was started"
restarts "$short" 1
never_starts "$after_short"
submit --job-name=resume --ntasks=2 --output=%x-%j.log --wrap \
  "exec $templates/requeue.sh srun --mpi=pmix $IDRILL_PREFIX/bin/idrill resume runs/$short run.wall_margin=5"
resumed=$job

# ---- an array over seeds, one task of which is disturbed, and two nodes ------------------------------
submit "$templates/train-rl-array.sbatch" middle.yaml
array=$job

# The task whose plain id is the array's own: only itself may be queued again.
task=
for ((i = 0; i < 300 && ${#task} == 0; i++)); do
  for seed in 1 2 3 4; do
    [[ $(field "${array}_$seed" JobId) != "$array" || ! -e runs/${array}_$seed/metrics ]] || task=$seed
  done
  sleep 0.1
done
scancel --signal=USR1 "${array}_$task" || complain "no task of array $array can be signalled"

# Two nodes of one rank: both are this machine, where the ranks of one node would take the shared
# memory of the other's for their own.
submit --nodes=2 --ntasks-per-node=1 "$templates/train-rl-multinode.sbatch" brief.yaml
spread=$job

# ---- Slurm's own signal, then a stop by hand -----------------------------------------------------------
relieve "$signalled"
about "$signalled"
says "stopped (signal)"
await 60 "$signalled" JobState RUNNING
until "$IDRILL" stop "runs/$signalled" >/dev/null 2>&1 || ((SECONDS > 600)); do sleep 0.1; done
ends "$signalled" FAILED 75:0
says "somebody asked for the stop with 'idrill stop'"
never_starts "$after_signalled"

# ---- what came of the others ---------------------------------------------------------------------------
run train-rl long.yaml run.folder=long run.threads=1
exits 0
run train-rl middle.yaml run.folder=middle run.threads=1 run.seed="$task"
exits 0
run train-rl brief.yaml run.folder=brief run.threads=1
exits 0

ends "$limited" COMPLETED 0:0
restarts "$limited" '[1-9][0-9]*'
says "stopped (wall limit)"
says "stopped with a checkpoint in runs/$limited; queued again"
same "runs/$limited" long
ends "$after_limited" COMPLETED 0:0
grep -q '"status": "finished"' "after.$limited" || complain "starts before its job has finished"

ends "$continued" COMPLETED 0:0
says "resumed at "
same "runs/$cancelled" long

for seed in 1 2 3 4; do
  ends "${array}_$seed" COMPLETED 0:0
  status "runs/${array}_$seed" finished
  restarts "${array}_$seed" $((seed == task ? 1 : 0))
  digest "runs/${array}_$seed" >>digests
done
[[ $(sort -u digests | wc -l) == 4 ]] || complain "seeds do not differ: $(tr '\n' ' ' <digests)"
same "runs/${array}_$task" middle

ends "$resumed" COMPLETED 0:0
says "resumed at "
same "runs/$short" "runs/${array}_1" # seed 1 is the default

ends "$spread" COMPLETED 0:0
[[ $(field "$spread" NumNodes) =~ ^2(-2)?$ ]] || complain "does not run on two nodes"
same "runs/$spread" brief

for job in $signalled $cancelled $killed $wrong $short; do
  [[ ! -e after.$job ]] || complain "the successor of job $job has started"
done
finish
