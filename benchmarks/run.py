#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the limit, this library and its peers in one go, taking turns.

    cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DCUMULUS_BUILD_BENCHMARKS=ON
    cmake --build build/bench && python3 benchmarks/run.py --build build/bench/benchmarks
    python3 benchmarks/run.py --rows 'sum|mean' --threads 1 --rounds 9
    python3 benchmarks/run.py --docs                     # also writes docs/performance.md
    python3 benchmarks/run.py --report results.json --docs    # from figures of before

Every row is measured in rounds; in a round every contestant is measured once, pinned to as many
processors as it has threads. The first round also checks every result; a peer that takes more than
three times as long as this library there is not measured again. Peers in Python are
those that --python can import: numpy, numexpr, numba, jax. Results: <output>/results.json,
performance.md and performance.svg. Leave the machine alone meanwhile: the load is recorded.
The exit status is 1 if the limit or this library has a wrong or no answer that it should have.
"""

import argparse
import json
import os
import re
import signal
import sys
from pathlib import Path

from driver import figure, machine, report, statistics
from driver.contestants import available_cpus, find_contestants
from driver.measure import measured
from driver.rows import DTYPES, ROWS

ROOT = Path(__file__).resolve().parents[1]
QUICK_SECONDS = 1e-4
LIMIT_FORMS = {"limit": "", "limit/stream": "stream"}  # in the table: the variant of its rows


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=Path, default=ROOT / "build/bench/benchmarks",
                        help="folder with the programs")  # fmt: skip
    parser.add_argument("--output", type=Path, help="folder for results (default: the build's)")
    parser.add_argument("--python", default=sys.executable, help="interpreter for Python peers")
    parser.add_argument("--rows", default="", help="regular expression found in a row's name")
    parser.add_argument("--dtypes", default=",".join(DTYPES))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="least time of a measurement")
    parser.add_argument("--quick", action="store_true", help="tiny operands, one round")
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md")
    parser.add_argument("--report", type=Path, help="results.json to make the report of again")
    return parser.parse_args()


def thread_counts(text):
    counts = []
    for count in map(int, text.split(",")):
        if count <= len(available_cpus()):
            counts.append(count)
        else:
            print(f"{count} threads are left out: {len(available_cpus())} processors", flush=True)
    return counts


def measure_all(contestants, options, records):
    """Appends the record of each row to `records`."""
    rows = [row for row in ROWS if re.search(options.rows, row.name)]
    if options.quick:  # rows that differ in their size alone are the same one
        rows = list({(row.operation, row.quick, row.variant): row for row in rows[::-1]}.values())
        rows.reverse()
    counts = thread_counts(options.threads)
    if not rows or not counts:
        sys.exit(f"nothing to measure: rows {options.rows!r}, threads {options.threads}")
    old = {}
    print("  ".join(f"{h:>{w}}" for h, w in zip(report.HEADINGS[:10],
          (22, 4, 2, 8, 8, 6, 5, 5, 17, 6))), flush=True)  # fmt: skip
    for row in rows:
        for dtype in options.dtypes.split(","):
            for threads in counts:
                record = measured(row, dtype, threads, contestants, options, LIMIT_FORMS)
                where = (row.operation, row.shape, dtype, threads)
                if not row.variant:
                    old.setdefault(where, record)
                statistics.judge(record, old.get(where) if row.variant else None)
                if options.quick:
                    record["misses"] = []  # one call of tiny operands tells nothing about speed
                records.append(record)
                print(report.text_line(record), flush=True)


def run_benchmarks(options):
    if options.quick:
        options.rounds, options.seconds = 1, QUICK_SECONDS
    contestants, left_out, versions = find_contestants(options.build, options.python)
    for name, words in left_out.items():
        print(f"{name} is left out: {words}", flush=True)
    facts = machine.describe(options.build, versions)
    if facts["load"] > 0.5 and not options.quick:
        print(f"the machine is busy (load {facts['load']:.2f}): the figures mean little")
    stolen, total = machine.stolen_and_total()
    records = []
    signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    try:
        measure_all(contestants, options, records)
    except KeyboardInterrupt:
        print(f"stopped: the figures of {len(records)} rows are kept")
    finally:
        for contestant in contestants.values():
            contestant.stop()
    stolen_after, total_after = machine.stolen_and_total()
    return {
        "machine": facts,
        "settings": {"rounds": options.rounds, "seconds": options.seconds, "quick": options.quick},
        "left_out": left_out,
        "load_after": os.getloadavg()[0],
        "stolen": (stolen_after - stolen) / max(1, total_after - total),
        "rows": records,
    }


def write(run, options):
    output = options.output or options.build
    output.mkdir(parents=True, exist_ok=True)
    report.write_json(run, output / "results.json")
    (output / "performance.svg").write_text(figure.svg(run))
    (output / "performance.md").write_text(report.markdown(run, "performance.svg"))
    print(f"results are in {output}")
    if options.docs:
        if run["settings"]["quick"]:
            sys.exit("--docs needs a run with operands of full size, without --quick")
        docs = ROOT / "docs"
        (docs / "images").mkdir(exist_ok=True)
        (docs / "images" / "performance.svg").write_text(figure.svg(run))
        (docs / "performance.md").write_text(report.markdown(run, "images/performance.svg"))


def main():
    options = arguments()
    if options.report:
        run = json.loads(options.report.read_text())
    else:
        run = run_benchmarks(options)
    write(run, options)
    ours = ("limit", "limit/stream", statistics.OURS)
    failed = [
        f"{report.key(record)} {name}: {record['contestants'][name]['failed']}"
        for record in run["rows"]
        for name in ours
        if "failed" in record["contestants"].get(name, {})
    ]
    failed += [
        f"{report.key(record)} limit: no such row"
        for record in run["rows"]
        if "limit" not in record["contestants"]
    ]
    for line in failed:
        print("failed:", line)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
