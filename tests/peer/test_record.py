#!/usr/bin/env python3
"""The record of runs on a real MLflow server, whatever happens on the way there.

ctest: timeout 900

`test_record.py NAME...` runs only those cases.
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
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
from mlflow_proxy import Proxy  # noqa: E402  (helpers of the tests, not installed)
from record_bench import (SPOOL_ONLY, artifacts, check, produced, resume,  # noqa: E402
                          run_cases, runs_of, start, stop_early, sync, train)

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


def kill_in_training(process, folder, after):
    """Kills the run `after` seconds after it began; False when it had ended its training by then."""
    begin = time.time()
    while process.poll() is None and written(f"{folder}/summary.json") < begin:
        time.sleep(0.01)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return status_of(folder) == "running"


def written(path):
    return os.path.getmtime(path) if os.path.exists(path) else 0.0


def status_of(folder):
    try:
        with open(f"{folder}/summary.json") as file:
            return json.load(file)["status"]
    except (OSError, ValueError):
        return ""


def case_killed_trainer(b):
    """kill -9 at random moments, resumed until done, with bad answers all along."""
    rng = random.Random(7)
    proxy = Proxy(b.server.uri)
    slow = ["net.policy=[64,64]", "net.value=[64,64]", "run.checkpoint_every=0.05 s"]
    words = [f"mlflow.uri={proxy.uri}", "mlflow.experiment=crashes", "mlflow.model=crashes", *slow]
    train("undisturbed", 150, *SPOOL_ONLY, *slow)
    kills = 0
    while kills < 6:
        for place in ("runs/create", "runs/log-batch", "logged-models$", "model-versions/create"):
            proxy.fail(place, rng.choice(["drop", "500", "torn"]), times=rng.randrange(3))
        process = start("crashes", 150, *words)
        if not kill_in_training(process, "crashes", rng.uniform(0.0, 0.15)):
            break
        kills += 1
    assert kills >= 3, f"the run was killed {kills} times only"
    train("crashes", 150, *words)
    sync("crashes", *words[:2])
    check(b.client, "crashes", "crashes", resumed=True)
    results = [{k: v[0] for k, v in produced(f).items() if not k[0].startswith(("time/", "track/"))}
               for f in ("crashes", "undisturbed")]
    assert results[0] == results[1]
    versions = b.client.search_model_versions("name = 'crashes'")
    assert [str(v.version) for v in versions] == ["1"], versions
    with open("crashes/model/model.onnx", "rb") as one, open("undisturbed/model/model.onnx", "rb") as two:
        assert one.read() == two.read()
    proxy.close()


def case_stopped_and_resumed(b):
    """One run on the server, RUNNING between the starts."""
    words = [f"mlflow.uri={b.server.uri}", "mlflow.experiment=stopped"]
    stop_early("stopped", *words)
    sync("stopped")
    run = runs_of(b.client, "stopped")[0]
    assert run.info.status == "RUNNING" and run.data.tags["idrill.status"] == "stopped"
    resume("stopped")
    sync("stopped")
    check(b.client, "stopped", "stopped", resumed=True)


def case_not_finite(b):
    """What JSON has no word for arrives. The spool takes from the metrics what it has not."""
    stop_early("nan", *SPOOL_ONLY)
    with open("nan/metrics", "a") as file:
        for step, value in enumerate(['"nan"', '"inf"', '"-inf"', "1e-300"]):
            file.write('{"kind": "timing", "key": "test/odd", "step": %d, "value": %s, "t": %.3f}\n'
                       % (step, value, time.time()))
    resume("nan")
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
        resume("full")
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


sys.exit(run_cases(globals(), sys.argv[1:]))
