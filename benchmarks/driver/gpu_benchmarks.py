# SPDX-License-Identifier: Apache-2.0
"""Measures this library, kernels by hand and Python libraries on the GPU, and judges figures."""

import re
import shutil
import tempfile
from pathlib import Path
from statistics import median

from . import statistics
from .gpu_contestants import GpuProgram, find_peers
from .gpu_rows import ARITHMETIC, COPY, GPU_ROWS
from .measure import measured
from .process import Failure

GOAL_OF_COPY = 0.92
GOAL_LAUNCH = 3e-6  # seconds beyond the launch of an empty kernel
LIMIT_FORMS = {"limit": "", "memcpy": "memcpy"}  # in the table: the variant of its rows
OURS, LIMITS = statistics.OURS, tuple(LIMIT_FORMS)
STATEMENTS, STATEMENT_SHAPE = 10000, (1000,)
LAUNCHES = {
    "empty kernel": ("empty", (1,)),
    "statement": ("fma_sqrt/f32", STATEMENT_SHAPE),
    "statement, new array": ("fma_sqrt/f32/new", STATEMENT_SHAPE),
}


def scratch_folder():
    """In memory where that is possible: results of half a GiB are written and read there."""
    shared = Path("/dev/shm")
    free = shutil.disk_usage(shared).free if shared.is_dir() else 0
    return tempfile.TemporaryDirectory(dir=shared if free > 4 << 30 else None)


def empty_folder(folder):
    for path in Path(folder).iterdir():
        path.unlink()


def find_contestants(programs, pythons, scratch, logs, environment=None):
    """(contestants, reasons of those left out, versions of the peers)."""
    found, missing = {}, {}
    for name in ("limit", OURS):
        path = Path(programs) / f"{name}_gpu_benchmark"
        if path.exists():
            found[name] = GpuProgram(name, path, Path(logs) / f"{name}.log")
        else:
            missing[name] = "not built"
    peers, without, versions = find_peers(pythons, scratch, logs, environment)
    return {**found, **peers}, {**missing, **without}, versions


def measure_launches(program, rounds):
    """Seconds of host time for one launch of each kind, in every round."""
    times = {name: [] for name in LAUNCHES}
    for _ in range(rounds):
        for name, question in LAUNCHES.items():
            times[name].append(program.launch(*question, STATEMENTS))
    return times


def run_benchmarks(programs, pythons, logs, options, deadline, save, before=None, environment=None):
    """The record of the step. `options` has rows (a regular expression), dtypes, rounds, seconds
    and quick. `before` is the record of an earlier call, whose rows are not measured again.
    save(record) is called after every row."""
    Path(logs).mkdir(parents=True, exist_ok=True)
    record = {"rows": list((before or {}).get("rows", [])), "not_measured": []}
    record.update({name: before[name] for name in ("device", "launch") if name in (before or {})})
    done = {(r["row"], r["dtype"]) for r in record["rows"]}
    with scratch_folder() as scratch:
        contestants, left_out, versions = find_contestants(
            programs, pythons, scratch, logs, environment
        )
        record.update(left_out=left_out, peers=versions)
        record["settings"] = {"rounds": options.rounds, "seconds": options.seconds}
        try:
            if OURS in contestants and "launch" not in record:
                try:
                    record["device"] = contestants[OURS].ask("device")
                    record["launch"] = measure_launches(contestants[OURS], options.rounds)
                except Failure as failure:
                    record["launch_failed"] = str(failure)
                save(record)
            for row in GPU_ROWS:
                for dtype in options.dtypes:
                    wanted = row.operation == COPY or re.search(options.rows, row.name)
                    if not wanted or (row.name, dtype) in done:
                        continue
                    if deadline.passed():
                        record["not_measured"].append(f"{row.name} {dtype}")
                        continue
                    figures = measured(row, dtype, 1, contestants, options, LIMIT_FORMS)
                    record["rows"].append(figures)
                    empty_folder(scratch)
                    print(progress(figures), flush=True)
                    save(record)
        finally:
            for contestant in contestants.values():
                contestant.stop()
    return record


def progress(record):
    figures = [
        f"{name} {v['median'] * 1e3:.3f} ms" if "median" in v else f"{name}: {v['failed']}"
        for name, v in record["contestants"].items()
    ]
    return f"{record['row']} {record['dtype']}: {', '.join(figures)}"


# --- verdicts -------------------------------------------------------------------------------------


def medians(record, names=None):
    return {
        name: v["median"] for name, v in record["contestants"].items()
        if "median" in v and (names is None or name in names)
    }  # fmt: skip


def copy_bandwidth(rows):
    """Bytes read and written per second by the fastest copy by hand or of the CUDA runtime; None if
    none was measured."""
    figures = [
        row["bytes"] / seconds
        for row in rows
        if row["row"] == COPY
        for seconds in medians(row, LIMITS).values()
    ]
    return max(figures, default=None)


def judge(record, bandwidth):
    """What the figures of a row mean: of_copy, of_limit, best_peer, to_peer, and misses in words.
    The goal is a part of the copy bandwidth, or of the speed of the kernel by hand where
    arithmetic may take longer than memory."""
    verdict = {"misses": [], "arithmetic": record["row"].split("_new")[0] in ARITHMETIC}
    ours = record["contestants"].get(OURS, {})
    limit = medians(record, ("limit",)).get("limit")
    peers = {n: s for n, s in medians(record).items() if n != OURS and n not in LIMITS}
    if peers:
        verdict["best_peer"] = min(peers, key=peers.get)
    if "median" not in ours:
        verdict["misses"].append(ours.get("failed", "not offered"))
        return verdict
    if bandwidth:
        verdict["of_copy"] = record["bytes"] / ours["median"] / bandwidth
    if limit:
        verdict["of_limit"] = limit / ours["median"]
    goal = "of_limit" if verdict["arithmetic"] else "of_copy"
    if goal not in verdict:
        verdict["misses"].append("there is nothing to compare with")
    elif verdict[goal] < GOAL_OF_COPY:
        what = "kernel by hand" if verdict["arithmetic"] else "copy bandwidth"
        verdict["misses"].append(f"{verdict[goal]:.2f} of the {what}")
    if peers:
        best = record["contestants"][verdict["best_peer"]]
        verdict["to_peer"] = ours["median"] / best["median"]
        if verdict["to_peer"] > 1 + max(ours["spread"], best["spread"]):
            part = 1 / verdict["to_peer"]
            verdict["misses"].append(f"{verdict['best_peer']} takes {part:.2f} of its time")
    return verdict


def launch_cost(launch):
    """{name: median seconds}, and what a statement costs beyond an empty kernel."""
    figures = {name: median(times) for name, times in launch.items()}
    beyond = figures["statement"] - figures["empty kernel"]
    return figures, beyond
