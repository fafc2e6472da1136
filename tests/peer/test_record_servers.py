#!/usr/bin/env python3
"""The record of runs with what sites ask of a client of MLflow: variables of the environment,
credentials, certificates, names, workspaces, stores of other kinds, upload in parts; and the kinds
of runs that a record has to hold: with wells, with ranks, with less disk than metrics.

ctest: timeout 600

`test_record_servers.py NAME...` runs only those cases.
"""
import base64
import filecmp
import json
import os
import ssl
import subprocess
import sys
from collections import Counter

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "support"))
import throwaway_ca  # noqa: E402  (helpers of the tests, not installed)
from mlflow_proxy import Proxy  # noqa: E402
from mlflow_server import Server  # noqa: E402
from record_bench import (IDRILL, SPOOL_ONLY, artifacts, check, config, environment,  # noqa: E402
                          held, mlflow, produced, run_cases, runs_of, sync, train)


# ---- kinds of runs -------------------------------------------------------------------------------

def case_wells(b):
    """What a drilling run learned on is its dataset, once, though the answers were lost."""
    small = ["train.task=drilling", "drilling.wells=4", "drilling.interval=10 m", "ppo.lanes=16",
             "ppo.horizon=8", "ppo.steps=256", "ppo.minibatch=64"]
    train("wells", 1, *SPOOL_ONLY, *small)
    proxy = Proxy(b.server.uri)
    proxy.fail("runs/log-inputs", "drop", times=2)
    sync("wells", f"mlflow.uri={proxy.uri}", "mlflow.experiment=wells")
    assert proxy.hits == 2
    run = check(b.client, "wells", "wells")
    inputs = run.inputs.dataset_inputs
    assert len(inputs) == 1, inputs
    wells, tags = inputs[0].dataset, {tag.key: tag.value for tag in inputs[0].tags}
    with open("wells/summary.json") as file:
        assert wells.digest == json.load(file)["results"]["world"]
    assert (wells.name, wells.source_type) == ("wells", "generated"), wells
    assert wells.source == "4 wells of the generator", wells.source
    assert tags == {"mlflow.data.context": "training"}, tags
    proxy.close()


def case_ranks(b):
    """Of four ranks one talks: one run, every metric once, one connection for what must not be
    repeated."""
    proxy = Proxy(b.server.uri)
    words = os.environ["MPIRUN"].split() + ["4", IDRILL, "train-rl", config(6)]
    done = subprocess.run([*words, "run.folder=ranks", f"mlflow.uri={proxy.uri}",
                           "mlflow.experiment=ranks"], env=environment(), capture_output=True,
                          text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    check(b.client, "ranks", "ranks")
    made = [path for _, path, _, _ in proxy.seen if path.endswith("runs/create")]
    assert len(made) == 1, made
    assert not os.path.exists("ranks/spool/refused.jsonl")
    proxy.close()


def case_less_disk_than_metrics(b):
    """1 MiB of spool for more: timings go before results, results are thinned evenly, and all else
    is whole."""
    out = train("bounded", 1200, *SPOOL_ONLY, "mlflow.spool_limit=1", "ppo.lanes=8", "ppo.horizon=8",
          "ppo.steps=230400", "ppo.minibatch=64", "ppo.epochs=1")
    assert "timings first; bounded/metrics has all" in out.stderr, out.stderr
    size = sum(os.path.getsize(f"bounded/spool/{name}") for name in os.listdir("bounded/spool"))
    assert size < 1.125 * 2**20, size
    sync("bounded", f"mlflow.uri={b.server.uri}", "mlflow.experiment=bounded")
    runs = runs_of(b.client, "bounded")
    assert len(runs) == 1 and runs[0].info.status == "FINISHED"
    assert runs[0].data.params["ppo.lanes"] == "8" and len(artifacts(b.client, runs[0])) == 3
    expected, rows = produced("bounded"), held(b.client, runs[0])
    assert all(count == 1 for count in Counter((key, step) for key, step, _, _ in rows).values())
    for key, step, value, _ in rows:
        assert (key, step) in expected, (key, step)
        assert value == expected[key, step][0], (key, step)
    made = Counter(key for key, _ in expected)
    kept = Counter(key for key, _, _, _ in rows)
    share = {key: kept[key] / made[key] for key in ("train/reward", "train/kl", "time/iteration")}
    assert share["time/iteration"] < share["train/reward"] < 1, share
    assert share["train/kl"] == share["train/reward"], share


# ---- what the environment says -------------------------------------------------------------------

def case_variables(b):
    """The variables that other clients read; a run that somebody made before."""
    train("env", 3, MLFLOW_TRACKING_URI=b.server.uri, MLFLOW_EXPERIMENT_NAME="by name")
    check(b.client, "env", "by name")
    by_id = b.client.create_experiment("by id")
    train("id", 3, *SPOOL_ONLY, MLFLOW_EXPERIMENT_ID=by_id)  # known to a later sync elsewhere
    sync("id", MLFLOW_TRACKING_URI=b.server.uri)
    check(b.client, "id", "by id")
    made = b.client.create_run(b.client.create_experiment("made"))
    train("made", 3, MLFLOW_TRACKING_URI=b.server.uri, MLFLOW_RUN_ID=made.info.run_id)
    run = check(b.client, "made", "made")
    assert run.info.run_id == made.info.run_id
    train("measured", 3, f"mlflow.uri={b.server.uri}", "mlflow.experiment=measured",
          MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING="true", MLFLOW_SYSTEM_METRICS_NODE_ID="n7",
          MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL="0.1")
    keys = runs_of(b.client, "measured")[0].data.metrics
    assert any(key.startswith("system/n7/") for key in keys), keys


def case_credentials(b):
    """A login or a token, from the environment or the usual file; a login goes before a token."""
    proxy = Proxy(b.server.uri)
    login = "Basic " + base64.b64encode(b"driller:on bottom").decode()
    os.makedirs("home/.mlflow")
    with open("home/.mlflow/credentials", "w") as file:
        file.write("[mlflow]\nmlflow_tracking_username = driller\n"
                   "mlflow_tracking_password = on bottom\n")
    pair = dict(MLFLOW_TRACKING_USERNAME="driller", MLFLOW_TRACKING_PASSWORD="on bottom")
    token = dict(MLFLOW_TRACKING_TOKEN="tok.en")
    name = b.copy("without")
    proxy.demand = ("Authorization", login)
    out = sync(name, f"mlflow.uri={proxy.uri}", "sync.tries=2", code=75)
    assert "HTTP 401" in out.stdout, out.stdout
    for name, demand, more in (("login", login, {**pair, **token}),
                               ("file", login, dict(HOME=os.path.abspath("home"))),
                               ("token", "Bearer tok.en", token)):
        proxy.demand = ("Authorization", demand)
        sync(b.copy(name), f"mlflow.uri={proxy.uri}", f"mlflow.experiment={name}", **more)
        check(b.client, name, name)
    proxy.close()


def case_certificates(b):
    """A server with a certificate of the site's own authority, that wants to see one too."""
    throwaway_ca.make(".")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem")
    context.load_verify_locations("ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    proxy = Proxy(b.server.uri, tls=context)
    ca = dict(MLFLOW_TRACKING_SERVER_CERT_PATH=os.path.abspath("ca.pem"))
    client = dict(MLFLOW_TRACKING_CLIENT_CERT_PATH=os.path.abspath("client.pem"))
    insecure = dict(MLFLOW_TRACKING_INSECURE_TLS="true")
    words = [f"mlflow.uri={proxy.uri}", "sync.tries=2"]
    name = b.copy("tls")
    for more in ({}, client, ca, insecure):
        out = sync(name, *words, code=75, **more)
        assert "no answer from https://" in out.stdout, out.stdout
    sync(name, *words, "mlflow.experiment=tls", **ca, **client)
    check(b.client, name, "tls")
    name = b.copy("tls 2")
    sync(name, *words, "mlflow.experiment=tls 2", **insecure, **client)
    check(b.client, name, "tls 2")
    proxy.close()


def case_name_of_the_server(b):
    """Servers answer to names that they were told only: the message says how."""
    proxy = Proxy(b.server.uri)
    proxy.host = "mlflow.cluster:5000"
    name = b.copy("named")
    out = sync(name, f"mlflow.uri={proxy.uri}", "sync.tries=2", code=75)
    assert "HTTP 403" in out.stdout and "--allowed-hosts" in out.stdout, out.stdout
    proxy.host = None
    sync(name, f"mlflow.uri={proxy.uri}", "mlflow.experiment=named")
    check(b.client, name, "named")
    proxy.close()


# ---- stores --------------------------------------------------------------------------------------

def case_workspace(b):
    """MLFLOW_WORKSPACE: runs, artifacts and all else are in that workspace."""
    os.makedirs("spaces")
    server = Server(os.path.abspath("spaces"), "--enable-workspaces", "--artifacts-destination",
                    os.path.abspath("spaces/artifacts"))
    server.start()
    mlflow.set_tracking_uri(server.uri)
    try:
        mlflow.create_workspace("rig-7")
        name = b.copy("inside")
        sync(name, f"mlflow.uri={server.uri}", "mlflow.experiment=inside", MLFLOW_WORKSPACE="rig-7")
        client = mlflow.MlflowClient(server.uri)
        assert not runs_of(client, "inside")
        mlflow.set_workspace("rig-7")
        run = check(client, name, "inside")
        assert "workspaces/rig-7" in run.info.artifact_uri, run.info.artifact_uri
        assert len(artifacts(client, run)) == 3
    finally:
        mlflow.set_workspace(None)
        mlflow.set_tracking_uri(b.server.uri)
        server.kill()


def case_shared_folder(b):
    """A server that leaves artifacts to its clients: copied where both see them; a store that idrill
    does not speak is said, and the rest of the record arrives."""
    os.makedirs("shared/a store")
    server = Server(os.path.abspath("shared"), "--no-serve-artifacts", "--default-artifact-root",
                    "file://" + os.path.abspath("shared/a store"))
    server.start()
    client = mlflow.MlflowClient(server.uri)
    try:
        name = b.copy("copied")
        sync(name, f"mlflow.uri={server.uri}", "mlflow.experiment=copied")
        run = check(client, name, "copied")
        assert run.info.artifact_uri.startswith(("file:", "/")), run.info.artifact_uri
        folder = f"shared/a store/{run.info.experiment_id}/{run.info.run_id}/artifacts"
        for file in ("settings.yaml", "log.txt", "summary.json"):
            assert filecmp.cmp(f"{name}/{file}", f"{folder}/{file}", shallow=False), file
        assert sorted(os.listdir(folder)) == ["log.txt", "settings.yaml", "summary.json"]
        client.create_experiment("elsewhere", artifact_location="s3://bucket/runs")
        name = b.copy("elsewhere")
        out = sync(name, f"mlflow.uri={server.uri}", "mlflow.experiment=elsewhere")
        assert "4 refused" in out.stdout, out.stdout  # three files and the model
        with open(f"{name}/spool/refused.jsonl") as file:
            assert file.read().count("--serve-artifacts") == 4
        check(client, name, "elsewhere")
    finally:
        server.kill()


class Parts:
    """Stands for a store that takes files in parts: gives addresses, joins what comes there, and
    hands the file to the server that keeps it."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.uploads, self.aborted, self.broken = {}, [], 0

    def __call__(self, method, path, headers, body):
        if path.startswith("/parts/"):
            return self.take(path, headers, body)
        if "/mlflow-artifacts/mpu/" not in path:
            return None
        verb, folder = path.split("/mpu/")[1].split("/", 1)
        asked = json.loads(body)
        return getattr(self, verb)(folder, asked)

    def create(self, folder, asked):
        number = str(len(self.uploads))
        self.uploads[number] = {}
        credentials = [{"url": f"{self.proxy.uri}/parts/{number}/{k}", "part_number": k,
                        "headers": {"X-Part-Key": f"key {k}"}}
                       for k in range(1, asked["num_parts"] + 1)]
        return self.say({"upload_id": number, "credentials": credentials})

    def take(self, path, headers, body):
        _, _, number, k = path.split("/")
        if self.broken > 0:
            self.broken -= 1
            return 503, [], b"slow down"
        assert headers["X-Part-Key"] == f"key {k}" and "Authorization" not in headers
        self.uploads[number][int(k)] = body
        return 200, [("ETag", f'"tag {number} {k}"')], b""

    def complete(self, folder, asked):
        parts = self.uploads[asked["upload_id"]]
        wanted = [(k, f'"tag {asked["upload_id"]} {k}"') for k in sorted(parts)]
        if [(p["part_number"], p["etag"]) for p in asked["parts"]] != wanted:
            return 400, [], b"{}"
        whole = b"".join(parts[k] for k in sorted(parts))
        where = f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{asked['path']}"
        status = self.proxy.request("PUT", where, {}, whole)[0]
        return self.say({}) if status == 200 else (502, [], b"")

    def abort(self, _, asked):
        self.aborted.append(asked["upload_id"])
        return self.say({})

    @staticmethod
    def say(what):
        return 200, [], json.dumps(what).encode()


def case_parts(b):
    """Large files go in parts where the server offers that, whole where it does not."""
    proxy = Proxy(b.server.uri)
    sizes = dict(MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE="600",
                 MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE="500", MLFLOW_TRACKING_TOKEN="tok.en")
    for name, kind in (("in parts", Parts(proxy)), ("whole", None)):
        proxy.extra = kind
        proxy.seen.clear()
        if kind:
            kind.broken = 1
        sync(b.copy(name), f"mlflow.uri={proxy.uri}", f"mlflow.experiment={name}", **sizes)
        run = check(b.client, name, name)
        got = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=f"{name}-got")
        for file in ("settings.yaml", "log.txt", "summary.json"):
            assert filecmp.cmp(f"{name}/{file}", f"{got}/{file}", shallow=False), (name, file)
        asked = [path for _, path, _, _ in proxy.seen if "/mpu/create" in path]
        assert len(asked) >= 2, asked
        if kind:
            assert len(kind.uploads) >= 3 and kind.aborted == ["0"], (kind.uploads, kind.aborted)
            assert all(len(parts) >= 2 for number, parts in kind.uploads.items() if number != "0")
    proxy.seen.clear()
    sync(b.copy("never in parts"), f"mlflow.uri={proxy.uri}", "mlflow.experiment=never in parts",
         MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="false", **sizes)
    assert not [path for _, path, _, _ in proxy.seen if "/mpu/" in path]
    proxy.close()


sys.exit(run_cases(globals(), sys.argv[1:]))
