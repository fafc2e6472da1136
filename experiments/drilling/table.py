"""Table of the drilling study: folder of runs, then the seeds. Scores: judged.py."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from judged import BASELINES, RESAMPLES, Judged, assert_frozen, estimate, load, show  # noqa: E402
from machine import describe  # noqa: E402  (beside the studies, not installed)

RATES = (("half", 0.5), ("as set", 1.0), ("double", 2.0))
SETS = (("unseen_wells", "Unseen wells"), ("well_file", "Utah FORGE 16A(78)-32"))
runs, seeds = sys.argv[1], sys.argv[2:]


def head():
    first = evaluations[0]
    print(f"""# Drilling: what it showed

    experiments/drilling/run.sh BUILD_FOLDER {' '.join(seeds)}

{datetime.date.today()}, {describe()} that other work shared; idrill
{first['idrill']}, commit {first['git']}. {len(seeds)} seeds, final policies, deterministic actions;
95 % intervals by paired bootstrap over wells, {RESAMPLES} resamples.

Frozen before the first training (the untrained run's evaluation) and met again by every seed:
training world {frozen['training_world']['hash']}, unseen wells {frozen['unseen_wells']['world']},
their scenarios {frozen['unseen_wells']['scenario_hash']}, FORGE scenarios
{frozen['well_file']['scenario_hash']}, physics {frozen['training_world']['physics']}.
""")
    assert_frozen(evaluations, frozen, [world for world, _ in SETS])
    print("Simulated hours while tuning: " + ", ".join(
        f"{n} {first['unseen_wells']['tuned'][n]['tuning_hours']:.0f}" for n in BASELINES) + ".\n")


def table(world, title):
    now = Judged(evaluations, world, 1.0)
    print(f"## {title}: {now.count} intervals\n")
    print("| driller | USD/m | mean policy minus it | ROP m/h | bits | failed | unfinished |")
    print("|---|---|---|---|---|---|---|")
    for name in BASELINES:
        d = evaluations[0][world]["drillers"][name]
        print(f"| {name} | {show(*estimate(now.baseline[name]))} | {show(*now.difference(name))} | {d['rop_m_per_h']:.1f} | "
              f"{d['bits_per_interval']:.3f} | {d['failed']:.0f} | {d['unfinished']:.0f} |")
    for seed, e, scores in zip(seeds, evaluations, now.policy):
        d = e[world]["drillers"]["policy"]
        print(f"| policy, seed {seed} | {show(*estimate(scores))} | | {d['rop_m_per_h']:.1f} | "
              f"{d['bits_per_interval']:.3f} | {d['failed']:.0f} | {d['unfinished']:.0f} |")
    print(f"| policy, mean | {show(*estimate(now.mean))} | | | | | |\n")
    floor, ceiling = now.baseline["constant"][0], now.baseline["clairvoyant"][0]
    print(f"Gap between constants and clairvoyant: {floor - ceiling:.1f} USD/m, "
          f"{100 * (floor - ceiling) / floor:.1f} % of what the constants cost.\n")
    print("| rig rate | constant | section | advisor | clairvoyant | policy | recovered of the gap |")
    print("|---|---|---|---|---|---|---|")
    for name, factor in RATES:
        at = Judged(evaluations, world, factor)
        cells = [f"{at.baseline[b][0]:.1f}" for b in BASELINES]
        print(f"| {name} | {' | '.join(cells)} | {at.mean[0]:.1f} | "
              f"{show(*at.recovered(at.mean), unit=' %')} |")
    parts = ", ".join(f"{s}: {now.recovered(b)[0]:.1f} %" for s, b in zip(seeds, now.policy))
    print(f"\nBy seed: {parts}. Nobody was tuned or trained anew for another rig rate.\n")


frozen = load(runs, "untrained")
evaluations = [load(runs, f"seed-{seed}") for seed in seeds]
head()
for world, title in SETS:
    table(world, title)
print("## Training\n\n| seed | control steps | wall s | digest |\n|---|---|---|---|")
for seed in seeds:
    end = load(runs, f"seed-{seed}", "summary.json")
    print(f"| {seed} | {int(end['results']['env_steps'])} | {end['wall_s']:.0f} | "
          f"{end['results']['digest']} |")
