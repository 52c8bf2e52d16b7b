# SPDX-License-Identifier: Apache-2.0
"""Medians, spreads and verdicts."""

from statistics import median, quantiles

GOAL_OF_LIMIT = 0.90
GOAL_NEW_TO_OLD = 1.15
OURS = "cumulus"
LIMITS = ("limit", "limit/stream")


def summary(times):
    """{median, spread} of seconds; the spread is the distance of the quartiles over the median."""
    middle = median(times)
    spread = 0.0
    if len(times) > 1:
        lower, _, upper = quantiles(times, n=4, method="inclusive")
        spread = (upper - lower) / middle
    return {"median": middle, "spread": spread}


def judge(record, old_record=None):
    """Adds to one row's record: limit, of_limit, best_peer, to_peer, to_old and the misses, in
    words. `old_record` is that of the same operation with an old output, where the row has a new
    one: the two are compared by their parts of the limit, which each has beside itself, because the
    memory's speed changes from row to row."""
    figures = {k: v for k, v in record["contestants"].items() if "median" in v}
    record["misses"] = []
    ours = figures.get(OURS)
    limits = [figures[name] for name in LIMITS if name in figures]
    peers = {k: v for k, v in figures.items() if k not in (OURS, *LIMITS)}
    if limits:
        record["limit"] = min(v["median"] for v in limits)
    if peers:
        record["best_peer"] = min(peers, key=lambda name: peers[name]["median"])
    if ours is None:
        words = record["contestants"].get(OURS, {}).get("failed", "not offered")
        record["misses"].append(f"cumulus: {words}")
        return
    if limits:
        record["of_limit"] = record["limit"] / ours["median"]
    if peers:
        best = peers[record["best_peer"]]
        record["to_peer"] = ours["median"] / best["median"]
        if record["to_peer"] > 1 + max(ours["spread"], best["spread"]):
            part = 1 / record["to_peer"]
            record["misses"].append(f"{record['best_peer']} takes {part:.2f} of its time")
    if limits and "of_limit" in (old_record or {}):
        record["to_old"] = old_record["of_limit"] / record["of_limit"]
        if record["to_old"] > GOAL_NEW_TO_OLD:
            record["misses"].append(f"{record['to_old']:.2f} times an old output")
    elif limits and record["of_limit"] < GOAL_OF_LIMIT:
        record["misses"].append(f"{record['of_limit']:.2f} of the limit")
