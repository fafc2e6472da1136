"""Table of the study of asymmetric critics: folder of runs, then the seeds.

Scores are total cost over total metres. The interval of a difference is the middle 95 % of a
bootstrap over seeds and wells: both are drawn with replacement, with and without come along.
"""
import datetime
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "drilling"))
from judged import RESAMPLES, assert_frozen, load  # noqa: E402  (beside the studies, not installed)
from machine import describe  # noqa: E402

WORLD = "unseen_wells"
METHODS = (("PPO", "seed", "blind-ppo"), ("SAC", "sac", "blind-sac"))
runs, seeds = sys.argv[1], sys.argv[2:]


def bill(evaluation):
    one = evaluation[WORLD]["drillers"]["policy"]["scenarios"]
    return one["cost"], one["metres"]


def score(one, wells):
    return sum(one[0][k] for k in wells) / sum(one[1][k] for k in wells)


def difference(pairs):
    """With the true state minus without, and its interval."""
    count, source = len(pairs[0][0][0]), random.Random(1)

    def mean(chosen, wells):
        return sum(score(w, wells) - score(o, wells) for w, o in chosen) / len(chosen)

    drawn = sorted(mean([source.choice(pairs) for _ in pairs],
                        [source.randrange(count) for _ in range(count)])
                   for _ in range(RESAMPLES))
    return mean(pairs, range(count)), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]


def row(method, name, prefix):
    evaluations = [load(runs, f"{prefix}-{s}") for s in seeds]
    assert_frozen(evaluations, load(runs, "untrained"), [WORLD])
    steps = load(runs, f"{prefix}-{seeds[0]}", "summary.json")["results"]["env_steps"]
    ones = [bill(e) for e in evaluations]
    scores = [score(one, range(len(one[0]))) for one in ones]
    print(f"| {method} | {steps / 1e6:.1f} M | {name} | " + " | ".join(f"{s:.1f}" for s in scores) +
          f" | {sum(scores) / len(scores):.1f} |")
    return ones


print(f"""# Critics that see the true state: what they gain

    experiments/asymmetric/run.sh BUILD_FOLDER {' '.join(seeds)}

{datetime.date.today()}, {describe()}. Cost per metre of final policies, USD, deterministic actions, on the 512
wells that experiments/drilling froze; {len(seeds)} seeds. Intervals: bootstrap over seeds and wells.
""")
print("| method | control steps | critic sees | " + " | ".join(f"seed {s}" for s in seeds) + " | mean |")
print("|---|---|---|" + "---|" * (len(seeds) + 1))
lines = []
for method, seeing, blind in METHODS:
    pairs = list(zip(row(method, "the true state", seeing), row(method, "what the rig sees", blind)))
    d = difference(pairs)
    lines.append(f"{method}: with the true state minus without {d[0]:.1f} [{d[1]:.1f}, {d[2]:.1f}] USD per metre.")
print("\n" + "\n".join(lines))
