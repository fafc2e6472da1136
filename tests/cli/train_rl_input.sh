#!/usr/bin/env bash
# Whatever is wrong with settings, files, ranks or threads is told once, by name and place, with exit
# code 1 on every rank, before a folder is made.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

run_ranks 2 train-rl absent.yaml
exits 1

# Every rank leaves its own exit code; mpiexec is not to end the others at the first one.
export OMPI_MCA_orte_abort_on_non_zero_status=0
cat >rank.sh <<'EOF'
"$IDRILL" "$@"
code=$?
echo "$code" >>codes
exit "$code"
EOF

# refuses RANKS MESSAGE ARGUMENT... : all of the above.
refuses() {
  local ranks=$1 message=$2
  shift 2
  rm -f codes
  # shellcheck disable=SC2034
  last="$ranks ranks of idrill train-rl $*"
  # shellcheck disable=SC2086
  $MPIRUN "$ranks" bash rank.sh train-rl "$@" run.folder=run >out 2>err || true
  [[ $(cat codes) == "$(yes 1 | head -n "$ranks")" ]] ||
    complain "exit codes of the ranks: $(tr '\n' ' ' <codes)"
  complains_once "$message"
  [[ $(grep -c '^idrill: ' err) == 1 ]] || complain "tells more than one error"
  if [[ -e run || -e runs ]]; then complain "leaves a folder behind" && rm -rf run runs; fi
}

pendulum pendulum.yaml 4
drilling drilling.yaml 4

# ---- settings: all problems of a file at once, with line and column ----
cat >bad.yaml <<'EOF'
train: {task: pendulum}
ppo:
  lanez: 8
  horizon: many
  clip: -3
  gamma: 0.9 s
nett:
  policy: [8]
EOF
refuses 2 "bad.yaml:3:3: unknown key 'ppo.lanez'; did you mean 'ppo.lanes'?" bad.yaml
complains "bad.yaml:4:12: 'ppo.horizon': 'many' is no whole number"
complains "bad.yaml:5:9: 'ppo.clip': -3 is out of range: 0 to 10"
complains "bad.yaml:6:10: 'ppo.gamma'"
complains "bad.yaml:7:1: unknown section 'nett'; did you mean 'net'?"

printf 'ppo: {lanes: 8\nnet: ]\n' >broken.yaml
refuses 2 "broken.yaml:2" broken.yaml
refuses 2 "cannot read 'absent.yaml': No such file" absent.yaml
refuses 2 "override 'ppo.lanez=8': unknown key 'ppo.lanez'; did you mean 'ppo.lanes'?" \
  pendulum.yaml ppo.lanez=8
refuses 2 "override 'run.seed=one': 'one' is no whole number" pendulum.yaml run.seed=one
refuses 2 "override 'net.policy=[0]': 0 is out of range: 1 to 4096" pendulum.yaml 'net.policy=[0]'
refuses 2 "override 'ppo.adam_epsilon=0': 0 is out of range: 1e-12 to 1" \
  pendulum.yaml ppo.adam_epsilon=0
refuses 2 "train.task = 'pendulm' is no task; there are cartpole, pendulum, drilling, mountaincar, acrobot" \
  pendulum.yaml train.task=pendulm
refuses 2 "override 'train.method=sacc': 'sacc' is none of ppo|sac; did you mean 'sac'?" \
  pendulum.yaml train.method=sacc
refuses 2 "task 'cartpole' has discrete actions, this method needs continuous ones" \
  pendulum.yaml train.task=cartpole train.method=sac
refuses 2 "sac.replay = 8 leaves 2 transitions to each of 4 lanes" \
  pendulum.yaml train.method=sac sac.replay=8 sac.n_step=3
refuses 2 "unknown option '--lanes'" pendulum.yaml --lanes
refuses 2 "two configuration files, 'pendulum.yaml' and 'drilling.yaml'" pendulum.yaml drilling.yaml
refuses 2 "run.wall_limit (10 s) must be longer than run.wall_margin (60 s" \
  pendulum.yaml run.wall_limit=10

# ---- what does not divide ----
refuses 3 "3 ranks x 1 threads do not divide the 8 blocks" pendulum.yaml run.threads=1
complains "one of 1, 2, 4, ... up to 8"
refuses 2 "2 ranks x 3 threads do not divide the 8 blocks" pendulum.yaml run.threads=3
refuses 2 "blocks = 6 is no power of two" \
  pendulum.yaml ppo.blocks=6 ppo.lanes=12 ppo.horizon=80 ppo.minibatch=480
refuses 2 "ppo.lanes = 12 is no multiple of ppo.blocks = 8" pendulum.yaml ppo.lanes=12
refuses 2 "ppo.minibatch = 100 is no multiple of ppo.blocks = 8" pendulum.yaml ppo.minibatch=100
refuses 2 "ppo.minibatch = 512 does not divide ppo.lanes x ppo.horizon = 2080 rows" \
  pendulum.yaml ppo.horizon=65

# ---- wells ----
refuses 2 "drilling.well_file: there is no file 'absent.yaml'" drilling.yaml drilling.well_file=absent.yaml
example=$IDR_SOURCE/configs/wells/example.yaml
sed 's/top: 1400, bottom: 1700/top: 1390, bottom: 1700/' "$example" >overlap.yaml
line=$(grep -n 'top: 1390' overlap.yaml | cut -d: -f1)
refuses 2 "overlap.yaml:$line:11: layer from 1390.00 m overlaps the one above, which ends at 1400.00 m" \
  drilling.yaml drilling.well_file=overlap.yaml
sed 's/bit_diameter: 8.5/bit_diameter: 9/' "$example" >wide.yaml
line=$(grep -n 'bit_diameter: 9' wide.yaml | cut -d: -f1)
refuses 2 "wide.yaml:$line:19: section main: bit_diameter 228.6 mm is wider than its hole, 215.9 mm" \
  drilling.yaml drilling.well_file=wide.yaml
refuses 2 "wells: depth_max is 1000 m and depth_min 4000 m" \
  drilling.yaml wells.depth_min=4000 wells.depth_max=1000

# ---- folders ----
touch file
run train-rl pendulum.yaml run.folder=file/run
exits 1
complains_once "cannot make the folder 'file'"
run train-rl pendulum.yaml run.folder=run-%j
exits 1
complains_once "needs SLURM_JOB_ID, which is not set"
run train-rl pendulum.yaml run.folder=new run.resume=must
exits 1
complains_once "run.resume is must, but there is no folder 'new'"
[[ ! -e new ]] || complain "leaves a folder behind"
finish
