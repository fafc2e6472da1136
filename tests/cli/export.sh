#!/usr/bin/env bash
# export: the model folder of a run, of a checkpoint, with limits; a policy judged from its ONNX file.
# ctest: timeout 600
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

each() { grep -o '"each":\[[^]]*\]' "$1" | head -n 1; }

# ---- a finished run has its model ----
pendulum pendulum.yaml 3
run train-rl pendulum.yaml run.folder=runs/one run.threads=1
exits 0
for file in MLmodel model.onnx value.onnx settings.yaml requirements.txt input_example.json; do
  [[ -s runs/one/model/$file ]] || complain "there is no model/$file"
done
grep -qF '"model": "runs/one/model"' runs/one/summary.json || complain "the summary names no model"

# ---- the file and the checkpoint are the same policy, episode by episode ----
run evaluate runs/one evaluate.episodes=20
exits 0
run evaluate runs/one/model/model.onnx evaluate.episodes=20
exits 0
says "ONNX file runs/one/model/model.onnx"
[[ -n $(each runs/one/evaluation.json) ]] || complain "the run's evaluation has no returns"
[[ $(each runs/one/evaluation.json) == "$(each runs/one/model/model.evaluation.json)" ]] ||
  complain "the returns of the ONNX file are not those of the run"

# ---- a squashed policy likewise; it has no value of one network ----
sac sac.yaml 8
run train-rl sac.yaml run.folder=runs/sac run.threads=1
exits 0
[[ ! -e runs/sac/model/value.onnx ]] || complain "SAC has a value.onnx"
grep -q '^ppo:' runs/sac/settings.yaml && complain "a SAC run has settings of PPO"
grep -q '^sac:' runs/one/settings.yaml && complain "a PPO run has settings of SAC"
run evaluate runs/sac evaluate.episodes=20
exits 0
run evaluate runs/sac/model/model.onnx evaluate.episodes=20
exits 0
[[ $(each runs/sac/evaluation.json) == "$(each runs/sac/model/model.evaluation.json)" ]] ||
  complain "the returns of the ONNX file are not those of the SAC run"
run report runs/sac
exits 0

# ---- a value network that sees no more than the policy is read back as such ----
drilling drilling.yaml 2
run train-rl drilling.yaml run.folder=runs/blind run.threads=1 ppo.asymmetric=false
exits 0
cp runs/blind/model/value.onnx blind-value.onnx
run export runs/blind
exits 0
cmp -s blind-value.onnx runs/blind/model/value.onnx || complain "the blind value network differs"
grep -qa abrasiveness runs/blind/model/value.onnx && complain "the blind critic sees more"

# ---- made anew: the same bits, from the run or from its checkpoint ----
cp -r runs/one/model kept
run export runs/one/
exits 0
says "model        runs/one/model"
cmp kept/model.onnx runs/one/model/model.onnx || complain "the model of the same policy differs"
cp runs/one/checkpoint/latest some.ckpt
run export some.ckpt
exits 0
cmp kept/model.onnx some.ckpt.model/model.onnx || complain "the model of the checkpoint differs"
run export some.ckpt 'export.low=[-0.5]'
exits 0
[[ -s some.ckpt.model-limited/MLmodel ]] || complain "limits have no folder of their own"
cmp kept/model.onnx some.ckpt.model/model.onnx || complain "limits replaced the model without"
run export some.ckpt export.folder=elsewhere/model 'export.low=[-0.5]' 'export.high=[0.5]'
exits 0
says "safety limits of the export"
cmp -s kept/model.onnx elsewhere/model/model.onnx && complain "limits change nothing"
run evaluate elsewhere/model/model.onnx evaluate.episodes=20
exits 0

# ---- a damaged newest checkpoint: the one before it ----
pendulum longer.yaml 40
run train-rl longer.yaml run.folder=runs/two run.threads=1 "run.checkpoint_every=0.01 s"
exits 0
printf 'x' | dd of=runs/two/checkpoint/latest bs=1 seek=4000 conv=notrunc status=none
run export runs/two
exits 0
complains "the one before it is exported"

# ---- the model that could not be written at the end comes with a resume ----
pendulum blocked.yaml 3
mkdir -p runs/three
touch runs/three/model
run train-rl blocked.yaml run.folder=runs/three run.threads=1
exits 1
complains "runs/three/model"
[[ -s runs/three/checkpoint/latest ]] || complain "the checkpoint is lost with the model"
rm runs/three/model
run resume runs/three
exits 0
cmp kept/model.onnx runs/three/model/model.onnx || complain "the model after a resume differs"

# ---- a run whose name looks like a file ----
run train-rl pendulum.yaml run.folder=runs/old.onnx run.threads=1
exits 0
run evaluate runs/old.onnx evaluate.episodes=4
exits 0
says "checkpoint at"

# ---- refusals ----
refuses() { # WORDS ARGUMENT...
  local words=$1
  shift
  run "$@"
  exits 1
  complains "$words"
}
refuses "usage: idrill export" export
refuses "no run folder with a checkpoint" export kept
refuses "nowhere" export nowhere
refuses "export.low: -9 is outside the bounds of torque, -2 to 2 N.m" export runs/one 'export.low=[-9]'
refuses "export.low has 2 numbers" export runs/one 'export.low=[0, 0]'
refuses "above export.high" export runs/one 'export.low=[1]' 'export.high=[-1]'
refuses "unknown key 'export.lou'" export runs/one 'export.lou=[1]'
refuses "'runs/one' is a run" export runs/one export.folder=runs/one
refuses "'kept' is a model folder; name the file in it: kept/model.onnx" evaluate kept
refuses "no policy for task 'cartpole'" evaluate kept/model.onnx train.task=cartpole
refuses "there is no file 'none.onnx'" evaluate none.onnx
touch plain
refuses "plain" export runs/one export.folder=plain/model

finish
