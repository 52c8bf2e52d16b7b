# SPDX-License-Identifier: Apache-2.0
"""Writes arrays and NumPy's text of them into a folder: <n>.npy, <n>.txt, and index.txt with a line
`<n> <mode> <dtype> <options> <name>` for each.

Modes: `array` is str() or array2string() of the array; `scalars` holds the str() of every element
as a 0-d array, one per line; `pairs` that of every element beside a 1.
Options: precision,threshold,edgeitems,linewidth,suppress_small, or `default`.
"""

import os
import sys

os.environ["NPY_PROMOTION_STATE"] = "weak"  # NumPy 1.24 compares as NumPy 2 does

import numpy as np  # noqa: E402

if tuple(map(int, np.__version__.split(".")[:2])) >= (2, 3):
    np.set_printoptions(legacy="2.2")  # later versions choose the notation by the type

REALS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
ALL = ["bool", *INTEGERS, *REALS, *COMPLEX]

folder = sys.argv[1]
index = []


def add(name, array, mode="array", options=None):
    array = np.asarray(array)
    number = len(index)
    np.save(f"{folder}/{number}.npy", np.ascontiguousarray(array).reshape(array.shape))
    if mode == "scalars":
        text = "\n".join(str(np.array(x)) for x in array)
    elif mode == "pairs":
        text = "\n".join(str(np.array([x, 1], array.dtype)) for x in array)
    elif options:
        keys = ("precision", "threshold", "edgeitems", "max_line_width", "suppress_small")
        text = np.array2string(array, **dict(zip(keys, options)))
    else:
        text = str(array)
    with open(f"{folder}/{number}.txt", "w") as out:
        out.write(text)
    given = ",".join(str(int(o)) for o in options) if options else "default"
    index.append(f"{number} {mode} {array.dtype} {given} {name}")


def random(dtype, shape, scale, rng):
    """Numbers over `scale` powers of ten, some of them zero or not finite."""

    def real():
        magnitude = 10.0 ** rng.uniform(-scale, scale, shape)
        x = rng.choice([-1, 1], shape) * magnitude
        x = np.where(rng.random(shape) < 0.1, rng.choice([0.0, -0.0, 1.0, 0.5, 100.0], shape), x)
        if rng.random() < 0.3:
            x = np.where(rng.random(shape) < 0.2, rng.choice([np.nan, np.inf, -np.inf], shape), x)
        return x

    with np.errstate(all="ignore"):
        if dtype == "bool":
            return rng.random(shape) < 0.5
        if dtype in INTEGERS:
            info = np.iinfo(dtype)
            top = 10.0 ** rng.uniform(0, np.log10(float(info.max)))
            return (rng.uniform(-top if info.min else 0, top, shape)).astype(dtype)
        if dtype in COMPLEX:
            z = np.empty(shape, "complex128")
            z.real, z.imag = real(), real()
            return z.astype(dtype)
        return np.asarray(real()).astype(dtype)


def special_cases():
    inf, nan = np.inf, np.nan
    rows = [
        [0.0], [-0.0], [1.0, -1.0], [nan], [inf], [-inf], [nan, inf], [nan, -inf], [nan, 1.5],
        [-inf, 123.25], [inf, 1e10], [nan, -1e-10], [0.0001], [0.0001, 0.1], [0.0001, 0.11],
        [0.00009999], [99999.0], [9.9999999e7], [1e8], [1.0, 1000.0], [1.0, 1001.0], [0.1] * 3,
        [1 / 3, 2 / 3], [1e-5, 1.0], [1e-300, 1e300], [5e-324], [1e100, 1.0], [1e5, 1e100],
        [0.1, 1e10], [123456.789, 0.125], [100.123456789, 1.0], [0.123456789], [0.999999999],
        [65504.0, 6e-8], [2.5, 3.5], [1e16, 1.0], [12345678.9, 12345678.1], [nan, nan, 0.0],
        [8388609.0, 1048577.5], [99999992.0, 16777220.0, 1e7], [20592.0, 60000.0, 33.0],
        [0.5, nan, 1e-20], [1e-8, nan],
    ]  # fmt: skip
    with np.errstate(all="ignore"):
        for row in rows:
            for dtype in REALS + COMPLEX:
                add(f"special {row}", np.array(row).astype(dtype))
        for re in [0.0, -0.0, 1.0, 1.5, -2.25, nan, inf, -inf, 1e-5, 1e20]:
            for im in [0.0, -0.0, 2.0, -0.1, nan, inf, -inf, -1e-7, 1e16]:
                for dtype in COMPLEX:
                    add(f"complex {re} {im}", np.array(complex(re, im), dtype))
                    add(f"complex [{re} {im}]", np.array([complex(re, im), 1], dtype))
    for dtype in INTEGERS:
        info = np.iinfo(dtype)
        add("limits", np.array([info.min, 0, info.max], dtype))
        add("0-d limit", np.array(info.min, dtype))
    add("true", np.array(True))
    add("false", np.array(False))
    add("only true", np.array([True, True]))


def shape_cases():
    shapes = [
        (), (0,), (0, 3), (3, 0), (2, 0, 3), (1,), (1, 1), (1, 1, 1, 1), (5,), (40,), (2, 3),
        (3, 30), (2, 3, 4), (2, 1, 25), (2, 2, 2, 3), (1000,), (1001,), (1, 1001), (1001, 1),
        (7, 200), (6, 200), (200, 7), (40, 40), (4, 5, 60), (12, 11, 10), (3, 8, 7, 9),
        (2, 2, 2, 2, 2, 2), (1, 2, 1, 600),
    ]  # fmt: skip
    for number, shape in enumerate(shapes):
        for dtype in ALL:
            rng = np.random.default_rng([number, ALL.index(dtype)])
            add(f"shape {shape}", random(dtype, shape, rng.choice([0.5, 1, 3, 6]), rng))
    for dtype in ALL:  # what is left out does not decide the notation or the width
        x = np.arange(2000).astype(dtype)
        x[1000] = 1 if dtype == "bool" else 100
        add("summary", x)


def digit_cases():
    halves = np.arange(65536, dtype="uint16").view("float16")
    add("every half", halves, "scalars")
    add("every third half", halves[::3], "pairs")
    with np.errstate(all="ignore"):
        powers = 2.0 ** np.arange(-1074, 1024)
        tens = 10.0 ** np.arange(-300.0, 300.0)
    for dtype, bits in [("float32", "uint32"), ("float64", "uint64")]:
        rng = np.random.default_rng(7)
        with np.errstate(all="ignore"):
            two = powers.astype(dtype)
            two = two[(two > 0) & np.isfinite(two)]
            ten = tens.astype(dtype)
            ten = ten[(ten > 0) & np.isfinite(ten)]
        around = np.concatenate([np.nextafter(ten, np.array(0, dtype)), ten])
        drawn = rng.integers(0, np.iinfo(bits).max, 1500, bits, endpoint=True).view(dtype)
        usual = (rng.standard_normal(1500) * 10.0 ** rng.integers(-5, 9, 1500)).astype(dtype)
        ties = ((2 * rng.integers(0, 1 << 20, 500) + 1) / 2.0 ** rng.integers(1, 15, 500)).astype(
            dtype
        )
        for name, values in [("powers of two", two), ("powers of ten", around), ("bits", drawn),
                             ("usual", usual), ("ties", ties)]:  # fmt: skip
            add(name, values, "scalars")
            add(name, values, "pairs")
        for row in range(0, len(two) - 8, 4):
            add("neighbouring powers of two", two[row : row + 8] / np.array(3, dtype))
            add("powers of two in a column", two[row : row + 8])


def random_cases():
    for seed in range(400):
        rng = np.random.default_rng(seed)
        dtype = ALL[seed % len(ALL)]
        shape = tuple(rng.integers(1, 7, rng.integers(1, 5)))
        add(f"random {seed} {shape}", random(dtype, shape, rng.choice([0.3, 1, 2, 4, 20]), rng))


def option_cases():
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        dtype = ALL[seed % len(ALL)]
        shape = tuple(rng.integers(1, 9, rng.integers(1, 4)))
        options = (int(rng.integers(0, 13)), int(rng.integers(0, 60)), int(rng.integers(1, 4)),
                   int(rng.integers(5, 120)), bool(rng.integers(0, 2)))  # fmt: skip
        x = random(dtype, shape, rng.choice([0.5, 2, 5]), rng)
        add(f"options {seed} {shape}", x, options=options)


special_cases()
shape_cases()
digit_cases()
random_cases()
option_cases()
with open(f"{folder}/index.txt", "w") as out:
    out.write("\n".join(index) + "\n")
