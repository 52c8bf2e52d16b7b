# SPDX-License-Identifier: Apache-2.0
"""Who takes part: programs of Google Benchmark, one process per measurement, and Python libraries,
each in a process that stays. A measurement is seconds per call, or a Failure in words."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .process import TIME_LIMIT, AnsweringProcess, Failure

HERE = Path(__file__).resolve().parents[1]


def available_cpus():
    return sorted(os.sched_getaffinity(0))


def pinned(threads):
    """(environment, function for the child) that hold a process on so many processors."""
    cpus = available_cpus()[:threads]
    environment = dict(os.environ)
    for name in ("OMP_NUM", "NUMBA_NUM", "NUMEXPR_NUM", "NUMEXPR_MAX", "OPENBLAS_NUM"):
        environment[f"{name}_THREADS"] = str(threads)
    environment["OMP_PLACES"] = ",".join(f"{{{cpu}}}" for cpu in cpus)
    environment["OMP_PROC_BIND"] = "close"
    environment["JAX_PLATFORMS"] = "cpu"
    return environment, lambda: os.sched_setaffinity(0, cpus)


class Program:
    """<name>_benchmark of the build; `variants` of a row are other forms of it."""

    def __init__(self, name, path, slack=1.0):
        self.name = name
        self.path = path
        self.slack = slack
        self._rows = None

    def rows(self):
        if self._rows is None:
            listing = self._run(["--benchmark_list_tests=true"], 1).stdout
            self._rows = {line.removesuffix("/real_time") for line in listing.split()}
        return self._rows

    def _run(self, arguments, threads):
        environment, pin = pinned(threads)
        command = [str(self.path), *arguments]
        try:
            return subprocess.run(
                command,
                env=environment,
                preexec_fn=pin,
                capture_output=True,
                text=True,
                timeout=TIME_LIMIT,
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"no answer within {TIME_LIMIT} s")
        except OSError as error:
            raise Failure(str(error))

    def measure(self, row, dtype, shape, threads, seconds, check, variant):
        name = f"{row.operation}/{dtype}" + (f"/{variant}" if variant else "")
        if name not in self.rows():
            return None
        arguments = [
            f"--benchmark_filter=^{name}/real_time$",
            "--benchmark_format=json",
            f"--benchmark_min_time={seconds}",
            f"--shape={'x'.join(map(str, shape))}",
            f"--slack={self.slack}",
        ]
        result = self._run(arguments + (["--check"] if check else []), threads)
        if result.returncode != 0:
            words = result.stderr.strip().splitlines() or ["no words"]
            raise Failure(f"status {result.returncode}: {words[-1]}")
        try:
            figures = json.loads(result.stdout)["benchmarks"][0]
        except (ValueError, KeyError, IndexError):
            raise Failure("the program's answer is not understood")
        if figures.get("error_occurred"):
            raise Failure(figures.get("error_message", "an error without words"))
        unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[figures["time_unit"]]
        return figures["real_time"] * unit

    def end_row(self):
        pass

    def stop(self):
        pass


class PythonPeer:
    """A library of python_peers/, in one process for each number of threads."""

    def __init__(self, name, python):
        self.name = name
        self.python = python
        self._workers = {}

    def _ask(self, threads, question):
        if threads not in self._workers:
            environment, pin = pinned(threads)
            command = [self.python, "-m", "python_peers.worker", self.name]
            self._workers[threads] = AnsweringProcess(command, HERE, environment, pin)
        return self._workers[threads].ask(json.dumps(question))

    def version(self):
        """The library's version; raises Failure if it is not there."""
        return self._ask(1, {"do": "version"})["version"]

    def measure(self, row, dtype, shape, threads, seconds, check, variant):
        question = {
            "do": "measure",
            "operation": row.operation,
            "dtype": dtype,
            "shape": shape,
            "new": variant == "new",
            "seconds": seconds,
            "check": check,
        }
        return self._ask(threads, question)["seconds"]

    def end_row(self):
        for worker in self._workers.values():
            worker.tell(json.dumps({"do": "forget"}))

    def stop(self):
        for worker in self._workers.values():
            worker.stop()


PYTHON_PEERS = ["numpy", "numexpr", "numba", "jax"]


def find_contestants(build, python):
    """(contestants by name, names of those left out with the reason, versions of Python peers)."""
    found, missing = {}, {}
    slack = {"limit": 1.0, "cumulus": 1.0, "eigen": 1000.0, "xtensor": 1000.0}
    for name in slack:
        path = Path(build) / f"{name}_benchmark"
        if path.exists():
            found[name] = Program(name, path, slack[name])
        elif name in ("limit", "cumulus"):
            sys.exit(f"{path} is not built: configure with -DCUMULUS_BUILD_BENCHMARKS=ON, build")
        else:
            missing[name] = "not built"
    versions = {}
    for name in PYTHON_PEERS:
        peer = PythonPeer(name, python)
        try:
            versions[name] = peer.version()
            found[name] = peer
        except Failure as failure:
            missing[name] = str(failure)
            peer.stop()
    return found, missing, versions
