# SPDX-License-Identifier: Apache-2.0
"""docs/gpu-report.md from the records of the steps, as many as there are."""

from .gpu_benchmarks import (
    GOAL_LAUNCH,
    GOAL_OF_COPY,
    OURS,
    STATEMENTS,
    copy_bandwidth,
    judge,
    launch_cost,
    medians,
)
from .gpu_contestants import PEERS
from .report import duration

STEPS = {"build": "Build", "tests": "Tests", "sanitizers": "compute-sanitizer",
         "benchmarks": "Benchmarks"}  # fmt: skip
NAMES = {"limit": "by hand", "memcpy": "memcpy", OURS: OURS, **PEERS}

INTRODUCTION = """# GPU report

Made by `bash cmake/bootstrap.sh gpu-report` on one machine; nothing here is written by hand.
"""

EXPLANATION = f"""\
*By hand* is a CUDA kernel written for the row (benchmarks/gpu/), with double accumulators. All
contestants of a row take turns in every round; times are the device's own (CUDA events; JAX: the
host's clock around as many runs), medians of the rounds. Every result is checked: those of C++ with
naive loops, those of Python with NumPy. *Of the copy* is bytes per second, each operand counted
once, over the copy bandwidth; the goal is {GOAL_OF_COPY}. Rows marked \\* may be bound by
arithmetic: their goal is {GOAL_OF_COPY} of the speed by hand. A row misses when it is below its
goal or when a peer is faster by more than the spread (quartiles over the median).
"""


def number(value, form="{:.2f}"):
    return "–" if value is None else form.format(value)


def code(lines):
    return ["```", *(line.replace("```", "'''") for line in lines), "```"]


def table(headings, rows):
    return ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings),
            *("| " + " | ".join(cells) + " |" for cells in rows)]  # fmt: skip


# --- the machine ----------------------------------------------------------------------------------


def machine(facts, benchmarks):
    device = benchmarks.get("device", {})
    details = [f"sm_{facts['architecture']}"]
    if device:
        details += [
            f"{device['multiprocessors']} multiprocessors",
            f"{device['memory_bytes'] / 2**30:.0f} GiB",
            f"{device['l2_bytes'] / 2**20:.0f} MiB of L2 cache",
        ]
    yield f"- Device: {facts['name']} ({', '.join(details)})"
    runtime = f", CUDA runtime {device['runtime_cuda']}" if device else ""
    yield f"- Driver {facts['driver']}, toolkit {facts['toolkit']}{runtime}; " \
          f"{facts['processors']} processors"
    yield f"- Commit {facts['commit']}, {facts['date']}"
    bandwidth = copy_bandwidth(benchmarks.get("rows", []))
    if bandwidth:
        yield f"- Copy bandwidth, measured: **{bandwidth / 1e9:.0f} GB/s**, bytes read and " \
              "written by the fastest copy; what every figure is a ratio of"
    else:
        yield "- Copy bandwidth: not measured"
    for name, title in PEERS.items():
        if name in benchmarks.get("peers", {}):
            yield f"- {title} {benchmarks['peers'][name]}"
        elif "left_out" in benchmarks:
            yield f"- {title}: {benchmarks['left_out'].get(name, 'not measured')}"


# --- figures --------------------------------------------------------------------------------------


def title_of(record, verdict):
    return record["row"] + (" \\*" if verdict["arithmetic"] else "")


def cells(record, verdict):
    ours = record["contestants"].get(OURS, {})
    seconds = ours.get("median")
    best = verdict.get("best_peer")
    peer = f"{NAMES[best]} {duration(medians(record)[best])}" if best else "–"
    word = "**misses**" if verdict["misses"] else ""
    return [
        title_of(record, verdict),
        record["dtype"],
        duration(seconds) if seconds else "–",
        f"{record['bytes'] / seconds / 1e9:.0f}" if seconds else "–",
        number(verdict.get("of_copy")),
        number(verdict.get("of_limit")),
        peer,
        number(verdict.get("to_peer")),
        number(ours.get("spread"), "{:.1%}"),
        word,
    ]


HEADINGS = ["row", "type", "cumulus", "GB/s", "of the copy", "of by hand", "best peer",
            "time / peer", "spread", ""]  # fmt: skip


def every_contestant(records, left_out):
    names = [n for n in NAMES if any(n in r["contestants"] for r in records) or n in left_out]

    def figure(record, name):
        entry = record["contestants"].get(name)
        if entry is None:
            missing = left_out.get(name)
            return "–" if missing is None else "not installed" if "install" in missing else "none"
        return "failed" if "failed" in entry else duration(entry["median"])

    rows = [[r["row"], r["dtype"], *(figure(r, name) for name in names)] for r in records]
    return table(["row", "type", *(NAMES[n] for n in names)], rows)


def figures(benchmarks):
    rows = benchmarks.get("rows", [])
    bandwidth = copy_bandwidth(rows)
    judged = [(record, judge(record, bandwidth)) for record in rows]
    lines = ["## Speed", "", EXPLANATION]
    missing = [(r, v) for r, v in judged if v["misses"]]
    met = [r for r, v in judged if not v["misses"]]
    lines.append(f"{len(met)} rows meet their goals, {len(missing)} miss.")
    lines += [f"- misses: `{r['row']} {r['dtype']}`: {'; '.join(v['misses'])}" for r, v in missing]
    for section in dict.fromkeys(record["section"] for record in rows):
        own = [(r, v) for r, v in judged if r["section"] == section]
        lines += ["", f"### {section.capitalize()}", ""]
        lines += table(HEADINGS, [cells(r, v) for r, v in own])
        lines += ["", "Every contestant:", ""]
        lines += every_contestant([r for r, _ in own], benchmarks.get("left_out", {}))
    failed = [
        f"- `{r['row']} {r['dtype']}` {NAMES.get(name, name)}: {v['failed']}"
        for r in rows for name, v in r["contestants"].items() if "failed" in v
    ]  # fmt: skip
    if failed:
        lines += ["", "### Without a figure", "", *failed]
    if benchmarks.get("not_measured"):
        lines += ["", f"Out of time, so not measured: {', '.join(benchmarks['not_measured'])}."]
    return lines


def launches(benchmarks):
    lines = ["## Launch cost", ""]
    if "launch" not in benchmarks:
        return [*lines, f"Not measured: {benchmarks.get('launch_failed', 'the step did not run')}."]
    medians_of, beyond = launch_cost(benchmarks["launch"])
    lines += [f"Host time to queue one, the mean of {STATEMENTS} (median of the rounds). The "
              "statement: `out = a * b + 2 * c - sqrt(abs(a))` on 1000 elements.", ""]  # fmt: skip
    lines += table(["", "time"], [[name, duration(s)] for name, s in medians_of.items()])
    verdict = "met" if beyond <= GOAL_LAUNCH else "**missed**"
    lines += ["", f"Beyond the empty kernel a statement costs {max(beyond, 0) * 1e6:.2f} µs; the "
              f"goal of {GOAL_LAUNCH * 1e6:.0f} µs is {verdict}."]  # fmt: skip
    return lines


# --- tests ----------------------------------------------------------------------------------------


def count(results, kind):
    return sum(result["result"] == kind for result in results)


def summary_of(results, kinds):
    parts = [f"{count(results, kind)} {kind}" for kind in kinds if count(results, kind)]
    return ", ".join(parts) or "none"


def outputs(results, title):
    for result in results:
        if "output" in result:
            yield from ["", f"{title(result)}:", "", *code(result["output"])]


def tests(record):
    results = record.get("tests", [])
    kinds = ["passed", "failed", "out of time", "skipped", "not built", "not run"]
    cases = sum(r.get("cases", 0) for r in results)
    skipped = sum(r.get("skipped_cases", 0) for r in results)
    planned = record.get("planned", len(results))
    summary = f"Of {planned} tests: {summary_of(results, kinds)}."
    lines = ["## Tests", "", f"{summary} Their programs ran {cases} cases, of which {skipped} were "
             "skipped."]  # fmt: skip
    for kind in kinds[1:]:
        names = [f"`{r['name']}`" for r in results if r["result"] == kind]
        if names:
            lines += ["", f"{kind.capitalize()}: {', '.join(names)}"]
    return [*lines, *outputs(results, lambda r: f"The end of `{r['name']}`")]


def sanitizers(record):
    results = record.get("runs", [])
    kinds = ["clean", "errors", "test failed", "out of time", "no answer", "not run"]
    tools = dict.fromkeys(r["tool"] for r in results)
    short = record.get("short", 0)
    lines = ["## compute-sanitizer", "",
             f"On the tests that take at most {short:.0f} s without it."]  # fmt: skip
    lines += ["", *table(["tool", *kinds], [
        [tool, *(str(count([r for r in results if r["tool"] == tool], kind)) for kind in kinds)]
        for tool in tools
    ])]  # fmt: skip
    for kind in kinds[1:]:
        names = [f"`{r['name']}` ({r['tool']})" for r in results if r["result"] == kind]
        if names:
            lines += ["", f"{kind.capitalize()}: {', '.join(names)}"]
    return [*lines, *outputs(results, lambda r: f"{r['tool']} of `{r['name']}`")]


def build(record):
    lines = ["## Build", "", f"Compiled for sm_{record.get('architecture', '?')} in "
             f"{record.get('seconds', 0):.0f} s."]  # fmt: skip
    if "without_tests" in record:
        lines += ["", "The tests could not be configured:", "", *code(record["without_tests"])]
    if record.get("output"):
        lines += ["", *code(record["output"])]
    return lines


SECTIONS = {"benchmarks": figures, "tests": tests, "sanitizers": sanitizers, "build": build}


def markdown(facts, records):
    """`facts` of the machine; `records` by step, where each step that ran has one."""
    benchmarks = records.get("benchmarks", {})
    lines = [INTRODUCTION, *machine(facts, benchmarks), ""]
    broken = {step: r["failed"] for step, r in records.items() if "failed" in r}
    absent = [title for step, title in STEPS.items() if step not in records]
    if broken or absent:
        lines += [f"- **{STEPS[step]} failed**: {words}" for step, words in broken.items()]
        lines += [f"- {title}: this step has not run" for title in absent]
        lines.append("")
    if benchmarks.get("rows") or "launch" in benchmarks or "launch_failed" in benchmarks:
        lines += [*figures(benchmarks), "", *launches(benchmarks), ""]
    for step in ("tests", "sanitizers", "build"):
        record = records.get(step, {})
        if {"tests": "tests", "sanitizers": "runs", "build": "architecture"}[step] in record:
            lines += [*SECTIONS[step](record), ""]
    return "\n".join(lines).rstrip() + "\n"
