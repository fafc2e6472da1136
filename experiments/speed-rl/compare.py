"""Stable-Baselines3's PPO and ours on the same task, one after the other, again and again.

usage: compare.py --idrill BINARY --library vecenv.so --out results.json [--task ...] [--seeds n]
"""

import argparse
import ctypes
import json
import os
import pathlib
import platform
import resource
import subprocess
import tempfile
import time

import gymnasium
import numpy as np
import stable_baselines3
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv, VecNormalize

# One recipe per task, given to both. The figure is taken over the newest `window` episodes that
# ended while training.
TASKS = {
    "pendulum": dict(
        lanes=4, horizon=1024, steps=299008, minibatch=256, epochs=2, learning_rate=1e-3,
        gamma=0.9, max_gradient_norm=0.5, blocks=2, overrides=[],
        figure="mean return", threshold=-200.0, better="higher", window=40),
    "drilling": dict(
        lanes=1024, horizon=32, steps=1638400, minibatch=4096, epochs=4, learning_rate=1e-3,
        gamma=0.0, max_gradient_norm=0.5, blocks=8,
        overrides=["drilling.interval=15", "drilling.critic_state=false"],
        figure="cost per metre, USD", threshold=None, better="lower", window=2000),
}


class Spec(ctypes.Structure):
    """The layout of vecenv_spec in vecenv.c."""

    _fields_ = [("observation_dim", ctypes.c_int32), ("action_dim", ctypes.c_int32),
                ("action_count", ctypes.c_int32), ("metric_count", ctypes.c_int32),
                ("discount", ctypes.c_double),
                ("action_start", ctypes.c_float * 8)]


def open_library(path):
    lib = ctypes.CDLL(path)
    lib.vecenv_create.restype = ctypes.c_void_p
    lib.vecenv_create.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_uint64, ctypes.c_int,
                                  ctypes.POINTER(ctypes.c_char_p), ctypes.c_int]
    lib.vecenv_error.restype = ctypes.c_char_p
    lib.vecenv_metric.restype = ctypes.c_char_p
    lib.vecenv_metric.argtypes = [ctypes.c_void_p, ctypes.c_int]
    lib.vecenv_describe.argtypes = [ctypes.c_void_p, ctypes.POINTER(Spec)]
    lib.vecenv_reset.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    lib.vecenv_step.argtypes = [ctypes.c_void_p] * 8
    lib.vecenv_destroy.argtypes = [ctypes.c_void_p]
    return lib


class EngineVecEnv(VecEnv):
    """All lanes in one ctypes call; no Python per lane but what SB3's interface asks for."""

    def __init__(self, lib, task, lanes, seed, threads, overrides):
        words = (ctypes.c_char_p * (len(overrides) + 1))(*[w.encode() for w in overrides], None)
        self.lib = lib
        self.handle = lib.vecenv_create(task.encode(), lanes, seed, threads, words, len(overrides))
        if not self.handle:
            raise RuntimeError(lib.vecenv_error().decode())
        self.spec_ = Spec()
        lib.vecenv_describe(self.handle, ctypes.byref(self.spec_))
        s = self.spec_
        self.metric_names = [lib.vecenv_metric(self.handle, i).decode()
                             for i in range(s.metric_count)]
        # Two rows of buffers: SB3 still reads the last observation while the next one is made.
        self.pair = [np.zeros((lanes, s.observation_dim), np.float32) for _ in range(2)]
        self.turn = 0
        self.reward = np.zeros(lanes, np.float32)
        self.terminated = np.zeros(lanes, np.uint8)
        self.truncated = np.zeros(lanes, np.uint8)
        self.final = np.zeros((lanes, s.observation_dim), np.float32)
        self.metrics = np.zeros((lanes, max(s.metric_count, 1)), np.float64)
        self.infos = [{} for _ in range(lanes)]
        self.running = np.zeros(lanes)
        self.ended = []  # of the current iteration: (return, metrics)
        actions = (gymnasium.spaces.Discrete(s.action_count) if s.action_count > 0
                   else gymnasium.spaces.Box(-1.0, 1.0, (s.action_dim,)))
        super().__init__(lanes, gymnasium.spaces.Box(-np.inf, np.inf, (s.observation_dim,)),
                         actions)

    def reset(self):
        self.lib.vecenv_reset(self.handle, self.pair[0].ctypes.data)
        self.turn = 0
        return self.pair[0]

    def step_async(self, actions):
        self.actions = np.ascontiguousarray(actions, np.float32)

    def step_wait(self):
        self.turn = 1 - self.turn
        observation = self.pair[self.turn]
        if self.lib.vecenv_step(self.handle, self.actions.ctypes.data, observation.ctypes.data,
                                self.reward.ctypes.data, self.terminated.ctypes.data,
                                self.truncated.ctypes.data, self.final.ctypes.data,
                                self.metrics.ctypes.data):
            raise RuntimeError(self.lib.vecenv_error().decode())
        self.running += self.reward
        done = (self.terminated | self.truncated).astype(bool)
        infos = self.infos
        if done.any():
            infos = list(self.infos)
            for lane in np.flatnonzero(done):
                limit = bool(self.truncated[lane] and not self.terminated[lane])
                infos[lane] = {"terminal_observation": self.final[lane].copy(),
                               "TimeLimit.truncated": limit}
                self.ended.append((self.running[lane], self.metrics[lane].copy()))
                self.running[lane] = 0.0
        return observation, self.reward.copy(), done, infos

    def close(self):
        self.lib.vecenv_destroy(self.handle)

    def get_attr(self, attr_name, indices=None):
        return [getattr(self, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name, value, indices=None):
        raise NotImplementedError

    def env_method(self, method_name, *args, indices=None, **kwargs):
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class, indices=None):
        return [False] * self.num_envs


class Curve(BaseCallback):
    """At the end of each iteration: seconds, steps and sums over the episodes that ended in it."""

    def __init__(self, env):
        super().__init__()
        self.env, self.rows = env, []

    def _on_training_start(self):
        self.begin, self.cpu = time.perf_counter(), time.process_time()

    def _on_step(self):
        return True

    def note(self):
        names, ended = self.env.metric_names, self.env.ended
        sums = {n: float(sum(m[i] for _, m in ended)) for i, n in enumerate(names)}
        self.rows.append(dict(seconds=time.perf_counter() - self.begin,
                              cpu=time.process_time() - self.cpu, steps=self.num_timesteps,
                              episodes=len(ended), total=float(sum(r for r, _ in ended)), **sums))
        self.env.ended = []

    def _on_rollout_start(self):
        if self.num_timesteps > 0:
            self.note()

    def _on_training_end(self):
        self.note()


def run_peer(lib, task, recipe, seed, threads):
    torch.set_num_threads(threads)
    env = EngineVecEnv(lib, task, recipe["lanes"], seed, threads, recipe["overrides"])
    gamma = recipe["gamma"] or env.spec_.discount
    start = torch.tensor(list(env.spec_.action_start[: env.spec_.action_dim]))
    curve = Curve(env)
    model = PPO(
        "MlpPolicy", VecNormalize(env, gamma=gamma), learning_rate=recipe["learning_rate"],
        n_steps=recipe["horizon"], batch_size=recipe["minibatch"], n_epochs=recipe["epochs"],
        gamma=gamma, gae_lambda=0.95, clip_range=0.2, ent_coef=0.0, vf_coef=0.5,
        max_grad_norm=recipe["max_gradient_norm"], seed=seed, device="cpu",
        policy_kwargs=dict(net_arch=dict(pi=[64, 64], vf=[64, 64])))
    with torch.no_grad():
        model.policy.action_net.bias.copy_(start)
    model.learn(recipe["steps"], callback=curve)
    env.close()
    return curve.rows


def run_ours(binary, task, recipe, seed, threads):
    settings = dict(lanes=recipe["lanes"], horizon=recipe["horizon"], steps=recipe["steps"],
                    minibatch=recipe["minibatch"], epochs=recipe["epochs"],
                    learning_rate=recipe["learning_rate"], gamma=recipe["gamma"],
                    max_gradient_norm=recipe["max_gradient_norm"], blocks=recipe["blocks"],
                    schedule="constant")
    words = [f"ppo.{k}={v}" for k, v in settings.items()]
    words += ["net.policy=[64, 64]", "net.value=[64, 64]", f"train.task={task}",
              f"run.seed={seed}", f"run.threads={threads}", *recipe["overrides"]]
    before = child_seconds()
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        done = subprocess.run([binary, "train-rl", *words, f"run.folder={run}"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        lines = [json.loads(line) for line in (run / "metrics").read_text().splitlines()]
    rows = curve_of(lines)
    # Processor time is known of the whole process, its start included; shared out over the rows.
    share = (child_seconds() - before) / rows[-1]["seconds"]
    for row in rows:
        row["cpu"] = share * row["seconds"]
    return rows


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def curve_of(lines):
    """The rows of Curve, from the metrics of a run: one JSON object per key and step."""
    by_step = {}
    for line in lines:
        by_step.setdefault(line["step"], {})[line["key"]] = line["value"]
    rows, seconds = [], 0.0
    for step, values in sorted(by_step.items()):
        seconds += values["time/iteration"]
        episodes = int(values["train/episodes"])
        row = dict(seconds=seconds, steps=step, episodes=episodes,
                   total=episodes * values.get("episode/return", 0.0))
        for name in ("cost", "interval", "failed"):
            row[name] = episodes * values.get(f"episode/{name}", 0.0)
        rows.append(row)
    return rows


def smooth(rows, task, window):
    """(seconds, CPU seconds, steps, figure, share of holes lost) after each iteration, over the
    newest `window` episodes or more."""
    out = []
    for i, row in enumerate(rows):
        episodes = total = cost = interval = failed = 0.0
        for past in rows[i::-1]:
            episodes += past["episodes"]
            total += past["total"]
            cost += past.get("cost", 0.0)
            interval += past.get("interval", 0.0)
            failed += past.get("failed", 0.0)
            if episodes >= window:
                break
        if episodes >= window:
            figure = total / episodes if task == "pendulum" else cost / interval
            out.append((row["seconds"], row["cpu"], row["steps"], figure, failed / episodes))
    return out


def crossing(curve, threshold, better):
    for seconds, cpu, steps, figure, _ in curve:
        if (figure >= threshold) if better == "higher" else (figure <= threshold):
            return seconds, cpu, steps
    return None, None, None


def summarise(task, recipe, rows):
    curve = smooth(rows, task, recipe["window"])
    end = rows[-1]
    return dict(seconds=end["seconds"], cpu=end["cpu"], steps=end["steps"],
                steps_per_s=end["steps"] / end["seconds"],
                steps_per_cpu_s=end["steps"] / end["cpu"],
                last=curve[-1][3] if curve else None,
                lost=curve[-1][4] if curve else None, curve=curve)


def compare(args, lib, task):
    recipe = dict(TASKS[task])
    runs = []
    for seed in range(1, args.seeds + 1):
        learners = {"ours": lambda n: run_ours(args.idrill, task, recipe, seed, n),
                    "sb3": lambda n: run_peer(lib, task, recipe, seed, n)}
        for name, learner in learners.items():
            for threads in args.threads:
                runs.append(dict(learner=name, seed=seed, threads=threads, load=os.getloadavg()[0],
                                 **summarise(task, recipe, learner(threads))))
                r = runs[-1]
                print(f"{task} seed {seed} {name} x{threads}: {r['steps_per_s']:.0f} steps/s, "
                      f"{r['steps_per_cpu_s']:.0f} per CPU second, {r['seconds']:.2f} s, "
                      f"{recipe['figure']} {r['last']}, load {r['load']:.1f}", flush=True)
    if recipe["threshold"] is None:  # what the worse learner still reached, with a little to spare
        recipe["threshold"] = round(1.05 * max(r["last"] for r in runs), 0)
    for r in runs:
        r["reached_s"], r["reached_cpu_s"], r["reached_steps"] = crossing(
            r["curve"], recipe["threshold"], recipe["better"])
    return dict(recipe=recipe, runs=runs)


def number(value, form):
    return format(value, form) if value is not None else "not reached"


def print_table(task, result):
    recipe, runs = result["recipe"], result["runs"]
    print(f"\n{task}: time to {recipe['figure']} of {recipe['threshold']:g}\n")
    print("| learner | threads | seed | steps/s | per CPU second | at the end | s to threshold "
          "| CPU s to it | steps to it |\n|---|---|---|---|---|---|---|---|---|")
    for r in runs:
        print(f"| {r['learner']} | {r['threads']} | {r['seed']} | {r['steps_per_s']:,.0f} "
              f"| {r['steps_per_cpu_s']:,.0f} | {number(r['last'], '.1f')} "
              f"| {number(r['reached_s'], '.2f')} | {number(r['reached_cpu_s'], '.2f')} "
              f"| {number(r['reached_steps'], ',')} |")
    for threads in sorted({r["threads"] for r in runs}):
        mean = {name: np.mean([r["steps_per_cpu_s"] for r in runs
                               if r["learner"] == name and r["threads"] == threads])
                for name in ("ours", "sb3")}
        print(f"\n{threads} threads: {mean['ours'] / mean['sb3']:.1f} times the steps per CPU second")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--idrill", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args()
    lib = open_library(args.library)
    versions = dict(stable_baselines3=stable_baselines3.__version__, torch=torch.__version__,
                    numpy=np.__version__, python=platform.python_version())
    result = dict(versions=versions, date=time.strftime("%Y-%m-%d", time.gmtime()), tasks={})
    for task in args.tasks:
        result["tasks"][task] = compare(args, lib, task)
        print_table(task, result["tasks"][task])
        pathlib.Path(args.out).write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
