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
import tempfile
import time
import urllib.request

try:
    import mlflow
    import numpy as np
    import onnxruntime  # noqa: F401  (what mlflow.onnx runs a model with)
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
from mlflow_server import Server, free_port  # noqa: E402  (helpers of the tests, not installed)

IDRILL = os.environ["IDRILL"]
TOLERANCE = 1e-5
CONFIG = """train: {task: drilling}
drilling: {wells: 8, interval: 4 m}
ppo: {lanes: 32, horizon: 16, steps: 4096, blocks: 8, tile_rows: 32, minibatch: 256, epochs: 2}
net: {policy: [16], value: [16]}
run: {threads: 1, progress: false}
"""


def environment():
    keep = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return {**keep, "OMP_WAIT_POLICY": "passive"}


def idrill(*words, code=0):
    done = subprocess.run([IDRILL, *words], env=environment(), capture_output=True, text=True,
                          timeout=200)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


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
    import onnxruntime as ort
    run = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([o.name for o in run.get_outputs()], run.run(None, {"observation": x})))


class Bench:
    def __init__(self, folder):
        self.server = Server(folder)
        self.version = self.server.start()
        mlflow.set_tracking_uri(self.server.uri)
        self.client = mlflow.MlflowClient()
        with open("config.yaml", "w") as file:
            file.write(CONFIG)


def case_registered(b):
    """One run, one version, the alias challenger, and no champion by itself."""
    idrill("train-rl", "config.yaml", "run.folder=first", f"mlflow.uri={b.server.uri}",
           "mlflow.experiment=serving", "mlflow.model=rig policy")
    idrill("sync", "first")
    versions = b.client.search_model_versions("name = 'rig policy'")
    assert [v.version for v in versions] == ["1"] or [v.version for v in versions] == [1], versions
    challenger = b.client.get_model_version_by_alias("rig policy", "challenger")
    run = b.client.search_runs(
        [b.client.get_experiment_by_name("serving").experiment_id])[0]
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
    model_id = b.client.search_runs([b.client.get_experiment_by_name("serving").experiment_id])[
        0].outputs.model_outputs[0].model_id
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
    served = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/rig policy@challenger",
         "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"],
        env={**environment(), "MLFLOW_TRACKING_URI": b.server.uri,
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
    idrill("train-rl", "config.yaml", "run.folder=second", "run.seed=2", *words,
           "mlflow.experiment=serving", "mlflow.model=rig policy")
    idrill("sync", "second")
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


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("case_")}


def main():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bench = Bench(folder)
        print(f"MLflow server {bench.version}, client {mlflow.__version__}", flush=True)
        try:
            for name, case in CASES.items():
                begin = time.monotonic()
                try:
                    case(bench)
                    print(f"ok    {name} ({time.monotonic() - begin:.0f} s)", flush=True)
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(name)
                    print(f"FAIL  {name}: {str(error)[:3000]}", flush=True)
        finally:
            bench.server.kill()
            os.chdir("/")
    return 1 if failed else 0


sys.exit(main())
