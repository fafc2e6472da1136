# Sourced by the scripts of tests/slurm: a real Slurm of the test's own, on loopback and in one folder:
# munged, slurmctld, and two slurmd that stand for two nodes. It touches neither files nor services of
# an installed Slurm, and runs as whoever starts it.
# shellcheck shell=bash

PATH=$PATH:/usr/sbin:/sbin

cluster_missing() { # why there can be no cluster here, or nothing
  local tool
  for tool in munged mungekey slurmctld slurmd sbatch scontrol scancel squeue sinfo srun; do
    command -v "$tool" >/dev/null || {
      echo "there is no $tool; install slurm-wlm and munge"
      return
    }
  done
}

# Ports that nobody listens on now; tests that run at the same time draw from a wide range.
free_ports() { # COUNT
  local port found=()
  while ((${#found[@]} < $1)); do
    port=$((20000 + RANDOM % 12000))
    [[ " ${found[*]} " == *" $port "* ]] && continue
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || found+=("$port")
  done
  echo "${found[@]}"
}

# The nodes claim more processors than there are, so that jobs run at the same time on any machine. A
# requeued job waits cred_expire seconds (at least 5) before it starts again, not the usual 120. Each
# node has a temporary folder of its own: PMIx keeps its files there, under names without the node.
write_cluster_config() { # FOLDER CONTROL-PORT NODE-PORT NODE-PORT
  local host
  host=$(hostname -s)
  cat >"$1/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$2
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$1/munge/socket,cred_expire=5
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=5,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
PlugStackConfig=/dev/null
ReturnToService=2
MinJobAge=3600
MailProg=/bin/true
SlurmdParameters=config_overrides
StateSaveLocation=$1/state
SlurmdSpoolDir=$1/spool.%n
TmpFS=$1/tmp.%n
SlurmctldPidFile=$1/slurmctld.pid
SlurmdPidFile=$1/slurmd.%n.pid
SlurmctldLogFile=$1/slurmctld.log
SlurmdLogFile=$1/slurmd.%n.log
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$3 CPUs=32 State=UNKNOWN
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$4 CPUs=32 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

# Daemons stay in the foreground, so that their ids are ours to end.
cluster_daemon() { # NAME COMMAND...
  local name=$1
  shift
  "$@" >"$cluster/$name.out" 2>&1 &
  cluster_pids+=($!)
}

# cluster_await SECONDS WHAT COMMAND... : until the command succeeds.
cluster_await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if ((SECONDS >= end)); then
      echo "the Slurm of this test did not come up: $what" >&2
      tail -n 8 "$cluster"/*.out >&2
      return 1
    fi
    sleep 0.1
  done
}

both_nodes_are_idle() { [[ $(sinfo -h -t idle -o %D 2>/dev/null) == 2 ]]; }

# Every process that has the cluster's configuration in its environment: daemons, steps, ranks.
cluster_processes() {
  local file
  for file in /proc/[0-9]*/environ; do
    if grep -qsz "^SLURM_CONF=$cluster/slurm.conf\$" "$file"; then basename "${file%/environ}"; fi
  done
}

kill_cluster() {
  local pid
  for pid in $(cluster_processes); do
    kill -KILL "$pid" 2>/dev/null || true
  done
}

# A test that is killed runs no trap. This process belongs to no test and outlives it for a second.
watch_over() { # PID
  # shellcheck disable=SC2016 # for the other shell
  (setsid bash -c "$(declare -f cluster_processes kill_cluster)"'
     cluster=$0
     while kill -0 "$1" 2>/dev/null; do sleep 1; done
     kill_cluster' "$cluster" "$1" </dev/null >/dev/null 2>&1 &)
}

# cluster_start FOLDER: sets $cluster and SLURM_CONF. A trap with cluster_stop has to be there before.
cluster_start() {
  local ports
  cluster=$1
  cluster_pids=()
  # A test may itself run inside a Slurm job.
  unset "${!SLURM_@}" "${!SBATCH_@}" "${!SRUN_@}"
  mkdir -p "$cluster"/{munge,state,{spool,tmp}.node{1,2}}
  # munged wants a way to its socket for everybody.
  chmod 755 "$cluster" "$cluster/munge"
  read -r -a ports < <(free_ports 3)
  write_cluster_config "$cluster" "${ports[@]}"
  watch_over $$
  export SLURM_CONF=$cluster/slurm.conf
  mungekey --create --keyfile "$cluster/munge/key"
  cluster_daemon munged munged --foreground --force --key-file="$cluster/munge/key" \
    --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" \
    --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed"
  cluster_await 20 "no socket of munged" test -S "$cluster/munge/socket" || return 1
  cluster_daemon slurmctld slurmctld -D -i
  cluster_daemon slurmd1 slurmd -D -N node1
  cluster_daemon slurmd2 slurmd -D -N node2
  cluster_await 60 "no two idle nodes" both_nodes_are_idle
}

# Ends the daemons, then the steps and ranks that outlive them.
cluster_stop() {
  [[ -n ${cluster:-} ]] || return 0
  ((${#cluster_pids[@]} == 0)) || kill "${cluster_pids[@]}" 2>/dev/null || true
  kill_cluster
  wait 2>/dev/null || true
}
