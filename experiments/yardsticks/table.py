"""Table of the yardsticks: folder of runs, then the seeds."""
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from machine import describe  # noqa: E402  (beside the studies, not installed)

folder, seeds = sys.argv[1], sys.argv[2:]
# Configuration: mean that is asked for over the seeds, least one seed (None: not asked), steps.
GOALS = {
    "cartpole": (495, 475, 100_000),
    "pendulum": (-180, -200, 300_000),
    "acrobot": (-90, None, 500_000),
    "mountaincar": (85, None, 300_000),
    "pendulum-sac": (-165, -200, 20_000),
    "mountaincar-sac": (90, None, 50_000),
}


def load(task, seed):
    with open(os.path.join(folder, f"{task}-{seed}", "evaluation.json")) as file:
        evaluation = json.load(file)
    with open(os.path.join(folder, f"{task}-{seed}", "summary.json")) as file:
        return evaluation, json.load(file)


print(f"""# Yardsticks: what it showed

    experiments/yardsticks/run.sh BUILD_FOLDER {' '.join(seeds)}

{datetime.date.today()}, {describe()} that other work shared; 500 episodes each,
deterministic actions, final policies; trained with one thread.
""")
for task, (mean_goal, worst_goal, budget) in GOALS.items():
    means = []
    print(f"## {task}\n\n| seed | steps | mean return | 95 % | worst episode | training, s | digest |")
    print("|---|---|---|---|---|---|---|")
    for seed in seeds:
        evaluation, summary = load(task, seed)
        result, end = evaluation["return"], summary["results"]
        steps = int(end["env_steps"])
        assert steps <= budget and evaluation["episodes"] == 500
        means.append(result["mean"])
        print(f"| {seed} | {steps} | {result['mean']:.2f} | +- {result['half_width_95']:.2f} | "
              f"{result['min']:.1f} | {summary['wall_s']:.1f} | {end['digest']} |")
    mean, worst = sum(means) / len(means), min(means)
    low = worst_goal is not None and worst < worst_goal
    met = "met" if mean >= mean_goal and not low else "NOT met"
    print(f"\nMean over seeds {mean:.2f} (asked: {mean_goal}), worst seed {worst:.2f} (asked: "
          f"{'-' if worst_goal is None else worst_goal}), within {budget} steps: {met}.\n")
print(f"idrill {evaluation['idrill']}, commit {evaluation['git']}.")
