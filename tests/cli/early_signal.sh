#!/usr/bin/env bash
# A stop that comes while MPI is still coming up, as Slurm's signal may when it starts a job late, ends
# with a checkpoint like any other.
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

pendulum pendulum.yaml 1000000

# Rank 0 waits inside MPI's start for rank 1, which comes late.
cat >late.sh <<'EOT'
#!/usr/bin/env bash
if [[ ${OMPI_COMM_WORLD_RANK:-0} == 0 ]]; then
  echo $$ >rank0
else
  sleep 3
fi
exec "$IDRILL" train-rl pendulum.yaml run.folder=run run.threads=1
EOT
chmod +x late.sh
# shellcheck disable=SC2086
$MPIRUN 2 ./late.sh >out 2>err &
pid=$!
# shellcheck disable=SC2034 # complain shows it
last="2 ranks, one of them late"

until [[ -s rank0 && $(cat "/proc/$(<rank0)/comm" 2>/dev/null) == idrill ]]; do
  kill -0 "$pid" 2>/dev/null || { complain "rank 0 did not come up" && finish; }
  sleep 0.02
done
sleep 0.5
kill -USR1 "$(<rank0)"
leave
exits 75
status run stopped
grep -qF '"reason": "signal"' run/summary.json || complain "the reason is not 'signal'"
[[ -s run/checkpoint/latest ]] || complain "leaves no checkpoint"
finish
