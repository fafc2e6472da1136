#!/usr/bin/env bash
# bench prints its tables and writes JSON that holds what a figure needs to mean something. How fast
# it is, is no test.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

tiny=(bench.repeats=2 ppo.steps=512 ppo.horizon=16 ppo.lanes=16 ppo.minibatch=64 ppo.blocks=4
  sac.steps=512 sac.horizon=16 sac.lanes=4 sac.blocks=4 sac.batch=16
  drilling.wells=4 bench.sim_wells=64 bench.sim_time=0.1)

run bench "${tiny[@]}" bench.json=all.json
exits 0
silent
for name in ppo-pendulum sac-pendulum ppo-drilling sim; do
  says "$name: "
done
says "512 control steps"
says "23040 well-seconds"
for stage in rollout values advantages update critic actor exchange merge physics rest all; do
  grep -qE "^  $stage +[0-9.]+ " out || complain "has no row for $stage"
done
[[ $(grep -cE '^  per second +median [1-9][0-9]* ' out) == 4 ]] || complain "no rate in each table"
if grep -q "NOT THE SAME" out; then complain "repeats differ"; fi

# Python is what a reader of the file has at hand; without it the file is only looked at.
if command -v python3 >/dev/null; then
  python3 - all.json >checked 2>&1 <<'CHECK' || complain "$(cat checked)"
import json
import sys

report = json.load(open(sys.argv[1]))
assert report["machine"]["processor"] and report["machine"]["ranks"] == 1
assert report["build"]["compiler"] and report["build"]["flags"] and report["build"]["git"]
assert report["date"].endswith("Z") and "bench.repeats=2" in report["command"]
assert [b["name"] for b in report["benches"]] == ["ppo-pendulum", "sac-pendulum", "ppo-drilling",
                                                   "sim"]
for bench in report["benches"]:
    rate = bench["per_second"]
    assert 0 < rate["min"] <= rate["median"] <= rate["max"], bench
    assert len(bench["repeats"]) == 2 and bench["repeatable"], bench
    assert all(r["seconds"] > 0 and r["cpu_seconds"] > 0 for r in bench["repeats"])
    assert bench["settings"]["bench.seed"] == "1" and len(bench["digest"]) == 16
    shares = [model["share"] for model in bench["models"]]
    assert len(shares) == (22 if bench["name"] == "sim" else 0), bench
    if shares:
        assert all(0 < share < 1 for share in shares) and abs(sum(shares) - 1) < 1e-6, bench
        ns = sum(model["ns"] for model in bench["models"])
        assert abs(ns * bench["per_cpu_second"] - 1e9) < 1e3, bench
    covered = sum(stage["seconds"] for stage in bench["stages"])
    assert covered <= 1.01 * max(r["seconds"] for r in bench["repeats"]), bench
assert report["benches"][0]["settings"]["ppo.gamma"] == "0.9"
assert report["benches"][0]["settings"]["ppo.lanes"] == "16"
CHECK
else
  grep -q '"per_second"' all.json || complain "writes no rates"
fi

# Results do not depend on the ranks, and one rank of several does the talking.
digests() { sed -nE 's/^  result +([0-9a-f]{16}).*/\1/p' out; }
digests >one
run_ranks 2 bench "${tiny[@]}"
exits 0
digests >two
cmp -s one two || complain "two ranks compute other results than one"
[[ $(wc -l <two) == 4 ]] || complain "does not tell four results"

# Pinned threads: the first one sits on one processor by then, and still all of them are used.
allowed() { sed -nE 's/.*, ([0-9]+) allowed,.*/\1/p' out; }
run bench sim "${tiny[@]}"
exits 0
free=$(allowed)
OMP_PROC_BIND=true run bench sim "${tiny[@]}"
exits 0
[[ $(allowed) == "$free" ]] || complain "uses $(allowed) of $free processors when OpenMP pins threads"

run bench sim "${tiny[@]}"
exits 0
for model in actuators mud bit-rock "rate laws" string motor progress wear cones vibration cuttings \
  hydraulics temperature control window failures channels motion "hook load" d-exponent period \
  places "all models"; do
  grep -qE "^  $model +[0-9.]+ +[0-9.]+" out || complain "has no row for the model $model"
done
if grep -q "^ppo-" out; then complain "measures what was not asked for"; fi

run bench ppo-drillin "${tiny[@]}"
exits 1
complains_once "there is no bench 'ppo-drillin', did you mean 'ppo-drilling'?"

run_ranks 2 bench sim ppo.lane=3
exits 1
complains_once "lane"

run bench sim "${tiny[@]}" bench.json=nowhere/x.json
exits 1
complains "nowhere/x.json"

run help bench
exits 0
says "ppo-pendulum"
says "ppo.lanes=4"
says "sim_wells"

finish
