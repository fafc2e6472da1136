#!/usr/bin/env python3
"""Records fresh transitions from the installed Gymnasium and has the C test compare them.

    test_gymnasium.py PATH/TO/test_env_classic [SEED]
"""
import os
import subprocess
import sys
import tempfile


def main():
    program = sys.argv[1]
    seed = sys.argv[2] if len(sys.argv) > 2 else "20260801"
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        csv = os.path.join(folder, "transitions.csv")
        subprocess.run([sys.executable, os.path.join(here, "record_gymnasium.py"), csv, seed, "12"],
                       check=True)
        environment = dict(os.environ, IDR_TEST_TRANSITIONS=csv)
        return subprocess.run([program], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
