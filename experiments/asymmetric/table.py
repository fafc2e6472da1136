"""Table of the study of asymmetric critics: folder of runs, then the seeds.

Scores are total cost over total metres. The interval of a difference is the middle 95 % of a
bootstrap over seeds and wells: both are drawn with replacement, with and without come along.
"""
import datetime
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from machine import describe  # noqa: E402  (beside the studies, not installed)

RESAMPLES = 2000
runs, seeds = sys.argv[1], sys.argv[2:]


def load(method, sees, seed, file):
    with open(os.path.join(runs, f"{method}-{sees}-{seed}", file)) as text:
        return json.load(text)


def bills(method, sees, seed):
    one = load(method, sees, seed, "evaluation.json")["unseen_wells"]["drillers"]["policy"]
    return one["scenarios"]["cost"], one["scenarios"]["metres"]


def score(bill, wells):
    return sum(bill[0][k] for k in wells) / sum(bill[1][k] for k in wells)


def difference(pairs):
    """With the true state minus without, and its interval."""
    count, source = len(pairs[0][0][0]), random.Random(1)

    def mean(chosen, wells):
        return sum(score(w, wells) - score(o, wells) for w, o in chosen) / len(chosen)

    drawn = sorted(mean([source.choice(pairs) for _ in pairs],
                        [source.randrange(count) for _ in range(count)])
                   for _ in range(RESAMPLES))
    return mean(pairs, range(count)), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES)]


print(f"""# Critics that see the true state: what they gain

    experiments/asymmetric/run.sh BUILD_FOLDER {' '.join(seeds)}

{datetime.date.today()}, {describe()}. Cost per metre of final policies, USD, deterministic actions, on
wells for choosing settings; {len(seeds)} seeds.
""")
print("| method | steps | critic sees | " + " | ".join(f"seed {s}" for s in seeds) + " | mean |")
print("|---|---|---|" + "---|" * (len(seeds) + 1))
lines = []
for method in ("ppo", "sac"):
    bill = {sees: [bills(method, sees, s) for s in seeds] for sees in ("true", "false")}
    for sees, name in (("true", "the true state"), ("false", "what the rig sees")):
        scores = [score(b, range(len(b[0]))) for b in bill[sees]]
        steps = int(load(method, sees, seeds[0], "summary.json")["results"]["env_steps"])
        print(f"| {method} | {steps} | {name} | " + " | ".join(f"{s:.1f}" for s in scores) +
              f" | {sum(scores) / len(scores):.1f} |")
    d = difference(list(zip(bill["true"], bill["false"])))
    lines.append(f"{method}: with the true state minus without {d[0]:.1f} [{d[1]:.1f}, {d[2]:.1f}] "
                 "USD per metre.")
print("\n" + "\n".join(lines))
