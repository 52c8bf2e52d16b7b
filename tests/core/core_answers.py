# SPDX-License-Identifier: Apache-2.0
"""NumPy's and Python's answers for tests/core: core_answers.py FILE float16|promotion|slice"""

import itertools
import sys

import numpy as np
from answers_file import AnswersFile, as_bfloat16

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split()
DTYPES += ["complex64", "complex128"]


def float16(file):
    bits = np.arange(65536, dtype=np.uint16)
    file.add("half_as_float", bits.view(np.float16).astype(np.float32))
    halves = bits.view(np.float16).astype(np.float64)
    finite = np.sort(halves[np.isfinite(halves)])
    middle = (finite[1:] + finite[:-1]) / 2
    rng = np.random.default_rng(16)
    doubles = np.concatenate(
        [
            halves,
            middle,
            np.nextafter(middle, np.inf),
            np.nextafter(middle, -np.inf),
            rng.normal(size=20000) * np.exp(rng.uniform(-25, 12, 20000)),
            rng.integers(0, 2**64, 20000, np.uint64).view(np.float64),
            [65519.99, 65520, 65536, 1e300, -1e300, 5e-324, np.inf, -np.inf],
        ]
    )
    file.add("doubles", doubles)
    with np.errstate(all="ignore"):
        file.add("halves", doubles.astype(np.float16))
        floats = (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
        finite = np.sort(floats[np.isfinite(floats)])
        middle = (finite[1:] + finite[:-1]) / 2
        largest = float(np.finfo(np.float32).max)
        doubles = np.concatenate([middle, np.nextafter(middle, 9e99), doubles, [largest]])
        doubles = doubles[np.isfinite(doubles) & (abs(doubles) <= largest)]
        file.add("bfloat_doubles", doubles)
        file.add("bfloats", as_bfloat16(doubles))


def promotion(file):
    for a, b in itertools.product(DTYPES, DTYPES):
        file.add(f"{a}/{b}", np.zeros(0, np.promote_types(a, b)))
    for a in DTYPES:
        x = np.ones(1, a)
        for name, weak in (("bool", True), ("int", 1), ("double", 1.0), ("complex", 1j)):
            file.add(f"{a}/weak {name}", np.zeros(0, (x + weak).dtype))


def slices(file):
    ends = [None, -7, -4, -3, -1, 0, 1, 2, 3, 5, 9, -(2**63), 2**63 - 1]
    steps = [1, 2, 3, 7, -1, -2, -3, -7, 2**63 - 1, -(2**63)]
    rows = []
    for start, stop, step, n in itertools.product(ends, ends, steps, (0, 1, 2, 5, 6)):
        chosen = range(*slice(start, stop, step).indices(n))
        first = chosen[0] if len(chosen) else 0
        rows.append([start is not None, start or 0, stop is not None, stop or 0, step, n])
        rows[-1] += [len(chosen), first]
    file.add("slices", np.array(rows, np.int64))


with AnswersFile(sys.argv[1]) as answers:
    {"float16": float16, "promotion": promotion, "slice": slices}[sys.argv[2]](answers)
