#!/usr/bin/env bash
# evaluate: a yardstick and a drilling run, cached baselines, other prices, damaged and foreign folders.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

# Statistics are recomputed from the file with python where there is one.
check_json() { # FILE... : the script on stdin sees them as list `files`
  local script
  script=$(cat)
  command -v python3 >/dev/null || return 0
  python3 - "$@" <<PYTHON >checked 2>&1 || complain "$(cat checked)"
import json, sys
def refuse(word):
    raise ValueError(word + " is no JSON")
files = [json.load(open(name), parse_constant=refuse) for name in sys.argv[1:]]
$script
PYTHON
}

# ---- a yardstick ----
pendulum pendulum.yaml 2
run train-rl pendulum.yaml run.folder=yard/run run.threads=1
exits 0
run evaluate yard/run evaluate.episodes=33
exits 0
says "policy       pendulum, checkpoint at 4096 of 4096 steps, digest $(digest yard/run)"
says "episodes     33, seed 1"
mv yard/run/evaluation.json first.json
# Settings before the run; the run is live; two ranks, of which one rests.
exec 9<>yard/run/lock
flock -n 9 || complain "the trained run still holds its lock"
run_ranks 2 evaluate evaluate.episodes=33 evaluate.threads=2 yard/run/
exits 0
exec 9>&-
run evaluate yard/run evaluate.episodes=33 evaluate.seed=2 evaluate.threads=1
exits 0
mv yard/run/evaluation.json third.json
run evaluate yard/run evaluate.episodes=33 evaluate.threads=1
exits 0
check_json first.json yard/run/evaluation.json third.json <<'CHECK'
a, b, other = files
assert a["checkpoint"]["steps"] == 4096 and len(a["checkpoint"]["digest"]) == 16
assert a["task"] == "pendulum" and a["episodes"] == 33 and a["deterministic"] is True
each = a["return"]["each"]
assert len(each) == 33 and len(set(each)) == 33 and set(a["length"]["each"]) == {200.0}
assert abs(sum(each) / 33 - a["return"]["mean"]) < 1e-9
assert min(each) == a["return"]["min"] and max(each) == a["return"]["max"]
assert each == b["return"]["each"], "threads change the result"
assert not set(each) & set(other["return"]["each"]), "the seed changes nothing"
CHECK

# ---- drilling ----
# Scenarios, generated and of the well file: with the clairvoyant's trials they are what takes long.
wells=$(few_or 3 9)
guests=$(few_or 2 5)
cat >drilling.yaml <<EOF
train: {task: drilling}
drilling: {wells: 8, interval: 4 m, time_limit: $(few_or "5 min" "40 min")}
ppo:
  {lanes: 32, horizon: 16, steps: 1024, blocks: 8, tile_rows: 32, minibatch: 256, epochs: 2}
net: {policy: [16], value: [16]}
EOF
run train-rl drilling.yaml run.folder=drill/run run.threads=1
exits 0
few=(baselines.tuning_hours=2 "evaluate.wells=$wells" "evaluate.well_file_episodes=$guests"
  "evaluate.well_file=$IDR_SOURCE/configs/wells/forge-16a-78-32.yaml")
run evaluate drill/run "${few[@]}"
exits 0
says "== $wells intervals of 4 m in $wells wells that the training has not seen =="
says "== $guests intervals of 4 m in well FORGE 16A(78)-32 =="
says "newly tuned on the training world; results newly played"
says "gap constant - clairvoyant"
says "neither the policy nor a baseline is tuned anew"
mv drill/run/evaluation.json first.json
run_ranks 2 evaluate drill/run "${few[@]}"
exits 0
says "baselines    cached; results cached"
mv drill/run/evaluation.json second.json
grep -qF "$(sed -nE 's/^scenarios +([0-9a-f]{16}): '"$wells"' .*/\1/p' out)" drill/run/evaluation-scenarios.json ||
  complain "the printed hash is not that of the listed scenarios"
# Twice the rig rate: the baselines are tuned for it, the policy drills as before.
run evaluate drill/run "${few[@]}" prices.rig_rate=80000
exits 0
says "note: prices.rig_rate is 80000, the policy was trained with 40000"
says "newly tuned on the training world; results newly played"
WELLS=$wells GUESTS=$guests check_json first.json second.json drill/run/evaluation.json \
  drill/run/evaluation-scenarios.json <<'CHECK'
import os
a, b, dear, listed = files
names = ["policy", "constant", "section", "advisor", "clairvoyant"]
for key, n in (("unseen_wells", int(os.environ["WELLS"])), ("well_file", int(os.environ["GUESTS"]))):
    x = a[key]
    assert x["scenarios"] == n and list(x["drillers"]) == names
    assert listed[key]["hash"] == x["scenario_hash"] == dear[key]["scenario_hash"]
    assert len(listed[key]["well_depth_wear"]) == n
    score = {}
    for name in names:
        d = x["drillers"][name]
        assert d == b[key]["drillers"][name], "a cached result differs"
        s = d["scenarios"]
        assert all(len(v) == n for v in s.values())
        cost = [25000 * u + 40000 / 24 * h for u, h in zip(s["bits"], s["hours"])]
        assert all(abs(p - q) < 1e-6 * p for p, q in zip(cost, s["cost"]))
        value, low, high = d["rig_rate"]["set"]["cost_per_metre"]
        score[name] = value
        assert abs(sum(cost) / sum(s["metres"]) - value) < 1e-6 * value and low <= value <= high
        assert d["rig_rate"]["half"]["cost_per_metre"][0] < value
    for name in names[1:]:
        difference = x["drillers"][name]["rig_rate"]["set"]["policy_minus_it"][0]
        assert abs(difference - (score["policy"] - score[name])) < 1e-6
    gap = score["constant"] - score["clairvoyant"]
    assert abs(x["set_rig_rate"]["gap"][0] - gap) < 1e-6
    if gap > 0:
        part = (score["constant"] - score["policy"]) / gap
        assert abs(x["set_rig_rate"]["recovered"][0] - part) < 1e-6
    doubled = x["drillers"]["policy"]["rig_rate"]["double"]["cost_per_metre"]
    assert doubled == dear[key]["drillers"]["policy"]["rig_rate"]["set"]["cost_per_metre"]
assert a["unseen_wells"]["baselines_tuned_now"] and not b["unseen_wells"]["baselines_tuned_now"]
assert dear["changed_settings"] == {"prices.rig_rate": ["40000", "80000"]}
CHECK

# The well file is a guest: without it the rest is done.
run evaluate drill/run "${few[@]}" evaluate.well_file=nowhere.yaml
exits 0
says "warning: evaluate.well_file is left out: there is no well file 'nowhere.yaml'"
says "baselines    cached; results cached"
check_json drill/run/evaluation.json <<<'assert "nowhere.yaml" in files[0]["well_file"]["left_out"]'

# Named sets, with the shield: other worlds, the same places, baselines tuned as before.
run evaluate drill/run "${few[@]}" evaluate.well_file= shield.enabled=true shield.stick_slip=0.3 \
  'evaluate.sets=worn_bit, hard_rock'
exits 0
says "== $wells intervals of 4 m in $wells wells that the training has not seen; hard_rock: rock 1.5 times"
says "baselines    cached; results newly played"
says "== the policy over all sets =="
says "shield on: % of the time with a set-point changed"
check_json first.json drill/run/evaluation.json <<'CHECK'
a, sets = files
assert "unseen_wells" not in sets and "well_file" not in sets
assert [x for x in sets if x in ("hard_rock", "worn_bit")] == ["hard_rock", "worn_bit"]
assert sets["hard_rock"]["world"] != sets["worn_bit"]["world"] != a["unseen_wells"]["world"]
assert sets["hard_rock"]["tuned"] == a["unseen_wells"]["tuned"]
for key, x in (("hard_rock", sets), ("worn_bit", sets), ("unseen_wells", a)):
    for d in x[key]["drillers"].values():
        safety, s = d["safety"], d["scenarios"]
        time = sum(s["drilling_hours"])
        assert 0 < time and abs(time - sum(s["rotating"])) < 1e-6 * time
        for limit, share in safety["over_limit_share"].items():
            assert abs(sum(s[limit + "_over_hours"]) / time - share) < 1e-9
        assert abs(sum(s["shielded_hours"]) / time - safety["shielded_share"]) < 1e-9
        assert abs(safety["shielded_periods"] - sum(s["shielded_hours"]) * 360) < 1e-6
        slip = 100 * sum(s["stick_slip"]) / sum(s["drilled"])
        assert abs(slip - safety["stick_slip_hours_per_100_m"]) < 1e-9
        assert sum(f & 4 > 0 for f in s["failure"]) == safety["lost_holes"]["losses"]
        assert x is sets or safety["shielded_periods"] == 0
assert any(d["safety"]["shielded_periods"] > 0 for d in sets["hard_rock"]["drillers"].values())
CHECK

# Events: each named set is told and named by its kind, and what happens is paid for by all alike.
run evaluate drill/run "${few[@]}" evaluate.well_file= 'evaluate.sets=nominal, lost_circulation' \
  drilling.event_start=2min drilling.event_severity=1
exits 0
says "lost_circulation: mud runs into an open fracture"
says "baselines    cached; results newly played"
check_json first.json drill/run/evaluation.json <<'CHECK'
a, sets = files
plain, lossy = sets["unseen_wells"], sets["lost_circulation"]
assert plain["world"] == a["unseen_wells"]["world"] != lossy["world"]
assert plain["scenario_hash"] == a["unseen_wells"]["scenario_hash"] != lossy["scenario_hash"]
for name, d in lossy["drillers"].items():
    assert sum(d["scenarios"]["hours"]) > sum(plain["drillers"][name]["scenarios"]["hours"])
CHECK

# A signal ends it at once and leaves the earlier record.
before=$(cksum <drill/run/evaluation.json)
start 1 evaluate drill/run "${few[@]}" baselines.tuning_hours=1000000
while ! grep -q '^policy: playing' err; do
  kill -0 "$pid" 2>/dev/null || { complain "ended before it played" && break; }
  sleep 0.02
done
kill -TERM "$pid"
leave
exits 143
[[ $(cksum <drill/run/evaluation.json) == "$before" ]] || complain "touches the earlier record"

# ---- what is refused ----
refuses() { # MESSAGE ARGUMENT...
  local message=$1
  shift
  run evaluate "$@"
  exits 1
  complains_once "$message"
}
mkdir plain empty
echo "run:" >empty/settings.yaml
refuses "usage: idrill evaluate RUN"
refuses "'nowhere' is no run folder" nowhere
refuses "'plain' is no run folder" plain
refuses "run folder 'empty' has no checkpoint yet" empty
refuses "did you mean 'evaluate.wells'?" drill/run evaluate.wels=3
refuses "was trained with net.activation = tanh, not relu" drill/run net.activation=relu
refuses "was trained with train.task = drilling, not pendulum" drill/run train.task=pendulum
refuses "evaluate.sets = 'nominal,rock': the sets are nominal, hard_rock," drill/run \
  evaluate.sets=nominal,rock
refuses "evaluate.sets = '': the sets are" drill/run evaluate.sets=
refuses "are wells of the training (0 to 7)" drill/run evaluate.well_first=5
refuses "cannot write into the folder of baselines.cache" drill/run baselines.cache=no/such/file
run_ranks 2 evaluate nowhere
exits 1
complains_once "'nowhere' is no run folder"

# ---- damage ----
cp -r yard/run older
cp older/checkpoint/latest older/checkpoint/latest.previous
printf 'damage' | dd of=older/checkpoint/latest bs=1 seek=2500 conv=notrunc 2>/dev/null
run evaluate older evaluate.episodes=33
exits 0
says "warning: the newest checkpoint is damaged, the one before it is judged"
check_json older/evaluation.json yard/run/evaluation.json <<'CHECK'
assert files[0]["checkpoint"]["older_generation"] is True
assert files[0]["return"] == files[1]["return"]
CHECK
rm older/checkpoint/latest.previous older/evaluation.json
refuses "is damaged" older
[[ ! -e older/evaluation.json ]] || complain "leaves a record of nothing"

run help evaluate
exits 0
says "evaluate: what is asked of the policy"
says "well_file_episodes"
says "  worn_bit         bits start 60 to 90 % worn"
for kind in stick_slip whirl bit_balling lost_circulation gas_influx pack_off wash_out plugged_nozzle \
  lost_nozzle; do
  grep -q "^  $kind  *[a-z]" out || complain "help evaluate does not name the set $kind"
done
says "shield: safety limits, and what keeps them"
says "tuning_hours"
says "prices: what time and bits cost"

finish
