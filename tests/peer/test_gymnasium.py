#!/usr/bin/env python3
"""Transitions of Gymnasium's classic tasks against ours.

    test_gymnasium.py                         records fresh ones and has the C test compare them
    test_gymnasium.py record OUT.csv [SEED]   only records (made tests/support/gymnasium_transitions.csv)

Columns: task, step (taken before this one), action, four state numbers before, four after (unused
ones 0), reward, terminated, truncated. States are the environment's own double-precision state.
"""
import csv
import os
import subprocess
import sys
import tempfile

try:
    import gymnasium
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def cartpole_action(rng, balance, state):
    """Mostly balances in `balance` episodes, so that the 500-step limit is reached too."""
    if balance:
        return int(state[2] + 0.3 * state[3] + 0.01 * state[0] + 0.05 * state[1] > 0)
    return int(rng.integers(2))


def pendulum_action(rng, balance, state):
    """Beyond the bounds now and then; pumps energy in `balance` episodes."""
    if balance:
        return float(np.sign(state[1]) * 2.5)
    return float(rng.uniform(-3.0, 3.0))


def mountaincar_action(rng, balance, state):
    """Beyond the bounds now and then; swings itself out in `balance` episodes."""
    if balance:
        return float(np.sign(state[1] + 1e-9) * 1.2)
    return float(rng.uniform(-1.3, 1.3))


def acrobot_action(rng, balance, state):
    """Pumps energy in `balance` episodes."""
    if balance:
        return int(np.sign(state[3])) + 1
    return int(rng.integers(3))


TASKS = {
    "cartpole": ("CartPole-v1", cartpole_action, lambda a: a),
    "pendulum": ("Pendulum-v1", pendulum_action, lambda a: np.array([a], dtype=np.float64)),
    "mountaincar": ("MountainCarContinuous-v0", mountaincar_action,
                    lambda a: np.array([a], dtype=np.float64)),
    "acrobot": ("Acrobot-v1", acrobot_action, lambda a: a),
}


def padded(state):
    numbers = [float(x) for x in state]
    return numbers + [0.0] * (4 - len(numbers))


def record(writer, task, seed, episodes, keep):
    name, choose, wrap = TASKS[task]
    env = gymnasium.make(name)
    rng = np.random.default_rng(seed)
    for episode in range(episodes):
        env.reset(seed=seed + episode)
        step, ended = 0, False
        while not ended:
            before = padded(env.unwrapped.state)
            action = choose(rng, episode % 3 == 0, before)
            _, reward, terminated, truncated, _ = env.step(wrap(action))
            ended = terminated or truncated
            if ended or step % keep == 0:
                after = padded(env.unwrapped.state)
                writer.writerow([task, step, repr(action)] + [repr(x) for x in before + after]
                                + [repr(float(reward)), int(terminated), int(truncated)])
            step += 1


def record_all(path, seed, episodes):
    with open(path, "w", newline="") as file:
        file.write(f"# gymnasium {gymnasium.__version__}, numpy {np.__version__}, seed {seed}\n")
        writer = csv.writer(file, lineterminator="\n")
        for task in TASKS:
            record(writer, task, seed, episodes, 7)


def compare():
    program = os.path.join(os.environ["IDR_BUILD"], "tests", "test_env_classic")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "transitions.csv")
        record_all(path, 20260801, 12)
        environment = dict(os.environ, IDR_TEST_TRANSITIONS=path)
        return subprocess.run([program], env=environment, check=False).returncode


def main():
    if len(sys.argv) > 2 and sys.argv[1] == "record":
        record_all(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1, 6)
        return 0
    return compare()


if __name__ == "__main__":
    sys.exit(main())
