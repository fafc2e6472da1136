#!/usr/bin/env python3
"""A trained policy on a real MLflow server: registered, loaded in every way MLflow has, served over
HTTP, and each time saying what the engine says.

ctest: timeout 400
"""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

try:
    import numpy as np
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
from mlflow_server import free_port  # noqa: E402  (helpers of the tests, not installed)
from record_bench import environment, idrill, mlflow, run_cases, runs_of, sync  # noqa: E402

TOLERANCE = 1e-5
CONFIG = """train: {task: drilling}
drilling: {wells: 8, interval: 4 m}
ppo: {lanes: 32, horizon: 16, steps: 4096, blocks: 8, tile_rows: 32, minibatch: 256, epochs: 2}
net: {policy: [16], value: [16]}
run: {threads: 1, progress: false}
mlflow: {every: 0.1 s}
"""


def train(folder, seed, b):
    """Trained, and all of its record on the server."""
    with open("policy.yaml", "w") as file:
        file.write(CONFIG)
    idrill("train-rl", "policy.yaml", f"run.folder={folder}", f"run.seed={seed}",
           f"mlflow.uri={b.server.uri}", "mlflow.experiment=serving", "mlflow.model=rig policy")
    sync(folder)


def example(folder):
    x = json.load(open(f"{folder}/input_example.json"))["observation"]
    said = json.load(open(f"{folder}/output_example.json"))
    return np.array(x, np.float32), {k: np.array(v) for k, v in said.items()}


def same(got, said, what):
    """Set-points span decades, so each is compared with the largest of its kind."""
    for name, want in said.items():
        values = np.asarray(got[name], dtype=np.float64)
        assert values.shape == want.shape, (what, name, values.shape, want.shape)
        scale = np.abs(want).max(axis=0) + 1e-30
        worst = np.max(np.abs(values - want) / scale)
        assert worst <= TOLERANCE, (what, name, worst)


def session_answers(model, x):
    run = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([o.name for o in run.get_outputs()], run.run(None, {"observation": x})))


def case_registered(b):
    """One run, one version, the alias challenger, and no champion by itself."""
    train("first", 1, b)
    versions = b.client.search_model_versions("name = 'rig policy'")
    assert [str(v.version) for v in versions] == ["1"], versions
    challenger = b.client.get_model_version_by_alias("rig policy", "challenger")
    (run,) = runs_of(b.client, "serving")
    assert challenger.run_id == run.info.run_id
    assert "No safety limits" in challenger.description, challenger.description
    assert "champion" not in b.client.get_registered_model("rig policy").aliases
    inputs = run.inputs.dataset_inputs
    assert len(inputs) == 1 and inputs[0].dataset.name == "wells" and inputs[0].dataset.digest
    assert run.outputs.model_outputs, "the run names no model as its output"


def case_loaded(b):
    """By path, by version, by alias, by run and by logged model; as ONNX and as a function."""
    x, said = example("first/model")
    challenger = b.client.get_model_version_by_alias("rig policy", "challenger")
    model_id = runs_of(b.client, "serving")[0].outputs.model_outputs[0].model_id
    for uri in ("first/model", "models:/rig policy/1", "models:/rig policy@challenger",
                f"runs:/{challenger.run_id}/policy", f"models:/{model_id}"):
        same(session_answers(mlflow.onnx.load_model(uri), x), said, uri)
        function = mlflow.pyfunc.load_model(uri)
        same(function.predict({"observation": x}), said, uri + " as a function")
        signature = function.metadata.signature
        assert signature.inputs.input_names() == ["observation"], signature
        assert signature.outputs.input_names() == ["action", "action_std"], signature
    info = mlflow.models.get_model_info("models:/rig policy@challenger")
    columns = info.metadata["idrill.inputs"][0]["columns"]
    assert columns[0] == {**columns[0], "name": "wob_mean", "unit": "N", "wits": "0116"}


def case_served(b):
    """`mlflow models serve`, asked over HTTP with the example that lies in the folder."""
    port = free_port()
    log = open("serve.log", "wb")
    # MLflow's own client takes no fractions where ours does.
    clean = {k: v for k, v in environment().items() if not k.startswith("MLFLOW_")}
    served = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/rig policy@challenger",
         "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"],
        env={**clean, "MLFLOW_TRACKING_URI": b.server.uri,
             "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]},
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        for _ in range(900):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2)
                break
            except OSError:
                assert served.poll() is None, open("serve.log", errors="replace").read()[-3000:]
                time.sleep(0.1)
        body = open("first/model/serving_input_example.json", "rb").read()
        ask = urllib.request.Request(f"http://127.0.0.1:{port}/invocations", data=body,
                                     headers={"Content-Type": "application/json"})
        answer = json.load(urllib.request.urlopen(ask, timeout=60))
        same(answer["predictions"], example("first/model")[1], "over HTTP")
    finally:
        os.killpg(served.pid, signal.SIGKILL)
        served.wait()


def case_champion(b):
    """A second run challenges; only promote moves the champion, rollback moves it back."""
    words = [f"mlflow.uri={b.server.uri}"]
    train("second", 2, b)
    alias = b.client.get_model_version_by_alias
    assert str(alias("rig policy", "challenger").version) == "2"
    idrill("promote", "rig policy/1", *words)
    assert str(alias("rig policy", "champion").version) == "1"
    assert "version 2" in idrill("promote", "rig policy", *words).stdout
    assert str(alias("rig policy", "champion").version) == "2"
    idrill("rollback", "rig policy", *words)
    assert str(alias("rig policy", "champion").version) == "1"
    x, said = example("first/model")
    same(session_answers(mlflow.onnx.load_model("models:/rig policy@champion"), x), said, "champion")


sys.exit(run_cases(dict(globals()), sys.argv[1:]))
