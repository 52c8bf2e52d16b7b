# SPDX-License-Identifier: Apache-2.0
"""The steps of a report that are no measurements: building, testing, sanitizing. Each gives a
record for the report, also of what went wrong, and raises nothing for it."""

import json
import os
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from .gpu_contestants import gpu_environment
from .gpu_device import ROOT, find_nvcc, find_sanitizer

TEST_LIMIT = 300  # seconds for one test
SANITIZED_LIMIT = 120  # seconds for one test under one tool
SHORT = 5.0  # seconds; longer tests are not sanitized
SKIPPED = 77
TOOLS = ("memcheck", "racecheck", "synccheck", "initcheck")
FOUND_SOMETHING = 97  # the status of a test in which a tool found an error
TAIL = 15  # lines of output kept of what failed


class Deadline:
    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())

    def passed(self):
        return self.left() <= 0


def run(command, limit, cwd=None, environment=None, log=None):
    """(status, output, seconds); the status is None if it took longer than `limit` seconds, and
    then nothing of it is left running."""
    start = time.monotonic()
    try:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        return 127, str(error), 0.0
    try:
        output, _ = process.communicate(timeout=max(limit, 0.1))
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        status = None
    if log:
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a") as file:
            file.write(f"$ {' '.join(map(str, command))}\n{output}\n")
    return status, output, time.monotonic() - start


def tail(output):
    return [line[:200] for line in output.strip().splitlines()[-TAIL:]]


def words_of(status):
    return "out of time" if status is None else f"status {status}"


# --- build ----------------------------------------------------------------------------------------


def build(folder, architecture, deadline, log, options=(), jobs=None):
    """Compiles tests and benchmarks as CUDA; without what the tests need, the benchmarks alone."""
    nvcc = find_nvcc()
    if nvcc is None:
        return {"failed": "nvcc is not found"}
    record = {"architecture": architecture, "tests": True}
    configure = ["cmake", "--preset", "cuda", "-S", ROOT, "-B", folder,
                 f"-DCMAKE_CUDA_COMPILER={nvcc}", f"-DCMAKE_CUDA_ARCHITECTURES={architecture}",
                 "-DCUMULUS_BUILD_BENCHMARKS=ON", *options]  # fmt: skip
    command = [*configure, "-DCUMULUS_BUILD_TESTS=ON"]
    status, output, _ = run(command, deadline.left(), cwd=ROOT, log=log)
    if status != 0:
        record["tests"] = False
        record["without_tests"] = tail(output)
        command = [*configure, "-DCUMULUS_BUILD_TESTS=OFF"]
        status, output, _ = run(command, deadline.left(), cwd=ROOT, log=log)
    if status != 0:
        return {**record, "failed": f"cmake: {words_of(status)}", "output": tail(output)}
    # The programs that are measured first; a file that does not compile stops no other.
    command = ["cmake", "--build", folder, "-j", str(jobs or os.cpu_count() or 2)]
    programs = ["limit_gpu_benchmark", "cumulus_gpu_benchmark"]
    start = time.monotonic()
    for targets in (["--target", *programs], []):
        status, output, _ = run(
            [*command, *targets, "--", "-k", "0"], deadline.left(), cwd=ROOT, log=log
        )
    record["seconds"] = time.monotonic() - start
    if status != 0:
        record["failed"] = f"the build: {words_of(status)}"
        record["output"] = [line[:200] for line in output.splitlines() if "FAILED:" in line]
    return record


# --- tests ----------------------------------------------------------------------------------------


def configured_tests(folder):
    """The tests that CTest knows: name, command, cwd, environment, limit. None where the folder was
    made at another place or there is no CTest."""
    cache = Path(folder) / "CMakeCache.txt"
    text = cache.read_text(errors="replace") if cache.exists() else ""
    home = re.search(r"^CMAKE_HOME_DIRECTORY:\w+=(.*)$", text, re.MULTILINE)
    if not home or Path(home[1]) != ROOT:
        return None
    status, output, _ = run(["ctest", "--test-dir", folder, "--show-only=json-v1"], 60)
    try:
        listed = json.loads(output[output.index("{") :])["tests"] if status == 0 else None
    except (ValueError, KeyError):
        return None
    if listed is None:
        return None
    tests = []
    for test in listed:
        given = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        tests.append(
            {
                "name": test["name"],
                "command": test.get("command", []),
                "cwd": given.get("WORKING_DIRECTORY", str(folder)),
                "environment": dict(e.split("=", 1) for e in given.get("ENVIRONMENT", [])),
                "limit": given.get("TIMEOUT", TEST_LIMIT),
            }
        )
    return tests


def programs_of_tests(folder):
    """The same from the programs alone, for a folder that was built elsewhere."""
    tests = []
    for program in sorted(Path(folder, "tests").glob("test_*")):
        if program.is_file() and os.access(program, os.X_OK):
            room, _, name = program.name.removeprefix("test_").partition("_")
            cwd = program.parent / f"{program.name}.dir"
            cwd.mkdir(exist_ok=True)
            tests.append(
                {
                    "name": f"{room}/{name}",
                    "command": [str(program)],
                    "cwd": str(cwd),
                    "environment": {"CUMULUS_SOURCE_DIR": str(ROOT)},
                    "limit": TEST_LIMIT,
                }
            )
    return tests


def find_tests(folder):
    """What measures is no test, and what asks for a build takes too long."""
    tests = configured_tests(folder) or programs_of_tests(folder)
    return [t for t in tests if not t["name"].startswith(("benchmarks/", "consumer/"))]


def counts_of(output):
    """{run, skipped} of a GoogleTest program's cases; empty for other tests."""
    ran = re.search(r"^\[=+\] (\d+) tests? from .* ran\.", output, re.MULTILINE)
    skipped = re.search(r"^\[  SKIPPED \] (\d+) test", output, re.MULTILINE)
    if not ran:
        return {}
    return {"cases": int(ran[1]), "skipped_cases": int(skipped[1]) if skipped else 0}


def run_test(test, deadline):
    result = {"name": test["name"]}
    if deadline.passed():
        return {**result, "result": "not run"}
    if not test["command"] or not os.path.exists(test["command"][0]):
        return {**result, "result": "not built"}
    environment = {**gpu_environment(), **test["environment"]}
    environment.pop("CI", None)  # what a test misses here is a skipped test
    status, output, seconds = run(
        test["command"], min(test["limit"], deadline.left()), test["cwd"], environment
    )
    kinds = {0: "passed", SKIPPED: "skipped", None: "out of time"}
    result.update(result=kinds.get(status, "failed"), seconds=round(seconds, 2))
    result.update(counts_of(output))
    if result["result"] in ("failed", "out of time"):
        result["output"] = tail(output)
        if status not in kinds:
            result["status"] = status
    return result


def in_parallel(jobs, work, turns, results, save):
    """Appends what work(*turn) gives for every turn, in the order in which they end, and saves."""
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(work, *turn) for turn in turns]):
            results.append(done.result())
            save()
    results.sort(key=lambda result: (result["name"], result.get("tool", "")))


def run_tests(folder, deadline, jobs, save):
    """save(record) is called after every test, so that what ends this process loses nothing."""
    tests = find_tests(folder)
    if not tests:
        return {"failed": "no test is built"}
    record = {"tests": [], "planned": len(tests)}
    turns = [(test, deadline) for test in tests]
    in_parallel(jobs, run_test, turns, record["tests"], lambda: save(record))
    return record


# --- compute-sanitizer ----------------------------------------------------------------------------


def verdict_of(status, output):
    """What a tool found in one test: clean, errors, or why there is no answer."""
    if status is None:
        return {"result": "out of time"}
    summary = re.findall(r"(?:ERROR|RACECHECK) SUMMARY: (\d+)", output)
    if not summary:
        return {"result": "no answer", "output": tail(output)}
    found = max(map(int, summary))
    if found:
        lines = [line for line in output.splitlines() if line.startswith("=========")]
        return {"result": "errors", "errors": found, "output": [x[:200] for x in lines[:TAIL]]}
    # A test that fails under the tool alone has run out of something; its own words tell.
    return {"result": "clean"} if status == 0 else {"result": "test failed", "output": tail(output)}


def sanitize(test, tool, sanitizer, deadline):
    result = {"name": test["name"], "tool": tool}
    if deadline.passed():
        return {**result, "result": "not run"}
    command = [sanitizer, "--tool", tool, "--error-exitcode", str(FOUND_SOMETHING),
               "--target-processes", "application-only", "--print-limit", "20"]  # fmt: skip
    if tool == "memcheck":  # tests provoke errors of the runtime on purpose
        command += ["--report-api-errors", "no"]
    environment = {**gpu_environment(), **test["environment"]}
    environment.pop("CI", None)
    status, output, seconds = run(
        [*command, *test["command"]],
        min(SANITIZED_LIMIT, deadline.left()),
        test["cwd"],
        environment,
    )
    return {**result, "seconds": round(seconds, 2), **verdict_of(status, output)}


# The rooms with kernels come first, for when the time does not suffice.
FIRST_ROOMS = ("exec", "memory", "array", "ops", "linalg")


def place_of(test):
    room = test["name"].partition("/")[0]
    return FIRST_ROOMS.index(room) if room in FIRST_ROOMS else len(FIRST_ROOMS)


def run_sanitizers(folder, results, tools, deadline, jobs, save):
    """The tools in turn on the programs that passed quickly; `results` are those of run_tests."""
    sanitizer = find_sanitizer()
    if sanitizer is None:
        return {"failed": "compute-sanitizer is not found"}
    short = {
        r["name"] for r in results if r["result"] == "passed" and r["seconds"] <= SHORT
        and r.get("cases")
    }  # fmt: skip
    tests = sorted((t for t in find_tests(folder) if t["name"] in short), key=place_of)
    if not tests:
        return {"failed": "no test ran and passed within so short a time"}
    turns = [(test, tool, sanitizer, deadline) for tool in tools for test in tests]
    record = {"runs": [], "planned": len(turns), "short": SHORT}
    in_parallel(jobs, sanitize, turns, record["runs"], lambda: save(record))
    return record
