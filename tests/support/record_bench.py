"""What the tests of the record share: the binary, a real MLflow server, and the question that every
case ends with: does the server hold exactly what the run produced, every (key, step) once, in one
run?
"""
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter

try:
    import mlflow
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from mlflow_server import Server

IDRILL = os.environ["IDRILL"]
CONFIG = """train: {task: pendulum}
ppo: {lanes: 32, horizon: 64, steps: %d, blocks: 8, tile_rows: 32, minibatch: 512, epochs: 2}
net: {policy: [16], value: [16]}
run: {threads: 1, progress: false, checkpoint_every: 0.3 s}
mlflow: {every: 0.1 s, timeout: 5 s}
"""
ITERATION = 2048
SPOOL_ONLY = ["mlflow.upload=later"]


def environment(**more):
    keep = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return {**keep, "OMP_WAIT_POLICY": "passive", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.02", **more}


def idrill(*words, code=0, **more):
    done = subprocess.run([IDRILL, *words], env=environment(**more), capture_output=True, text=True,
                          timeout=300)
    if code is not None:
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def config(iterations):
    path = f"config-{iterations}.yaml"
    with open(path, "w") as file:
        file.write(CONFIG % (iterations * ITERATION))
    return path


def train(folder, iterations, *overrides, code=0, **more):
    return idrill("train-rl", config(iterations), f"run.folder={folder}", *overrides, code=code,
                  **more)


def start(folder, iterations, *overrides, **more):
    log = open(f"{folder}.err", "ab")
    return subprocess.Popen(
        [IDRILL, "train-rl", config(iterations), f"run.folder={folder}", *overrides],
        env=environment(**more), stdout=log, stderr=log)


def stop_early(folder, *overrides):
    """A run that is stopped behind its first iteration, with a checkpoint."""
    train(folder, 60, "run.wall_limit=61 s", "run.wall_margin=60.999 s", *overrides, code=75)


def resume(folder):
    return idrill("resume", folder, "run.wall_limit=0 s")


def sync(folder, *words, code=0, **more):
    return idrill("sync", folder, *words, code=code, **more)


# ---- what the run produced, and what the server holds --------------------------------------------

def number(value):
    return float(value)  # "nan", "inf" and "-inf" too


def produced(folder):
    with open(f"{folder}/metrics") as lines:
        rows = [json.loads(line) for line in lines]
    return {(row["key"], row["step"]): (number(row["value"]), row["t"]) for row in rows}


def runs_of(client, experiment):
    found = client.get_experiment_by_name(experiment)
    return client.search_runs([found.experiment_id]) if found else []


def held(client, run):
    rows = []
    for key in run.data.metrics:
        rows += [(key, m.step, m.value, m.timestamp)
                 for m in client.get_metric_history(run.info.run_id, key)]
    return rows


def same_value(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a):  # the server's database has no infinities
        return abs(b) > 1e308 and (a > 0) == (b > 0)
    return a == b


def check(client, folder, experiment, status="FINISHED", resumed=False):
    """One run; every metric of it once, to the bit. After a crash the spool may know more: what the
    run produced before it went back to its checkpoint."""
    runs = runs_of(client, experiment)
    assert len(runs) == 1, f"{len(runs)} runs in {experiment}"
    run = runs[0]
    assert run.info.status == status, run.info.status
    rows, expected = held(client, run), produced(folder)
    times = Counter((key, step) for key, step, _, _ in rows)
    twice = [what for what, n in times.items() if n > 1]
    assert not twice, f"more than once: {twice[:5]}"
    missing = [what for what in expected if what not in times]
    assert not missing, f"missing: {missing[:5]} of {len(expected)}"
    extra = [what for what in times if what not in expected]
    assert resumed or not extra, f"nobody produced {extra[:5]}"
    for key, step, value, timestamp in rows:
        if (key, step) not in expected:
            continue
        wanted, t = expected[key, step]
        if not resumed:
            assert abs(timestamp - t * 1e3) <= 1, (key, step, timestamp, t)
        if not key.startswith(("time/", "track/", "system/")) or not resumed:
            assert same_value(wanted, value), (key, step, wanted, value)
    return run


def artifacts(client, run, path=None):
    found = []
    for item in client.list_artifacts(run.info.run_id, path):
        found += artifacts(client, run, item.path) if item.is_dir else [item.path]
    return found


class Bench:
    """A server, a finished run whose record is still on disk, and copies of it."""

    def __init__(self, folder):
        self.server = Server(folder)
        self.version = self.server.start()
        mlflow.set_tracking_uri(self.server.uri)
        self.client = mlflow.MlflowClient()
        train("template", 12, *SPOOL_ONLY)

    def copy(self, name):
        shutil.copytree("template", name)
        return name


def run_cases(namespace, names):
    """Runs the functions case_*, those of `names` when there are any; the exit code."""
    cases = {name[5:]: case for name, case in namespace.items() if name.startswith("case_")}
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bench = Bench(folder)
        print(f"MLflow server {bench.version}, client {mlflow.__version__}", flush=True)
        try:
            for name in names or cases:
                begin = time.monotonic()
                try:
                    cases[name](bench)
                    print(f"ok    {name} ({time.monotonic() - begin:.1f} s)", flush=True)
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(name)
                    place = traceback.extract_tb(error.__traceback__)[-1]
                    print(f"FAIL  {name}: line {place.lineno}: {place.line}: {str(error)[:3000]}",
                          flush=True)
                if not bench.server.process:
                    bench.server.start()
        finally:
            bench.server.kill()
            os.chdir("/")
    print(f"{len(failed)} of {len(names or cases)} cases failed")
    return 1 if failed else 0
