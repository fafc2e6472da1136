"""Table of the study: folder with results.json."""
import json
import os
import sys

with open(os.path.join(sys.argv[1], "results.json")) as text:
    results = json.load(text)
versions = results["versions"]
scale = "" if results["scale"] == 1 else f" Budgets times {results['scale']:g}: a trial, no result."
print(f"""# Reinforcement learning beside others: what it showed

    experiments/rl-baselines/run.sh BUILD_FOLDER --seeds {results['seeds']} --threads {results['threads']}

{results['date']}, {results['machine']}, {results['threads']} thread each; Stable-Baselines3
{versions['stable_baselines3']}, torch {versions['torch']}, Python {versions['python']}.{scale}

Same tasks (those of the engine, one call steps all lanes), budgets, seeds, networks of 64 x 64, and
settings, as far as all three have them (study.py). Figures are of the newest episodes that ended while
training, so with exploration: mean return, for drilling USD per metre. Seconds are of the training alone.

| task | learner | at the end: mean (worst, best of {results['seeds']} seeds) | seconds | steps/s | times ours |
|---|---|---|---|---|---|""")
for name, runs in results["tasks"].items():
    lower = name.startswith("drilling")
    ours = [r["seconds"] for r in runs if r["learner"] == "ours"]
    for learner in ("ours", "sb3", "torch"):
        mine = [r for r in runs if r["learner"] == learner]
        if not mine:
            continue
        seconds = sum(r["seconds"] for r in mine) / len(mine)
        ends = [r["last"] for r in mine if r["last"] is not None]
        shown = "no episodes"
        if ends:
            worst, best = (max(ends), min(ends)) if lower else (min(ends), max(ends))
            shown = f"{sum(ends) / len(ends):.1f} ({worst:.1f}, {best:.1f})"
        ratio = f"{seconds / (sum(ours) / len(ours)):.1f}" if ours else ""
        print(f"| {name} | {learner} | {shown} | {seconds:.2f} | "
              f"{mine[0]['steps'] / seconds:,.0f} | {ratio} |")
print("\nWhat lasts while exploring differs: ours and plain PyTorch's noise is interpolated between knots "
      "60 steps apart, Stable-Baselines3 has gSDE.\n\n![learning curves](curves.png)")
