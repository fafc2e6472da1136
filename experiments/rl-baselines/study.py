"""Our PPO and SAC, Stable-Baselines3's, and plain PyTorch's on the same tasks, one after the other.

usage: study.py --idrill BINARY --library vecenv.so --out FOLDER [--scale S] [--seeds N] ...
All step the tasks of the engine; all have the recipes below. Writes results.json and curves.csv.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import numpy as np
import stable_baselines3
import torch
from stable_baselines3.common.vec_env import VecNormalize

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "speed-rl"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import torch_ppo  # noqa: E402  (beside this file)
import torch_sac  # noqa: E402
from compare import Curve, EngineVecEnv, curve_of, open_library  # noqa: E402
from machine import describe  # noqa: E402

DRILLING = ["drilling.interval=15", "drilling.critic_state=false", "drilling.period=60"]
PPO = {"horizon": 256, "lanes": 16, "minibatch": 256, "epochs": 10, "learning_rate": 1e-3,
       "gamma": 0.99, "lambda": 0.95, "max_gradient_norm": 0.5, "blocks": 2}
SAC = {"lanes": 2, "blocks": 2, "replay": 1000000, "batch": 256, "ratio": 1.0, "gamma": 0.98,
       "tau": 0.01, "learning_rate": 1e-3, "critic_learning_rate": 1e-3,
       "alpha_learning_rate": 1e-3, "alpha": 1.0, "learning_starts": 500, "report": 500}
# Budgets in control steps. `figure` of the episodes that end while training, the newest `window`.
TASKS = {
    "pendulum ppo": dict(PPO, steps=299008, lanes=4, horizon=1024, gamma=0.95),
    "cartpole ppo": dict(PPO, steps=98304, lanes=8, horizon=128),
    "acrobot ppo": dict(PPO, steps=299008, minibatch=512, epochs=6),
    "mountaincar ppo": dict(PPO, steps=200704, gamma=0.999, noise_time=60),
    "drilling ppo": dict(PPO, steps=1048576, lanes=1024, horizon=32, minibatch=4096, epochs=4,
                         gamma=0.0, blocks=8),
    "pendulum sac": dict(SAC, steps=10000),
    "mountaincar sac": dict(SAC, steps=20000, learning_starts=5000, ratio=0.5, gamma=0.99,
                            alpha=0.1, learning_rate=3e-4, noise_time=60),
    "drilling sac": dict(SAC, steps=409600, lanes=256, batch=512, ratio=0.02, gamma=0.0, tau=0.02,
                         learning_starts=32768, alpha=0.01, learning_rate=3e-4, report=8192),
}
WINDOW = {"drilling": 1000, "pendulum": 20, "cartpole": 20, "acrobot": 20, "mountaincar": 10}


def overrides_of(task):
    return DRILLING if task == "drilling" else []


# ---- ours ----------------------------------------------------------------------------------------

def run_ours(args, lib, task, method, recipe, seed):
    known = {"ppo": ("lanes", "horizon", "steps", "minibatch", "epochs", "learning_rate", "gamma",
                     "lambda", "max_gradient_norm", "blocks", "noise_time"),
             "sac": ("lanes", "steps", "blocks", "replay", "batch", "ratio", "gamma", "tau", "alpha",
                     "learning_rate", "critic_learning_rate", "alpha_learning_rate",
                     "learning_starts", "noise_time")}[method]
    words = [f"{method}.{k}={recipe[k]}" for k in known if k in recipe]
    words += (["ppo.schedule=linear"] if method == "ppo"
              else [f"sac.horizon={recipe['report'] // recipe['lanes']}", "net.activation=relu"])
    words += ["net.policy=[64, 64]", "net.value=[64, 64]", f"train.task={task}",
              f"train.method={method}", f"run.seed={seed}", f"run.threads={args.threads}",
              "run.progress=false", *overrides_of(task)]
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        done = subprocess.run([args.idrill, "train-rl", *words, f"run.folder={run}"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        lines = [json.loads(line) for line in (run / "metrics").read_text().splitlines()]
    return curve_of(lines)


# ---- theirs --------------------------------------------------------------------------------------

def environment(args, lib, task, recipe, seed):
    env = EngineVecEnv(lib, task, recipe["lanes"], seed, args.threads, overrides_of(task))
    return env, dict(recipe, gamma=recipe["gamma"] or env.spec_.discount)


class Notes(Curve):
    """A curve that is told when to take a row, by steps of its own."""

    def __init__(self, env, every):
        super().__init__(env)
        self.every = every

    def _on_step(self):
        if self.every and self.num_timesteps % self.every < self.env.num_envs:
            self.note()
        return True

    def _on_rollout_start(self):
        if not self.every:
            super()._on_rollout_start()


def run_sb3(args, lib, task, method, recipe, seed):
    env, r = environment(args, lib, task, recipe, seed)
    lasting = r.get("noise_time", 1) > 1  # gSDE is what SB3 has for it
    same = dict(seed=seed, device="cpu", gamma=r["gamma"], use_sde=lasting)
    curve = Notes(env, 0 if method == "ppo" else r["report"])
    if method == "ppo":
        start = torch.tensor(list(env.spec_.action_start[: env.spec_.action_dim]))
        model = stable_baselines3.PPO(
            "MlpPolicy", VecNormalize(env, gamma=r["gamma"]),
            learning_rate=lambda left: left * r["learning_rate"], n_steps=r["horizon"],
            batch_size=r["minibatch"], n_epochs=r["epochs"], gae_lambda=r["lambda"], ent_coef=0.0,
            max_grad_norm=r["max_gradient_norm"],
            policy_kwargs=dict(net_arch=dict(pi=[64, 64], vf=[64, 64])), **same)
        if env.spec_.action_count == 0 and not lasting:
            with torch.no_grad():
                model.policy.action_net.bias.copy_(start)
    else:
        model = stable_baselines3.SAC(
            "MlpPolicy", VecNormalize(env, norm_reward=False), learning_rate=r["learning_rate"],
            buffer_size=min(r["replay"], r["steps"]), learning_starts=r["learning_starts"],
            batch_size=r["batch"], tau=r["tau"], train_freq=1,
            gradient_steps=max(1, round(r["ratio"] * r["lanes"])), ent_coef=f"auto_{r['alpha']}",
            policy_kwargs=dict(net_arch=[64, 64]), **same)
    model.learn(r["steps"], callback=curve)
    env.close()
    return curve.rows


def run_torch(args, lib, task, method, recipe, seed):
    env, r = environment(args, lib, task, recipe, seed)
    curve = Curve(env)
    curve._on_training_start()

    def note(steps):
        curve.num_timesteps = steps
        curve.note()

    (torch_ppo if method == "ppo" else torch_sac).train(env, r, seed, note)
    env.close()
    return curve.rows


LEARNERS = {"ours": run_ours, "sb3": run_sb3, "torch": run_torch}


# ---- curves --------------------------------------------------------------------------------------

def smooth(rows, task):
    """[steps, figure] after each row, over the newest window of episodes or more."""
    out = []
    for i in range(len(rows)):
        episodes = total = cost = metres = 0.0
        for row in rows[i::-1]:
            episodes += row["episodes"]
            total += row["total"]
            cost += row.get("cost", 0.0)
            metres += row.get("interval", 0.0)
            if episodes >= WINDOW[task]:
                break
        if episodes >= WINDOW[task]:
            out.append([rows[i]["steps"], cost / metres if task == "drilling" else total / episodes])
    return out


def write_curves(results, path):
    """Mean, least and largest over the seeds at 50 places of each budget."""
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["task", "learner", "steps", "mean", "least", "most"])
        for name, runs in results["tasks"].items():
            for learner in LEARNERS:
                curves = [r["curve"] for r in runs if r["learner"] == learner and r["curve"]]
                if not curves:
                    continue
                first = max(c[0][0] for c in curves)
                last = min(c[-1][0] for c in curves)
                for steps in np.linspace(first, last, 50):
                    at = [np.interp(steps, *zip(*c)) for c in curves]
                    table.writerow([name, learner, int(steps), np.mean(at), min(at), max(at)])


def scaled(recipe, scale):
    """A smaller budget, for a trial: whole iterations of PPO, some updates of SAC."""
    recipe = dict(recipe, steps=int(recipe["steps"] * scale))
    if "horizon" in recipe:
        rows = recipe["lanes"] * recipe["horizon"]
        recipe["steps"] = max(rows, recipe["steps"] // rows * rows)
    elif scale < 1:
        recipe["learning_starts"] = min(recipe["learning_starts"], recipe["steps"] // 2)
        quarter = max(1, recipe["steps"] // 4 // recipe["lanes"]) * recipe["lanes"]
        recipe["report"] = min(recipe["report"], quarter)
    return recipe


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--idrill", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--learners", nargs="+", default=list(LEARNERS), choices=list(LEARNERS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="of the budgets, for a trial")
    args = parser.parse_args()
    lib = open_library(args.library)
    torch.set_num_threads(args.threads)
    results = dict(machine=describe(), date=time.strftime("%Y-%m-%d", time.gmtime()),
                   scale=args.scale, threads=args.threads, seeds=args.seeds, tasks={},
                   versions=dict(stable_baselines3=stable_baselines3.__version__,
                                 torch=torch.__version__, python=platform.python_version()))
    out = pathlib.Path(args.out)
    for name in args.tasks:
        task, method = name.split()
        runs = results["tasks"][name] = []
        recipe = scaled(TASKS[name], args.scale)
        for seed in range(1, args.seeds + 1):
            for learner in args.learners:
                begin = time.perf_counter()
                rows = LEARNERS[learner](args, lib, task, method, recipe, seed)
                curve, end = smooth(rows, task), rows[-1]
                runs.append(dict(learner=learner, seed=seed, seconds=end["seconds"],
                                 wall=time.perf_counter() - begin, steps=end["steps"],
                                 last=curve[-1][1] if curve else None, curve=curve,
                                 load=os.getloadavg()[0]))
                r = runs[-1]
                print(f"{name} seed {seed} {learner}: {r['seconds']:.2f} s, "
                      f"{r['steps'] / r['seconds']:.0f} steps/s, at the end {r['last']}", flush=True)
        (out / "results.json").write_text(json.dumps(results))
        write_curves(results, out / "curves.csv")


if __name__ == "__main__":
    main()
