"""A real MLflow server for tests: started on loopback, killed and started again on the same store."""
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`options` go to `mlflow server`; without any it keeps the artifacts and hands them out."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.options = options or ("--artifacts-destination", f"{folder}/artifacts")
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        environment["MLFLOW_DISABLE_TELEMETRY"] = "true"
        environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # five more processes
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port",
             str(self.port), "--workers", "1",
             "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", *self.options],
            stdout=open(os.path.join(self.folder, "server.log"), "ab"),
            stderr=subprocess.STDOUT, start_new_session=True, env=environment, cwd=self.folder)
        for _ in range(900):
            try:
                return urllib.request.urlopen(self.uri + "/version", timeout=2).read().decode()
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        log = open(os.path.join(self.folder, "server.log"), errors="replace").read()
        raise RuntimeError("the MLflow server did not start:\n" + log[-3000:])

    def kill(self):
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        self.process = None
