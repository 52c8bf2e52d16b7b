#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds, tests and measures on this machine's GPU and writes docs/gpu-report.md.

    bash cmake/bootstrap.sh gpu-report            # everything; installs what is missing first
    python3 benchmarks/gpu_report.py --steps benchmarks --rows 'sum|mean' --continue

The steps are build, tests, sanitizers and benchmarks. Each has a time limit and a record of its own
under the build folder, none needs another to succeed, and the report is written again after every
one, with the records of earlier calls for the steps that this call leaves out. With --build-only
everything is compiled, which needs no GPU, and the exit status says whether it was. Without a GPU
the exit status is 3; it is 1 if a step failed, a test failed or a result was wrong.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from driver import gpu_device, gpu_markdown, gpu_steps
from driver.gpu_benchmarks import LIMITS, OURS, run_benchmarks
from driver.rows import DTYPES

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("build", "tests", "benchmarks", "sanitizers")
NO_DEVICE = 3
DEFAULT_ARCHITECTURE = "80"


def arguments(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--build", type=Path, default=ROOT / "build/gpu-report", help="the build folder")
    add("--output", type=Path, default=ROOT / "docs/gpu-report.md", help="the report")
    add("--build-only", action="store_true", help="compile everything and run nothing")
    add("--steps", default=",".join(STEPS), help="those of this call (default: %(default)s)")
    add("--continue", dest="go_on", action="store_true", help="keep the rows measured before")
    add("--minutes", type=float, default=40, help="time limit of a step (default: %(default)s)")
    add("--architecture", help="of the device code, such as 90 (default: the GPU's)")
    add("--cmake", action="append", default=[], metavar="OPTION", help="more options for cmake")
    add("--jobs", type=int, help="of the build (default: the processors)")
    add("--test-jobs", type=int, default=4, help="tests at a time (default: %(default)s)")
    add("--tools", default=",".join(gpu_steps.TOOLS), help="of compute-sanitizer")
    add("--python", action="append", default=[], help="interpreter to look for peers in")
    add("--rows", default="", help="regular expression found in a row's name")
    add("--dtypes", default=",".join(DTYPES))
    add("--rounds", type=int, default=7)
    add("--seconds", type=float, default=0.03, help="least time of a measurement")
    add("--commit", help="what the report says where git cannot tell")
    options = parser.parse_args(words)
    options.steps = options.steps.split(",") if options.steps else []
    unknown = [step for step in options.steps if step not in STEPS]
    if unknown:
        parser.error(f"the steps are {', '.join(STEPS)}, got {', '.join(unknown)}")
    options.dtypes = options.dtypes.split(",")
    options.quick = False
    return options


def interpreters(options):
    """Where Python libraries are looked for, each once."""
    known = [*options.python, shutil.which("python3"), sys.executable, "/usr/bin/python3"]
    return list(dict.fromkeys(p for p in known if p and os.path.exists(p)))


class Records:
    """The records of the steps, kept as files."""

    def __init__(self, folder):
        self._folder = Path(folder)

    def read(self, step):
        path = self._folder / f"{step}.json"
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError):
            return None

    def write(self, step, record):
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{step}.json"
        path.with_suffix(".new").write_text(json.dumps(record, indent=1) + "\n")
        path.with_suffix(".new").replace(path)  # never half a file

    def all(self):
        records = {step: self.read(step) for step in gpu_markdown.STEPS}
        return {step: record for step, record in records.items() if record is not None}


def python_with_numpy(options):
    """What tests ask for answers; None leaves the choice to the build."""
    for python in interpreters(options):
        if gpu_device.output_of([python, "-c", "import numpy; print(1)"]) == "1":
            return python
    return None


def build_step(options, device, records):
    python = python_with_numpy(options)
    chosen = [f"-DPython3_EXECUTABLE={python}"] if python else []
    return gpu_steps.build(
        options.build,
        options.architecture or device.get("architecture", DEFAULT_ARCHITECTURE),
        gpu_steps.Deadline(60 * options.minutes),
        options.build / "records" / "build.log",
        [*chosen, *options.cmake],
        options.jobs,
    )


def saver(step, options, device, records):
    """Keeps a record that is not complete, and the report with it: this process may be ended."""

    def save(record):
        records.write(step, record)
        write_report(options, device, records)

    return save


def tests_step(options, device, records):
    return gpu_steps.run_tests(
        options.build,
        gpu_steps.Deadline(60 * options.minutes),
        options.test_jobs,
        saver("tests", options, device, records),
    )


def sanitizers_step(options, device, records):
    return gpu_steps.run_sanitizers(
        options.build,
        (records.read("tests") or {}).get("tests", []),
        options.tools.split(","),
        gpu_steps.Deadline(60 * options.minutes),
        options.test_jobs,
        saver("sanitizers", options, device, records),
    )


def benchmarks_step(options, device, records):
    return run_benchmarks(
        options.build / "benchmarks/gpu",
        interpreters(options),
        options.build / "records",
        options,
        gpu_steps.Deadline(60 * options.minutes),
        saver("benchmarks", options, device, records),
        records.read("benchmarks") if options.go_on else None,
    )


RUN = {
    "build": build_step,
    "tests": tests_step,
    "benchmarks": benchmarks_step,
    "sanitizers": sanitizers_step,
}


def write_report(options, device, records):
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(gpu_markdown.markdown(device, records.all()))


def run_step(step, options, device, records):
    """Whatever happens in a step is its record's, and the next one runs."""
    print(f"== {step}", flush=True)
    before = records.read(step) or {}
    try:
        record = RUN[step](options, device, records)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        record = {**(records.read(step) or before), "failed": words}
    records.write(step, record)
    if "failed" in record:
        print("\n".join([f"{step} failed: {record['failed']}", *record.get("output", [])]))
    return record


def went_wrong(records):
    """Whether something is not as it should be; a missed goal is no error."""
    if any("failed" in record for record in records.values()):
        return True
    tests = records.get("tests", {}).get("tests", [])
    runs = records.get("sanitizers", {}).get("runs", [])
    rows = records.get("benchmarks", {}).get("rows", [])
    return (
        any(test["result"] in ("failed", "out of time") for test in tests)
        or any(run["result"] == "errors" for run in runs)
        or (runs and not any(run["result"] == "clean" for run in runs))
        or "launch_failed" in records.get("benchmarks", {})
        or any("failed" in row["contestants"].get(n, {}) for row in rows for n in (OURS, *LIMITS))
    )


def main(words=None):
    options = arguments(words)
    device = gpu_device.find_device()
    records = Records(options.build / "records")
    if options.build_only:
        record = run_step("build", options, device, records)
        bad = "failed" in record or not record["tests"]
        if "without_tests" in record:
            print("\n".join(record["without_tests"]))
        print("Not everything was compiled." if bad else f"Everything is in {options.build}.")
        return 1 if bad else 0
    if "missing" in device:
        print(
            f"No NVIDIA GPU can be used here ({device['missing']}), so there is nothing to report; "
            "gpu-report --build-only compiles what it would run."
        )
        return NO_DEVICE
    device = {**gpu_device.describe(device), "commit": options.commit or gpu_device.commit()}
    print(f"{device['name']}, sm_{device['architecture']}", flush=True)
    for step in [step for step in STEPS if step in options.steps]:
        run_step(step, options, device, records)
        write_report(options, device, records)
    write_report(options, device, records)
    print(f"The report is {options.output}.")
    return 1 if went_wrong(records.all()) else 0


if __name__ == "__main__":
    sys.exit(main())
