"""What it costs to log a metric, and how fast a record gets to an MLflow server: idrill beside
MLflow's own Python client, same machine, same server, one after the other in rounds.

    .venv-tests/bin/python experiments/record/run.py BUILD_FOLDER [ROUNDS] > experiments/record/results.md

The Python that runs this must have mlflow; tests/run.sh makes one in .venv-tests.
"""
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
sys.path.insert(0, os.path.join(here, "..", "..", "tests", "support"))
from machine import describe  # noqa: E402  (beside the studies, not installed)
from mlflow_server import Server  # noqa: E402

import mlflow  # noqa: E402
from mlflow.entities import Metric  # noqa: E402

KEYS, STEPS = 20, 1000
build = os.path.abspath(sys.argv[1])
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5


def compile_writer(folder):
    program = os.path.join(folder, "write_record")
    libraries = [os.path.join(build, "src", f"libidr_{name}.a") for name in ("track", "comm", "base")]
    subprocess.run(["mpicc", "-std=gnu11", "-O2", "-D_GNU_SOURCE",
                    "-I" + os.path.join(here, "..", "..", "src"), "-o", program,
                    os.path.join(here, "write_record.c"), *libraries,
                    "-ljansson", "-lcurl", "-lyaml", "-lxxhash", "-lm", "-fopenmp"], check=True)
    return program


def ours(writer, folder, uri):
    result = json.loads(subprocess.run([writer, folder, str(KEYS), str(STEPS)], check=True,
                                       capture_output=True).stdout)
    begin = time.perf_counter()
    said = subprocess.run([os.path.join(build, "bin", "idrill"), "sync", folder,
                           f"mlflow.uri={uri}"], check=True, capture_output=True, text=True).stdout
    result["uploaded_per_s"] = result["metrics"] / (time.perf_counter() - begin)
    assert f"{KEYS * STEPS} metrics sent" in said and "refused" not in said, said
    return result


def single_calls(count=100):
    """mlflow.log_metric, one call per metric: what training scripts do."""
    with mlflow.start_run():
        begin = time.perf_counter()
        for i in range(count):
            mlflow.log_metric("train/metric", 0.1 * i, step=i)
        return 1e6 * (time.perf_counter() - begin) / count


def asynchronous_calls(count=1000):
    """mlflow.log_metric(synchronous=False): a queue in memory, and threads."""
    with mlflow.start_run():
        begin = time.perf_counter()
        for i in range(count):
            mlflow.log_metric("train/metric", 0.1 * i, step=i, synchronous=False)
        calls = time.perf_counter() - begin
        mlflow.flush_async_logging()
        return 1e6 * calls / count, count / (time.perf_counter() - begin)


def batches():
    """MlflowClient.log_batch with 1,000 metrics: the best that the client can do."""
    client = mlflow.MlflowClient()
    run = client.create_run(mlflow.set_experiment("peer").experiment_id).info.run_id
    now = int(time.time() * 1000)
    metrics = [Metric(f"train/metric_{k}", 0.1 * s + 1e-3 * k, now, s)
               for s in range(STEPS) for k in range(KEYS)]
    begin = time.perf_counter()
    for i in range(0, len(metrics), 1000):
        client.log_batch(run, metrics=metrics[i:i + 1000])
    return len(metrics) / (time.perf_counter() - begin)


def main():
    rows = []
    load = os.getloadavg()
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        writer = compile_writer(folder)
        server = Server(folder)
        server.start()
        try:
            mlflow.set_tracking_uri(server.uri)
            mlflow.set_experiment("peer")
            single_calls(5)
            for number in range(rounds):
                own = ours(writer, os.path.join(folder, f"run{number}"), server.uri)
                queued, queued_rate = asynchronous_calls()
                rows.append((own["call_us"], single_calls(), queued, own["spooled_per_s"],
                             own["uploaded_per_s"], batches(), queued_rate))
        finally:
            server.kill()
    shared = "; others used the machine too" if load[0] > 1 else ""
    middle = [statistics.median(column) for column in zip(*rows)]
    print(f"""# The cost of a record

    .venv-tests/bin/python experiments/record/run.py BUILD_FOLDER {rounds}

{datetime.date.today()}, {describe()}; MLflow {mlflow.__version__}, its server with SQLite and one
worker on the same machine. {KEYS * STEPS:,} metrics a round, {rounds} rounds, one after the other.
Load from beginning to end: {load[0]:.1f} to {os.getloadavg()[0]:.1f} runnable processes{shared}.

## One call that logs a metric, us

| round | idrill (to the spool) | mlflow.log_metric | mlflow.log_metric, asynchronous |
|---|---|---|---|""")
    for number, row in enumerate(rows, 1):
        print(f"| {number} | {row[0]:.2f} | {row[1]:.0f} | {row[2]:.0f} |")
    print(f"| median | **{middle[0]:.2f}** | {middle[1]:.0f} | {middle[2]:.0f} |")
    print(f"""
The call of idrill is {middle[1] / middle[0]:,.0f} times as cheap as the plain one and
{middle[2] / middle[0]:,.0f} times as cheap as the asynchronous one, which keeps its queue in memory:
what it holds is lost with the process, the spool is not.

## Metrics per second

| round | idrill, into the spool | idrill sync, to the server | log_batch of 1,000 | asynchronous |
|---|---|---|---|---|""")
    for number, row in enumerate(rows, 1):
        print(f"| {number} | {row[3]:,.0f} | {row[4]:,.0f} | {row[5]:,.0f} | {row[6]:,.0f} |")
    print(f"| median | {middle[3]:,.0f} | **{middle[4]:,.0f}** | {middle[5]:,.0f} "
          f"| {middle[6]:,.0f} |")
    print("""
`idrill sync` is timed as a whole: start of the process, the run made on the server, params, tags
and artifacts besides the metrics. Both it and log_batch wait for the server's database, which sets
the pace.""")


main()
