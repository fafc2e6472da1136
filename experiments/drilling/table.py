"""Table of the drilling study: folder of runs, then the seeds.

Scores are total cost over total metres. Intervals are the middle 95 % of a paired bootstrap over
wells: wells are drawn with replacement, the bills of all drillers and all seeds come along.
"""
import datetime
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from machine import describe  # noqa: E402  (beside the studies, not installed)

RESAMPLES = 2000
BASELINES = ("constant", "section", "advisor", "clairvoyant")
RATES = (("half", 0.5), ("as set", 1.0), ("double", 2.0))
SETS = (("unseen_wells", "Unseen wells"), ("well_file", "Utah FORGE 16A(78)-32"))
runs, seeds = sys.argv[1], sys.argv[2:]


def load(name, file="evaluation.json"):
    with open(os.path.join(runs, name, file)) as text:
        return json.load(text)


def bills(evaluation, world, driller, factor):
    """Cost and metres of every scenario at `factor` times the rig rate."""
    one = evaluation[world]["drillers"][driller]["scenarios"]
    rate = evaluation[world]["rig_rate_USD_per_day"] / 24 * factor
    price = evaluation[world]["bit_price_USD"]
    return [price * b + rate * h for b, h in zip(one["bits"], one["hours"])], one["metres"]


def show(value, low, high, unit=""):
    return f"{value:.1f}{unit} [{low:.1f}, {high:.1f}]"


class Judged:
    """Scores of everybody on one set of scenarios at one rig rate: element 0 of a list is the score
    itself, the others are those of the resamples, the same resamples for everybody."""

    def __init__(self, world, factor):
        self.count = len(evaluations[0][world]["drillers"]["policy"]["scenarios"]["cost"])
        source = random.Random(1)
        self.draws = [range(self.count)] + [
            [source.randrange(self.count) for _ in range(self.count)] for _ in range(RESAMPLES)]
        self.policy = [self.scores(bills(e, world, "policy", factor)) for e in evaluations]
        self.mean = [sum(s) / len(s) for s in zip(*self.policy)]
        self.baseline = {b: self.scores(bills(evaluations[0], world, b, factor)) for b in BASELINES}

    def scores(self, bill):
        cost, metres = bill[0].__getitem__, bill[1].__getitem__
        return [sum(map(cost, d)) / sum(map(metres, d)) for d in self.draws]

    def difference(self, name):
        return estimate([p - b for p, b in zip(self.mean, self.baseline[name])])

    def recovered(self, policy):
        return estimate([100 * (f - p) / (f - c) for f, p, c in zip(
            self.baseline["constant"], policy, self.baseline["clairvoyant"])])


def estimate(scores):
    drawn = sorted(scores[1:])
    return scores[0], drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]


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
    for evaluation in evaluations:
        for world, _ in SETS:
            assert evaluation[world]["scenario_hash"] == frozen[world]["scenario_hash"]
            for name in BASELINES:
                assert (evaluation[world]["drillers"][name]["scenarios"]["cost"] ==
                        frozen[world]["drillers"][name]["scenarios"]["cost"])
    print("Simulated hours while tuning: " + ", ".join(
        f"{n} {first['unseen_wells']['tuned'][n]['tuning_hours']:.0f}" for n in BASELINES) + ".\n")


def table(world, title):
    now = Judged(world, 1.0)
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
        at = Judged(world, factor)
        cells = [f"{at.baseline[b][0]:.1f}" for b in BASELINES]
        print(f"| {name} | {' | '.join(cells)} | {at.mean[0]:.1f} | "
              f"{show(*at.recovered(at.mean), unit=' %')} |")
    parts = ", ".join(f"{s}: {now.recovered(b)[0]:.1f} %" for s, b in zip(seeds, now.policy))
    print(f"\nBy seed: {parts}. Nobody was tuned or trained anew for another rig rate.\n")


frozen = load("untrained")
evaluations = [load(f"seed-{seed}") for seed in seeds]
head()
for world, title in SETS:
    table(world, title)
print("## Training\n\n| seed | control steps | wall s | digest |\n|---|---|---|---|")
for seed in seeds:
    end = load(f"seed-{seed}", "summary.json")
    print(f"| {seed} | {int(end['results']['env_steps'])} | {end['wall_s']:.0f} | "
          f"{end['results']['digest']} |")
