# SPDX-License-Identifier: Apache-2.0
"""The table of a run: as text while it goes on, as docs/performance.md, as JSON."""

import json
import re
from pathlib import Path

from .rows import ROWS
from .statistics import LIMITS, OURS

REASONS = Path(__file__).resolve().parents[1] / "reasons.txt"
ORDER = [OURS, "eigen", "xtensor", "numpy", "numexpr", "numba", "jax"]


def duration(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def key(record):
    return f"{record['row']} {record['dtype']} {record['threads']}"


def reason(record):
    """The reason that reasons.txt has for a row that misses: the first line `pattern: words` whose
    pattern matches "row dtype threads"."""
    if REASONS.exists():
        for line in REASONS.read_text().splitlines():
            pattern, _, words = line.partition(": ")
            if words and not line.startswith("#") and re.fullmatch(pattern, key(record)):
                return words
    return "the reason is not known yet"


def cells(record):
    """Row, limit, ours, GB/s, of the limit, spread, best peer, ours over the peer, verdict."""
    ours = record["contestants"].get(OURS, {})
    best = record.get("best_peer")
    peer = record["contestants"][best]["median"] if best else None

    def shown(name, form):
        return form.format(record[name]) if name in record else "–"

    return [
        record["row"],
        record["dtype"],
        str(record["threads"]),
        duration(record["limit"]) if "limit" in record else "–",
        duration(ours["median"]) if "median" in ours else "–",
        f"{record['bytes'] / ours['median'] / 1e9:.1f}" if "median" in ours else "–",
        f"{100 * ours['spread']:.0f} %" if "spread" in ours else "–",
        shown("of_limit", "{:.2f}"),
        f"{best} {duration(peer)}" if best else "–",
        shown("to_peer", "{:.2f}"),
        "**misses**" if record["misses"] else "",
    ]


HEADINGS = ["row", "type", "threads", "limit", "cumulus", "GB/s", "spread", "of the limit",
            "best peer", "time / peer", ""]  # fmt: skip


def text_line(record):
    failed = [f"{name}: {v['failed']}" for name, v in record["contestants"].items()
              if "failed" in v]  # fmt: skip
    line = "  ".join(f"{cell:>{width}}" for cell, width in zip(
        cells(record)[:10], (22, 4, 2, 8, 8, 6, 5, 5, 17, 6)))  # fmt: skip
    words = record["misses"] + failed
    return line + ("   " + "; ".join(words) if words else "")


def machine_lines(run):
    m = run["machine"]
    peers = ", ".join(f"{name} {v}" for name, v in m["peers"].items())
    left_out = ", ".join(f"{name} ({why})" for name, why in run["left_out"].items())
    yield f"- {m['cpu']}, {m['processors']} processors, {', '.join(m['caches'])}, " \
          f"{', '.join(m['vector_extensions'])}, {m['memory_gib']} GiB"
    yield f"- {m['system']}; huge pages: {m['huge_pages']}"
    yield f"- {m['compiler']}, {m.get('flags', '')}; Python {m['python']}: {peers or 'no peers'}"
    if left_out:
        yield f"- Left out: {left_out}"
    yield f"- {m['date']}, revision {m['revision']}; load of the machine before {m['load']:.2f}, " \
          f"after {run['load_after']:.2f}; {100 * run['stolen']:.1f} % of the time went elsewhere"
    s = run["settings"]
    yield f"- Medians of {s['rounds']} rounds of at least {s['seconds']} s each; a peer that " \
          "takes more than three times our time in the first one is not measured again"


def table(records):
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|" + "---|" * len(HEADINGS)
    for record in records:
        yield "| " + " | ".join(cells(record)) + " |"


def peers_table(records):
    names = [n for n in (*LIMITS, *ORDER) if any(n in r["contestants"] for r in records)]
    yield "| row | type | threads | " + " | ".join(names) + " |"
    yield "|---|---|---|" + "---|" * len(names)
    for record in records:
        figures = []
        for name in names:
            v = record["contestants"].get(name)
            figures.append(
                "–" if v is None else "failed" if "failed" in v else duration(v["median"])
            )
        yield f"| {key(record).replace(' ', ' | ')} | " + " | ".join(figures) + " |"


TEXT = """# Performance

Made by `python3 benchmarks/run.py --docs`; nothing here is written by hand but the
reasons in benchmarks/reasons.txt.

*Limit* is the better of two loops written by hand for the row (benchmarks/limit/), with ordinary
stores and with stores past the caches. Its results, those of this library and of every peer are
checked against naive loops. All contestants of a row take turns in every round. *Of the limit* is
the limit's time over ours: the goal is 0.90. *Spread* is the distance between the quartiles over
the median. A row misses when it is below the goal, when a peer is faster by more than the spread,
or when a new output costs more than 1.15 times an old one (by their parts of the limit, which was
timed beside each).
"""


def markdown(run, picture):
    lines = [TEXT, *machine_lines(run), "", f"![Time of the limit over time]({picture})", ""]
    missing = [record for record in run["rows"] if record["misses"]]
    lines += ["## Rows that miss", ""]
    if not missing:
        lines += ["None."]
    for record in missing:
        words = "; ".join(record["misses"])
        lines.append(f"- `{key(record)}`: {words}. Because: {reason(record)}.")
    for section in dict.fromkeys(row.section for row in ROWS):
        records = [record for record in run["rows"] if record["section"] == section]
        if records:
            lines += ["", f"## {section.capitalize()}", "", *table(records)]
            lines += ["", "Every contestant:", "", *peers_table(records)]
    failures = [
        f"- `{key(record)}` {name}: {v['failed']}"
        for record in run["rows"]
        for name, v in record["contestants"].items()
        if "failed" in v
    ]
    if failures:
        lines += ["", "## Without a figure", "", *failures]
    return "\n".join(lines) + "\n"


def write_json(run, path):
    path.write_text(json.dumps(run, indent=1) + "\n")
