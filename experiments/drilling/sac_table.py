"""Table of SAC beside PPO: folder of runs, then the seeds. Scores: judged.py. Writes curves.csv, the
cost per metre while training, into the folder of runs."""
import csv
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from judged import RESAMPLES, Judged, assert_frozen, estimate, load, show  # noqa: E402
from machine import describe  # noqa: E402  (beside the studies, not installed)

SETS = (("unseen_wells", "Unseen wells"), ("well_file", "Utah FORGE 16A(78)-32"))
METHODS = (("seed", "PPO"), ("sac", "SAC"))
WINDOW = 500  # episodes that a point of a curve looks back on
PLACES = 120
runs, seeds = sys.argv[1], sys.argv[2:]


def iterations(name):
    """Results of every iteration: step -> key -> value."""
    rows = {}
    with open(os.path.join(runs, name, "metrics")) as text:
        for line in text:
            row = json.loads(line)
            if row.get("kind") == "result":
                rows.setdefault(row["step"], {})[row["key"]] = row["value"]
    return rows


def curve(name):
    """[steps, USD/m] over the newest WINDOW episodes that ended while training."""
    ended, out = [], []
    for step, row in sorted(iterations(name).items()):
        n = row.get("train/episodes", 0)
        if n:
            ended.append((n, n * row["episode/cost"],
                          n * max(row["episode/metres"], row["episode/interval"])))
        while ended and sum(e[0] for e in ended[1:]) >= WINDOW:
            ended.pop(0)
        if sum(e[0] for e in ended) >= WINDOW:
            out.append((step, sum(e[1] for e in ended) / sum(e[2] for e in ended)))
    return out


def at(points, step):
    return next((cost for s, cost in reversed(points) if s <= step), None)


def write_curves(path):
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["method", "steps", "mean", "least", "most"])
        for prefix, method in METHODS:
            curves = [curve(f"{prefix}-{seed}") for seed in seeds]
            first, last = max(c[0][0] for c in curves), min(c[-1][0] for c in curves)
            for k in range(PLACES + 1):
                step = first + (last - first) * k / PLACES
                costs = [at(c, step) for c in curves]
                table.writerow([method, int(step), sum(costs) / len(costs), min(costs), max(costs)])


def head():
    one = judged["sac"][0]
    print(f"""# SAC beside PPO on the drilling task: what it showed

    experiments/drilling/sac.sh BUILD_FOLDER {' '.join(seeds)}

{datetime.date.today()}, {describe()} that other work shared; idrill
{one['idrill']}, commit {one['git']} (SAC) and {judged['seed'][0]['git']} (PPO, results.md). configs/drilling.yaml and
configs/drilling-sac.yaml, {len(seeds)} seeds each, final policies, deterministic actions, on the wells that run.sh
froze; 95 % intervals by paired bootstrap over wells, {RESAMPLES} resamples.
""")


def table(world, title):
    print(f"## {title}\n")
    print("| method | control steps | " + " | ".join(f"seed {s}" for s in seeds) +
          " | mean, USD/m | failed | unfinished |")
    print("|---|---|" + "---|" * (len(seeds) + 3))
    now = {prefix: Judged(judged[prefix], world, 1.0) for prefix, _ in METHODS}
    for prefix, method in METHODS:
        steps = load(runs, f"{prefix}-{seeds[0]}", "summary.json")["results"]["env_steps"]
        drillers = [e[world]["drillers"]["policy"] for e in judged[prefix]]
        cells = [f"{scores[0]:.1f}" for scores in now[prefix].policy]
        print(f"| {method} | {steps / 1e6:.1f} M | {' | '.join(cells)} | {show(*estimate(now[prefix].mean))} | "
              f"{sum(d['failed'] for d in drillers):.0f} | {sum(d['unfinished'] for d in drillers):.0f} |")
    ratio = estimate([s / p for s, p in zip(now["sac"].mean, now["seed"].mean)])
    cheapest = now["sac"].baseline["clairvoyant"]
    print(f"\nSAC's cost over PPO's: {show(*ratio, digits=3)}. Of the gap between constants and clairvoyant "
          f"({cheapest[0]:.1f} USD/m) SAC recovers\n{show(*now['sac'].recovered(now['sac'].mean), unit=' %')}. "
          f"Failed and unfinished: of {now['sac'].count} intervals, all seeds together.\n")


judged = {prefix: [load(runs, f"{prefix}-{seed}") for seed in seeds] for prefix, _ in METHODS}
for evaluations in judged.values():
    assert_frozen(evaluations, load(runs, "untrained"), [world for world, _ in SETS])
head()
for world, title in SETS:
    table(world, title)
print("## While training\n\n![cost per metre of finished intervals over control steps](sac.png)\n")
print("With exploration and on the training wells; of intervals that ended, so a driller who stands idle on hard wells "
      "looks\nbetter than he is. Band: worst and best seed.\n")
print("| method | seed | control steps | wall s | digest |\n|---|---|---|---|---|")
for prefix, method in METHODS:
    for seed in seeds:
        end = load(runs, f"{prefix}-{seed}", "summary.json")
        print(f"| {method} | {seed} | {int(end['results']['env_steps'])} | {end['wall_s']:.0f} | "
              f"{end['results']['digest']} |")
write_curves(os.path.join(runs, "curves.csv"))
