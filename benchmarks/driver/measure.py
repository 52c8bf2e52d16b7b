# SPDX-License-Identifier: Apache-2.0
"""One row, measured in rounds in which the contestants take turns."""

from . import statistics
from .process import Failure


FAR_BEHIND = 3.0  # times our own time: a peer that takes longer sits out after the first round


def is_far_behind(name, times):
    ours = times.get(statistics.OURS)
    if name in (statistics.OURS, *statistics.LIMITS) or not ours or not times[name]:
        return False
    return times[name][0] > FAR_BEHIND * ours[0]


def entries(contestants, row, limit_forms):
    """(name in the table, contestant, variant of the row) of those that may take part."""
    for name, contestant in contestants.items():
        if name == "limit":
            for form, variant in limit_forms.items():
                yield form, contestant, variant
        else:
            yield name, contestant, row.variant


def measured(row, dtype, threads, contestants, options, limit_forms):
    """The record of one row: every contestant's seconds in every round. `options` has rounds,
    seconds and quick; `limit_forms` the names and variants with which the limit takes part."""
    shape = row.quick if options.quick else row.shape
    record = {
        "row": row.name,
        "section": row.section,
        "dtype": dtype,
        "threads": threads,
        "shape": shape,
        "bytes": row.moved_bytes(dtype, options.quick),
        "contestants": {},
    }
    turns = list(entries(contestants, row, limit_forms))
    times = {name: [] for name, _, _ in turns}
    for k in range(options.rounds):
        # Each round begins with another one.
        for name, contestant, variant in turns[k % len(turns) :] + turns[: k % len(turns)]:
            if times[name] is None or (k > 0 and is_far_behind(name, times)):
                continue
            try:
                taken = contestant.measure(
                    row, dtype, shape, threads, options.seconds, k == 0, variant
                )
            except Failure as failure:
                record["contestants"][name] = {"failed": str(failure)}
                times[name] = None
                continue
            if taken is None:
                times[name] = None
            else:
                times[name].append(taken)
    for contestant in contestants.values():
        contestant.end_row()
    for name, seconds in times.items():
        if seconds:
            record["contestants"][name] = {"times": seconds, **statistics.summary(seconds)}
    return record
