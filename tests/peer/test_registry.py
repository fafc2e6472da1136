#!/usr/bin/env python3
"""Models of runs in the registry of a real MLflow server: logged once, registered once and only when
asked, and the way to and from `champion`.

ctest: timeout 600

`test_registry.py NAME...` runs only those cases.
"""
import filecmp
import os
import signal
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
from mlflow_proxy import Proxy  # noqa: E402  (helpers of the tests, not installed)
from record_bench import (SPOOL_ONLY, environment, idrill, mlflow, run_cases, runs_of,  # noqa: E402
                          sync)

RECORD_MODEL = os.path.join(os.environ["IDR_BUILD"], "tests", "record_model")
FILES = {"MLmodel": b"flavors: {onnx: {data: model.onnx}}\n", "model.onnx": bytes(range(256)) * 64,
         "code/a name with \xe9.txt": b"", "code/deeper/notes.txt": b"notes\n"}
# All that the server is asked for because of a model.
PLACES = ["logged-models/search", "mlflow/logged-models$", "mlflow-artifacts/artifacts/",
          "runs/outputs", "logged-models/m-", "registered-models/create", "model-versions/search",
          "model-versions/create", "registered-models/alias"]


def record_model(name, *words, **more):
    """A run with a model; its spool is uploaded when a server is named."""
    for path, data in FILES.items():
        path = f"{name}/model/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    done = subprocess.run([RECORD_MODEL, name, f"mlflow.experiment={name}", *words],
                          env=environment(**more), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return name


def check_registered(client, name, model, version="1"):
    """One run, one logged model with all files, one version with the alias."""
    runs = runs_of(client, name)
    assert len(runs) == 1 and runs[0].info.status == "FINISHED", runs
    run = runs[0]
    logged = client.search_logged_models([run.info.experiment_id])
    assert len(logged) == 1, logged
    assert logged[0].source_run_id == run.info.run_id and str(logged[0].status) == "READY"
    outputs = run.outputs.model_outputs
    assert [(o.model_id, o.step) for o in outputs] == [(logged[0].model_id, 5)], outputs
    versions = [v for v in client.search_model_versions(f"name = '{model}'")
                if v.run_id == run.info.run_id]
    assert [v.version for v in versions] == [version], versions
    made = client.get_model_version(model, version)
    assert made.source == f"models:/{logged[0].model_id}", made.source
    assert made.description == "made by a test"
    assert made.tags["idrill.run_uuid"] == run.data.tags["idrill.run_uuid"], made.tags
    assert client.get_model_version_by_alias(model, "challenger").version == version
    got = mlflow.artifacts.download_artifacts(f"models:/{model}/{version}", dst_path=f"{name}-got")
    for path in FILES:
        assert filecmp.cmp(f"{name}/model/{path}", os.path.join(got, path), shallow=False), path
    assert not os.path.exists(f"{name}/spool/refused.jsonl"), open(
        f"{name}/spool/refused.jsonl").read()
    return made


def aliases(client, model):
    return {alias: str(version)
            for alias, version in client.get_registered_model(model).aliases.items()}


# ---- registering ---------------------------------------------------------------------------------

def case_registered(b):
    """Each run of a model is its next version; `champion` is set by nobody."""
    for version in ("1", "2"):
        record_model(f"run {version}", f"mlflow.uri={b.server.uri}", "mlflow.model=driller")
        check_registered(b.client, f"run {version}", "driller", version)
    assert aliases(b.client, "driller") == {"challenger": "2"}


def case_off_by_default(b):
    record_model("unregistered", f"mlflow.uri={b.server.uri}")
    run = runs_of(b.client, "unregistered")[0]
    logged = b.client.search_logged_models([run.info.experiment_id])
    assert len(logged) == 1 and str(logged[0].status) == "READY", logged
    assert not [v for m in b.client.search_registered_models()
                for v in b.client.search_model_versions(f"name = '{m.name}'")
                if v.run_id == run.info.run_id]


def case_bad_answers(b):
    """Bad answers, twice in a row, at each request; `drop`: the server had done it."""
    proxy = Proxy(b.server.uri)
    for kind in ("drop", "torn", "500", "html"):
        name = record_model(f"model {kind}", "mlflow.model=" + kind, *SPOOL_ONLY)
        for place in PLACES:
            proxy.fail(place, kind, times=2)
        before = proxy.hits
        out = sync(name, f"mlflow.uri={proxy.uri}", "sync.tries=60")
        assert "the server has everything" in out.stdout
        # What the server did behind a lost answer may not be asked for again.
        assert proxy.hits - before >= 2 * len(PLACES) - 5, (kind, proxy.hits - before)
        proxy.heal()
        check_registered(b.client, name, kind)
    proxy.close()


def case_killed_upload(b):
    """kill -9 of the upload while the server makes the version: still one."""
    proxy = Proxy(b.server.uri)
    for name, place in (("killed once", "mlflow/logged-models$"),
                        ("killed twice", "model-versions/create")):
        record_model(name, f"mlflow.model={name}", *SPOOL_ONLY)
        proxy.fail(place, "slow", times=1, delay=1.0)
        proxy.seen.clear()
        process = subprocess.Popen([os.environ["IDRILL"], "sync", name, f"mlflow.uri={proxy.uri}"],
                                   env=environment(), stdout=subprocess.DEVNULL)
        pattern = place.strip("$")
        while not any(path.endswith(pattern) for _, path, _, _ in proxy.seen):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(2.0)  # the server, behind the proxy, does what it was asked
        sync(name, f"mlflow.uri={proxy.uri}")
        check_registered(b.client, name, name)
    proxy.close()


def case_model_removed(b):
    """The folder is gone before anything was uploaded: the record says so, and the rest arrives."""
    name = record_model("gone", "mlflow.model=gone", *SPOOL_ONLY)
    os.rename("gone/model", "gone/elsewhere")
    out = sync(name, f"mlflow.uri={b.server.uri}")
    assert "1 refused" in out.stdout, out.stdout
    with open("gone/spool/refused.jsonl") as file:
        assert "cannot read the model folder" in file.read()
    assert runs_of(b.client, name)[0].info.status == "FINISHED"


# ---- champion ------------------------------------------------------------------------------------

def three_versions(b, model):
    for version in ("1", "2", "3"):
        record_model(f"{model} {version}", f"mlflow.uri={b.server.uri}", f"mlflow.model={model}")
    return f"mlflow.uri={b.server.uri}"


def case_promote_and_rollback(b):
    uri = three_versions(b, "climber")
    out = idrill("promote", "climber", uri)
    assert out.stdout == "champion of climber: version 3\n", out.stdout
    assert "no champion before" in idrill("rollback", "climber", uri, code=1).stderr
    out = idrill("promote", "climber/1", uri)
    assert "version 1 (before: 3; go back with: idrill rollback climber)" in out.stdout, out.stdout
    assert aliases(b.client, "climber") == {"challenger": "3", "champion": "1"}
    assert b.client.get_registered_model("climber").tags["idrill.previous_champion"] == "3"
    # Once more changes nothing, above all not the way back.
    idrill("promote", "climber/1", uri)
    idrill("rollback", "climber", MLFLOW_TRACKING_URI=b.server.uri)
    assert aliases(b.client, "climber")["champion"] == "3"
    idrill("rollback", "climber", MLFLOW_TRACKING_URI="http://127.0.0.1:9",
           MLFLOW_REGISTRY_URI=b.server.uri)
    assert aliases(b.client, "climber")["champion"] == "1"
    b.client.set_registered_model_alias("climber", "tested", "2")
    idrill("promote", "climber@tested", uri)
    assert aliases(b.client, "climber") == {"challenger": "3", "champion": "2", "tested": "2"}
    assert b.client.get_model_version_by_alias("climber", "champion").version == "2"


def case_lost_promotion(b):
    """The answer is lost after the alias moved: the next try says so, and the way back is known."""
    uri = three_versions(b, "unsure")
    idrill("promote", "unsure/1", uri)
    proxy = Proxy(b.server.uri)
    for place, before in (("registered-models/set-tag", "1"), ("registered-models/alias$", "2")):
        proxy.fail(place, "drop", times=2)  # curl tries once more by itself
        out = idrill("promote", "unsure/2", f"mlflow.uri={proxy.uri}", code=1)
        assert "unsure" in out.stderr and "no answer" in out.stderr, out.stderr
        assert aliases(b.client, "unsure")["champion"] == before
    idrill("promote", "unsure/2", f"mlflow.uri={proxy.uri}")
    assert proxy.hits == 4, proxy.hits
    idrill("rollback", "unsure", uri)
    assert aliases(b.client, "unsure")["champion"] == "1"
    proxy.close()


def case_bad_promotions(b):
    uri = three_versions(b, "steady")
    idrill("promote", "steady/2", uri)
    for words, complaint in (
            (["promote", "nobody"], "cannot find the challenger of 'nobody'"),
            (["promote", "nobody/1"], "cannot find this version of 'nobody'"),
            (["promote", "steady/4"], "cannot find this version of 'steady'"),
            (["promote", "steady/x"], "steady"),
            (["promote", "steady@nothing"], "cannot find the nothing of 'steady'"),
            (["promote", "/2"], "names no registered model"),
            (["rollback", "nobody"], "nobody"),
            (["rollback", "steady"], "no champion before")):
        out = idrill(*words, uri, code=1)
        assert complaint in out.stderr and out.stderr.count("\n") == 1, (words, out.stderr)
    for job in ("promote", "rollback"):
        assert f"usage: idrill {job}" in idrill(job, code=1).stderr
        assert "no tracking server is known" in idrill(job, "steady", code=1).stderr
        assert "no answer" in idrill(job, "steady", "mlflow.uri=http://127.0.0.1:9", code=1).stderr
        assert "unknown key" in idrill(job, "steady", "mlflow.note=x", code=1).stderr
    assert aliases(b.client, "steady") == {"challenger": "3", "champion": "2"}


sys.exit(run_cases(globals(), sys.argv[1:]))
