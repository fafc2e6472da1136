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

RESAMPLES = 4000
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


def estimate(statistic, count):
    source = random.Random(1)
    drawn = sorted(statistic([source.randrange(count) for _ in range(count)])
                   for _ in range(RESAMPLES))
    return statistic(range(count)), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]


def show(value, low, high, unit=""):
    return f"{value:.1f}{unit} [{low:.1f}, {high:.1f}]"


class Judged:
    """All bills on one set of scenarios at one rig rate."""

    def __init__(self, world, factor):
        self.policy = [bills(e, world, "policy", factor) for e in evaluations]
        self.baseline = {b: bills(evaluations[0], world, b, factor) for b in BASELINES}
        self.count = len(self.policy[0][0])

    @staticmethod
    def score(bill, draw):
        return sum(bill[0][k] for k in draw) / sum(bill[1][k] for k in draw)

    def mean_policy(self, draw):
        return sum(self.score(p, draw) for p in self.policy) / len(self.policy)

    def difference(self, name):
        return estimate(lambda d: self.mean_policy(d) - self.score(self.baseline[name], d),
                        self.count)

    def recovered(self, policy=None):
        def part(draw):
            floor = self.score(self.baseline["constant"], draw)
            ceiling = self.score(self.baseline["clairvoyant"], draw)
            own = self.mean_policy(draw) if policy is None else self.score(policy, draw)
            return 100 * (floor - own) / (floor - ceiling)
        return estimate(part, self.count)


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
        score = estimate(lambda k, n=name: now.score(now.baseline[n], k), now.count)
        print(f"| {name} | {show(*score)} | {show(*now.difference(name))} | {d['rop_m_per_h']:.1f} | "
              f"{d['bits_per_interval']:.3f} | {d['failed']:.0f} | {d['unfinished']:.0f} |")
    for seed, e, bill in zip(seeds, evaluations, now.policy):
        d = e[world]["drillers"]["policy"]
        score = estimate(lambda k, b=bill: now.score(b, k), now.count)
        print(f"| policy, seed {seed} | {show(*score)} | | {d['rop_m_per_h']:.1f} | "
              f"{d['bits_per_interval']:.3f} | {d['failed']:.0f} | {d['unfinished']:.0f} |")
    print(f"| policy, mean | {show(*estimate(now.mean_policy, now.count))} | | | | | |\n")
    floor, ceiling = (now.score(now.baseline[n], range(now.count)) for n in ("constant", "clairvoyant"))
    print(f"Gap between constants and clairvoyant: {floor - ceiling:.1f} USD/m, "
          f"{100 * (floor - ceiling) / floor:.1f} % of what the constants cost.\n")
    print("| rig rate | constant | section | advisor | clairvoyant | policy | recovered of the gap |")
    print("|---|---|---|---|---|---|---|")
    for name, factor in RATES:
        at = Judged(world, factor)
        cells = [f"{at.score(at.baseline[b], range(at.count)):.1f}" for b in BASELINES]
        print(f"| {name} | {' | '.join(cells)} | {at.mean_policy(range(at.count)):.1f} | "
              f"{show(*at.recovered(), unit=' %')} |")
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
