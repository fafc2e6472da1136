#!/usr/bin/env python3
"""The record of runs on a real MLflow server, whatever happens on the way there.

ctest: timeout 900

Every case ends with the same question: does the server hold exactly what the run produced, every
(key, step) once, in one run? `test_record.py NAME...` runs only those cases.
"""
import glob
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

try:
    import mlflow
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
from mlflow_proxy import Proxy  # noqa: E402  (helpers of the tests, not installed)
from mlflow_server import Server  # noqa: E402

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
    return {**keep, "OMP_WAIT_POLICY": "passive", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.1", **more}


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
    """A run that has a checkpoint and is stopped in the middle."""
    process = start(folder, 400, *overrides)
    while not os.path.exists(f"{folder}/checkpoint/latest"):
        assert process.poll() is None, "it ended before its first checkpoint"
        time.sleep(0.01)
    process.send_signal(signal.SIGUSR1)
    code = process.wait(timeout=120)
    assert code == 75, f"exit code {code}: {open(folder + '.err').read()[-1000:]}"


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


# ---- the cases -----------------------------------------------------------------------------------

def case_whole_record(b):
    """Params, metrics, tags, artifacts; live, by the run itself."""
    train("whole", 12, f"mlflow.uri={b.server.uri}", "mlflow.experiment=whole",
          "mlflow.run_name=a name", "mlflow.note=a note", "mlflow.system_metrics=true",
          MLFLOW_RUN_CONTEXT='{"team": "drilling"}', SLURM_JOB_ID="4711")
    run = check(b.client, "whole", "whole", resumed=True)
    assert run.info.run_name == "a name"
    assert run.data.params["ppo.lanes"] == "32" and run.data.params["net.policy"] == "[16]"
    tags = run.data.tags
    assert tags["mlflow.note.content"] == "a note" and tags["team"] == "drilling"
    assert tags["slurm.job_id"] == "4711" and tags["idrill.status"] == "finished"
    assert tags["mlflow.source.name"] == "idrill train-rl" and tags["mlflow.user"]
    assert any(key.startswith("system/") for key in run.data.metrics), run.data.metrics.keys()
    for name in ("settings.yaml", "log.txt", "summary.json"):
        assert name in artifacts(b.client, run), artifacts(b.client, run)
    summary = json.load(open("whole/summary.json"))
    assert summary["mlflow"]["run_id"] == run.info.run_id
    assert run.info.end_time >= run.info.start_time


def case_environment(b):
    """The variables that other clients read; a run that somebody made before."""
    train("env", 3, MLFLOW_TRACKING_URI=b.server.uri, MLFLOW_EXPERIMENT_NAME="by name")
    check(b.client, "env", "by name")
    made = b.client.create_run(mlflow.set_experiment("made").experiment_id)
    train("made", 3, MLFLOW_TRACKING_URI=b.server.uri, MLFLOW_RUN_ID=made.info.run_id)
    run = check(b.client, "made", "made")
    assert run.info.run_id == made.info.run_id


def case_parent(b):
    train("parent", 2, *SPOOL_ONLY)
    train("child", 2, *SPOOL_ONLY, "mlflow.parent=parent")
    words = [f"mlflow.uri={b.server.uri}", "mlflow.experiment=family", "sync.tries=1"]
    assert "parent run" in sync("child", *words, code=75).stdout
    sync("parent", *words)
    sync("child", *words)
    runs = {run.info.run_name: run for run in runs_of(b.client, "family")}
    assert runs["child"].data.tags["mlflow.parentRunId"] == runs["parent"].info.run_id


def case_bad_answers(b):
    """Each kind of bad answer, twice in a row, at each kind of request."""
    kinds = ["refuse", "500", "503", "403", "404", "429", "html", "empty", "endless", "torn"]
    places = ["experiments/get-by-name", "experiments/create", "runs/search", "runs/create",
              "runs/log-batch", "mlflow-artifacts/artifacts/", "runs/update"]
    proxy = Proxy(b.server.uri)
    for kind in kinds:
        name = b.copy(f"fault {kind}")
        for place in places:
            proxy.fail(place, kind, times=2)
        before = proxy.hits
        out = sync(name, f"mlflow.uri={proxy.uri}", f"mlflow.experiment={name}", "sync.tries=40")
        assert "the server has everything" in out.stdout
        # What the server did behind a torn answer is not asked for again.
        assert proxy.hits - before >= 2 * len(places) - 3, (kind, proxy.hits - before)
        proxy.heal()
        run = check(b.client, name, name)
        assert len(artifacts(b.client, run)) == 3, artifacts(b.client, run)
        assert not os.path.exists(f"{name}/spool/refused.jsonl"), open(
            f"{name}/spool/refused.jsonl").read()
    proxy.close()


def case_lost_answers(b):
    """The server does it, and its answer is lost: nothing may be there twice."""
    proxy = Proxy(b.server.uri)
    name = b.copy("lost answers")
    for place in ("experiments/create", "runs/create", "runs/log-batch", "runs/update",
                  "mlflow-artifacts/artifacts/"):
        proxy.fail(place, "drop", times=2)
    sync(name, f"mlflow.uri={proxy.uri}", f"mlflow.experiment={name}", "sync.tries=40")
    assert proxy.hits >= 8, proxy.hits
    check(b.client, name, name)
    proxy.close()


def case_repeated_from_the_start(b):
    """Whoever loses uploaded.json sends everything again, and changes nothing."""
    name = b.copy("again")
    words = [f"mlflow.uri={b.server.uri}", "mlflow.experiment=again"]
    sync(name, *words)
    first = check(b.client, name, "again")
    os.remove(f"{name}/spool/uploaded.json")
    sync(name, *words)
    assert check(b.client, name, "again").info.run_id == first.info.run_id


def case_server_down(b):
    """Down from the start: the run finishes, and says what to do; later a sync brings it all."""
    b.server.kill()
    out = train("down", 12, f"mlflow.uri={b.server.uri}", "mlflow.experiment=down")
    assert "idrill sync down" in out.stderr, out.stderr
    assert sync("down", "sync.tries=2", code=75).stdout
    b.server.start()
    sync("down")
    check(b.client, "down", "down")


def case_server_killed(b):
    """Killed in the middle of a live run, and started again."""
    process = start("killed", 150, f"mlflow.uri={b.server.uri}", "mlflow.experiment=killed")
    while not runs_of(b.client, "killed"):
        time.sleep(0.1)
    time.sleep(0.5)
    b.server.kill()
    time.sleep(1.0)
    b.server.start()
    assert process.wait(timeout=240) == 0
    sync("killed")
    check(b.client, "killed", "killed")


def case_slow_server(b):
    """The training does not wait: 3 s per answer would show."""
    proxy = Proxy(b.server.uri)
    proxy.fail(".", "slow", times=10**6, delay=3.0)
    train("slow", 12, f"mlflow.uri={proxy.uri}", "mlflow.experiment=slow", "mlflow.wait=0.5 s")
    blocked = [v for (key, _), (v, _) in produced("slow").items() if key == "track/blocked_s"]
    assert len(blocked) == 1 and blocked[0] < 1.0, blocked
    proxy.heal()
    sync("slow", f"mlflow.uri={proxy.uri}")
    check(b.client, "slow", "slow")
    proxy.close()


def case_killed_trainer(b):
    """kill -9 at random moments, resumed until done, with bad answers all along."""
    rng = random.Random(7)
    proxy = Proxy(b.server.uri)
    words = [f"mlflow.uri={proxy.uri}", "mlflow.experiment=crashes"]
    train("undisturbed", 120, *SPOOL_ONLY)
    kills = 0
    for attempt in range(60):
        for place in ("runs/create", "runs/log-batch"):
            proxy.fail(place, rng.choice(["drop", "500", "torn"]), times=rng.randrange(3))
        process = start("crashes", 120, *words)
        try:
            if kills < 6:
                process.wait(timeout=rng.uniform(0.4, 1.6))
            else:
                process.wait(timeout=240)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    assert process.returncode == 0, open("crashes.err").read()[-2000:]
    assert kills >= 3, "the run was too short to be killed"
    sync("crashes", *words)
    check(b.client, "crashes", "crashes", resumed=True)
    results = [{k: v[0] for k, v in produced(f).items() if not k[0].startswith(("time/", "track/"))}
               for f in ("crashes", "undisturbed")]
    assert results[0] == results[1]
    proxy.close()


def case_stopped_and_resumed(b):
    """One run on the server, RUNNING between the starts."""
    words = [f"mlflow.uri={b.server.uri}", "mlflow.experiment=stopped"]
    stop_early("stopped", *words)
    sync("stopped")
    run = runs_of(b.client, "stopped")[0]
    assert run.info.status == "RUNNING" and run.data.tags["idrill.status"] == "stopped"
    idrill("resume", "stopped")
    sync("stopped")
    check(b.client, "stopped", "stopped", resumed=True)


def case_not_finite(b):
    """What JSON has no word for arrives. The spool takes from the metrics what it has not."""
    stop_early("nan", *SPOOL_ONLY)
    with open("nan/metrics", "a") as file:
        for step, value in enumerate(['"nan"', '"inf"', '"-inf"', "1e-300"]):
            file.write('{"kind": "timing", "key": "test/odd", "step": %d, "value": %s, "t": %.3f}\n'
                       % (step, value, time.time()))
    idrill("resume", "nan")
    proxy = Proxy(b.server.uri)
    proxy.fail("runs/log-batch", "drop", times=8)
    sync("nan", f"mlflow.uri={proxy.uri}", "mlflow.experiment=nan", "sync.tries=40")
    run = check(b.client, "nan", "nan", resumed=True)
    odd = sorted((m.step, m.value) for m in b.client.get_metric_history(run.info.run_id, "test/odd"))
    assert len(odd) == 4 and math.isnan(odd[0][1]) and odd[1][1] > 1e308 and odd[2][1] < -1e308
    proxy.close()


def case_live_sync(b):
    """`idrill sync` follows a run that does not upload by itself."""
    process = start("live", 100, *SPOOL_ONLY)
    while not os.path.exists("live/spool/000001.spool"):
        time.sleep(0.02)
    sync("live", f"mlflow.uri={b.server.uri}", "mlflow.experiment=live", "sync.follow=true")
    assert process.wait(timeout=60) == 0
    check(b.client, "live", "live")


def case_full_disk(b):
    """The disk of the spool is full for a while: the run goes on, and the record is whole."""
    os.makedirs("full")
    os.makedirs("small disk")
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", "small disk"],
                           capture_output=True, text=True)
    if mount.returncode != 0:
        print(f"  not shown here: no file system can be mounted ({mount.stderr.strip()})")
        return
    try:
        os.symlink(os.path.abspath("small disk"), "full/spool")
        out = train("full", 150, *SPOOL_ONLY)
        assert "the run goes on" in out.stderr, out.stderr
        subprocess.run(["mount", "-o", "remount,size=16m", "small disk"], check=True)
        # The run ended before there was space again: the next start takes the rest from `metrics`.
        idrill("resume", "full")
        sync("full", f"mlflow.uri={b.server.uri}", "mlflow.experiment=full")
        check(b.client, "full", "full", resumed=True)
    finally:
        subprocess.run(["umount", "small disk"], check=True)


def case_secrets(b):
    """No secret in a file, a log, an argument list or a message."""
    secrets = ["correct-horse", "battery-staple", "tok-8231-x"]
    proxy = Proxy(b.server.uri)
    login = dict(MLFLOW_TRACKING_USERNAME=secrets[0], MLFLOW_TRACKING_PASSWORD=secrets[1])
    proxy.fail("runs/log-batch", "500", times=3)
    texts = []
    out = train("secret", 3, f"mlflow.uri={proxy.uri}", "mlflow.experiment=secret", **login)
    texts += [out.stdout, out.stderr]
    assert any(headers.get("Authorization", "").startswith("Basic ")
               for _, _, headers, _ in proxy.seen)
    proxy.seen.clear()
    host = proxy.uri.split("://")[1]
    for more in (dict(MLFLOW_TRACKING_URI=f"http://{secrets[0]}:{secrets[1]}@{host}"),
                 dict(MLFLOW_TRACKING_URI=proxy.uri, MLFLOW_TRACKING_TOKEN=secrets[2])):
        name = f"secret{len(texts)}"
        process = start(name, 30, "mlflow.experiment=secret", **more)
        with open(f"/proc/{process.pid}/cmdline") as file:
            texts.append(file.read())
        assert process.wait(timeout=60) == 0
        texts.append(open(f"{name}.err").read())
    assert any(h.get("Authorization") == f"Bearer {secrets[2]}" for _, _, h, _ in proxy.seen)
    refused = train("secret9", 3, f"mlflow.uri=http://{secrets[0]}:{secrets[1]}@{host}", code=1)
    assert "MLFLOW_TRACKING_PASSWORD" in refused.stderr
    texts.append(refused.stderr + refused.stdout)
    proxy.fail(".", "403", times=10**6)
    shutil.rmtree("secret/spool/uploaded.json", ignore_errors=True)
    name = b.copy("secret3")
    out = sync(name, f"mlflow.uri={proxy.uri}", "sync.tries=1", code=75, **login)
    texts += [out.stdout, out.stderr]
    for path in glob.glob("secret*/**", recursive=True):
        if os.path.isfile(path):
            texts.append(open(path, errors="replace").read())
    for body in (body for _, _, _, body in proxy.seen):
        texts.append(body.decode(errors="replace"))
    for secret in secrets:
        for text in texts:
            assert secret not in text, f"'{secret}' in: {text[:500]}"
    proxy.close()


def case_bad_addresses(b):
    for uri, words in (("sqlite:///x.db", "must begin with http"), ("nonsense", "must begin")):
        out = train("bad address", 2, f"mlflow.uri={uri}", code=1)
        assert words in out.stderr, out.stderr
    out = sync("template", code=1)
    assert "no server is known" in out.stderr, out.stderr
    out = sync("nowhere", f"mlflow.uri={b.server.uri}", code=1)
    assert "spool" in out.stderr, out.stderr


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("case_")}


def main(names):
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bench = Bench(folder)
        print(f"MLflow server {bench.version}, client {mlflow.__version__}", flush=True)
        try:
            for name in names or CASES:
                begin = time.monotonic()
                try:
                    CASES[name](bench)
                    print(f"ok    {name} ({time.monotonic() - begin:.0f} s)", flush=True)
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(name)
                    print(f"FAIL  {name}: {str(error)[:3000]}", flush=True)
                if not bench.server.process:
                    bench.server.start()
        finally:
            bench.server.kill()
            os.chdir("/")
    print(f"{len(failed)} of {len(names or CASES)} cases failed")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
