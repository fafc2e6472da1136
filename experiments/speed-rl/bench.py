"""Rounds of `idrill bench`, each beside the processor time that the host took away meanwhile.

    python3 experiments/speed-rl/bench.py BUILD_FOLDER [ROUNDS] > experiments/speed-rl/bench.md

On a shared machine two threads that wait for each other are as fast as the slower core of the
moment, so one figure says little: all rounds are shown.
"""
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from machine import describe  # noqa: E402  (beside the studies, not installed)

BENCHES = {  # repeats, unit, what the issue that set the frame asked for, and its aim
    "ppo-pendulum": (11, "k control steps/s", 1e3, 700, 900),
    "sac-pendulum": (5, "k control steps/s", 1e3, 10 / 2.0, 10 / 1.7),
    "ppo-drilling": (5, "k control steps/s", 1e3, 200, 300),
    "sim": (5, "M well-seconds/s and core", 1e6, 2.5, 4),
}
idrill = os.path.join(sys.argv[1], "bin", "idrill")
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5


def ticks():
    with open("/proc/stat") as lines:
        return [int(word) for word in lines.readline().split()[1:]]


def measure(bench, repeats):
    before = ticks()
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [idrill, "bench", bench, f"bench.repeats={repeats}", f"bench.json={out.name}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        result = json.load(open(out.name))
    spent = [b - a for a, b in zip(before, ticks())]
    busy = sum(spent) - spent[3] - spent[4]  # without idle and waiting for disks
    return result, 100.0 * spent[7] / max(busy, 1)


print(f"""# `idrill bench`, in rounds

    python3 experiments/speed-rl/bench.py BUILD_FOLDER {rounds}

{datetime.date.today()}, {describe()}.
""")
for bench, (repeats, unit, scale, goal, aim) in BENCHES.items():
    medians = []
    print(f"## {bench}\n\n{unit}; asked for: {goal:.3g}, aim {aim:.3g}.\n")
    print("| round | median | slowest | fastest | stolen by the host, % |\n|---|---|---|---|---|")
    for number in range(1, rounds + 1):
        result, stolen = measure(bench, repeats)
        one = result["benches"][0]
        workers = one["ranks"] * one["threads"] if bench == "sim" else 1
        rates = [one["work"] / repeat["seconds"] / scale / workers for repeat in one["repeats"]]
        medians.append(statistics.median(rates))
        print(f"| {number} | {medians[-1]:.4g} | {min(rates):.4g} | {max(rates):.4g} "
              f"| {stolen:.1f} |", flush=True)
    print(f"\nMedian of the rounds: {statistics.median(medians):.4g}.\n")
build = result["build"]
print(f"idrill {build['version']}, commit {build['git']}, {build['compiler']}, {build['blas']}.")
