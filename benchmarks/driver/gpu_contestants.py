# SPDX-License-Identifier: Apache-2.0
"""Who takes part on a GPU: programs that answer questions (benchmarks/gpu/program.cu) and Python
libraries, each in one process that stays."""

import json
import os
from pathlib import Path

from .process import AnsweringProcess, Failure

HERE = Path(__file__).resolve().parents[1]
ANSWER_LIMIT = 180  # seconds; a first answer may have compiled kernels
PEERS = {"cupy": "CuPy", "torch": "PyTorch", "jax": "JAX"}  # their modules and their names
LIBRARY_FOLDERS = ("/usr/local/cuda/lib64", "/usr/local/cuda/targets/x86_64-linux/lib",
                   "/usr/local/nvidia/lib64")  # fmt: skip


def environment_of_peers():
    """They bring CUDA libraries of their own, beside which no others may be found."""
    return {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}  # others need memory as well


def gpu_environment():
    """Of our programs. One that was built elsewhere finds the CUDA runtime too."""
    environment = dict(os.environ)
    known = [f for f in environment.get("LD_LIBRARY_PATH", "").split(":") if f]
    known += [f for f in LIBRARY_FOLDERS if f not in known and os.path.isdir(f)]
    environment["LD_LIBRARY_PATH"] = ":".join(known)
    return environment


class GpuProgram:
    """<name>_gpu_benchmark of the build."""

    def __init__(self, name, path, log=None):
        self.name = name
        self._process = AnsweringProcess([path], environment=gpu_environment(), log=log)
        self._rows = None

    def ask(self, *words):
        return self._process.ask(" ".join(map(str, words)), ANSWER_LIMIT)

    def rows(self):
        if self._rows is None:
            self._rows = set(self.ask("rows")["rows"])
        return self._rows

    def measure(self, row, dtype, shape, threads, seconds, check, variant):
        name = f"{row.operation}/{dtype}" + (f"/{variant}" if variant else "")
        if name not in self.rows():
            # The limit has no form of its own for new arrays: theirs is the same traffic.
            return None
        return self.ask("measure", name, "x".join(map(str, shape)), seconds, int(check))["seconds"]

    def launch(self, row, shape, statements):
        """Seconds of host time to queue one statement, or one empty kernel."""
        return self.ask("launch", row, "x".join(map(str, shape)), statements)["seconds"]

    def end_row(self):
        self._process.tell("forget")

    def stop(self):
        self._process.stop()


class GpuPeer:
    """<name>_gpu_rows of python_peers/; `scratch` is a folder for the results that it is checked
    against, which are computed once for all peers."""

    def __init__(self, name, python, scratch, log=None, environment=None):
        self.name = name
        self.python = python
        self._scratch = str(scratch)
        self._process = AnsweringProcess(
            [python, "-m", "python_peers.worker", f"{name}_gpu"],
            HERE,
            {**environment_of_peers(), **(environment or {})},
            log=log,
        )

    def _ask(self, question, limit=ANSWER_LIMIT):
        return self._process.ask(json.dumps(question), limit)

    def version(self):
        """The library's version; raises Failure if it is not there or has no GPU."""
        return self._ask({"do": "version"})["version"]

    def measure(self, row, dtype, shape, threads, seconds, check, variant):
        return self._ask(
            {
                "do": "measure",
                "operation": row.operation,
                "dtype": dtype,
                "shape": shape,
                "new": True,
                "seconds": seconds,
                "check": check,
                "scratch": self._scratch,
            }
        )["seconds"]

    def end_row(self):
        self._process.tell(json.dumps({"do": "forget"}))

    def stop(self):
        self._process.stop()


def reason(failure):
    """Why a peer takes no part: whether it is not installed, or what it said."""
    words = str(failure)
    missing = "ModuleNotFoundError" in words or "No module named" in words
    return "not installed" if missing else words


def find_peers(pythons, scratch, logs, environment=None):
    """(peers by name, reasons of those left out, versions): each from the first interpreter that
    has it."""
    found, missing, versions = {}, {}, {}
    for name in PEERS:
        for python in pythons:
            peer = GpuPeer(name, python, scratch, Path(logs) / f"{name}.log", environment)
            try:
                versions[name] = peer.version()
                found[name] = peer
                missing.pop(name, None)
                break
            except Failure as failure:
                if missing.get(name, "not installed") == "not installed":
                    missing[name] = reason(failure)
                peer.stop()
    return found, missing, versions
