# SPDX-License-Identifier: Apache-2.0
"""Writes the cases of matmul_test.cpp: `matmul_cases.py FILE`. For each dtype and case it writes
<dtype>/<case>/a and b (arrays), c (numpy.matmul of the views that the case's name tells) and, for
floating types, bound (the product of the absolute values). The same values every time.

A case is named <view of a>-<view of b>/<number>. The views are those of matmul_test.cpp.
"""

import sys

import numpy as np
from answers_file import AnswersFile, as_bfloat16, from_bfloat16

VIEWS = {
    "whole": lambda x: x,
    "transposed": lambda x: np.swapaxes(x, -1, -2),
    "reversed_rows": lambda x: x[..., ::-1, :],
    "reversed": lambda x: x[..., ::-1],
    "inner_columns": lambda x: x[..., 1:-2],
    "inner_rows": lambda x: np.swapaxes(x[..., 1:-2], -1, -2),
    "every_second": lambda x: x[..., ::2],
    "every_second_row": lambda x: x[..., 1::2, :],
    "one_column": lambda x: x[..., 1],
    "repeated": lambda x: np.broadcast_to(x, (3, *x.shape)),
    "repeated_rows": lambda x: np.broadcast_to(x[..., :1, :], x.shape),
    "flipped_stack": lambda x: x[::-1],
}

# (view of a, shape of a), (view of b, shape of b); the shapes are those before the view.
CASES = [
    # matrices
    ("whole", (3, 4), "whole", (4, 5)),
    ("whole", (1, 1), "whole", (1, 1)),
    ("whole", (37, 65), "whole", (65, 29)),
    ("transposed", (4, 3), "whole", (4, 5)),
    ("whole", (3, 4), "transposed", (5, 4)),
    ("transposed", (17, 9), "transposed", (11, 17)),
    ("inner_columns", (5, 10), "inner_columns", (7, 9)),
    ("inner_rows", (7, 10), "inner_rows", (6, 10)),
    ("reversed_rows", (5, 4), "whole", (4, 3)),
    ("reversed", (5, 4), "reversed", (4, 3)),
    ("every_second", (5, 9), "every_second_row", (11, 3)),
    ("every_second_row", (9, 4), "every_second", (4, 7)),
    ("repeated_rows", (4, 6), "repeated_rows", (6, 3)),
    ("transposed", (6, 1), "whole", (6, 4)),
    ("whole", (5, 1), "whole", (1, 7)),
    ("inner_columns", (5, 4), "whole", (1, 7)),
    ("whole", (4, 6), "inner_columns", (6, 4)),
    # vectors
    ("whole", (4,), "whole", (4,)),
    ("whole", (1000,), "whole", (1000,)),
    ("whole", (4,), "whole", (4, 3)),
    ("whole", (3, 4), "whole", (4,)),
    ("reversed", (4,), "every_second", (7,)),
    ("every_second", (7,), "transposed", (3, 4)),
    ("transposed", (4, 3), "every_second", (7,)),
    ("one_column", (6, 3), "one_column", (6, 5)),
    ("whole", (2, 3, 4), "whole", (4,)),
    ("whole", (4,), "whole", (2, 4, 3)),
    ("one_column", (2, 6, 3), "transposed", (2, 5, 6)),
    ("whole", (1, 6), "whole", (6, 4)),
    ("whole", (5, 6), "whole", (6, 1)),
    # stacks
    ("whole", (2, 3, 4), "whole", (2, 4, 5)),
    ("whole", (7, 3, 4), "whole", (4, 5)),
    ("whole", (7, 1, 4), "whole", (4, 5)),
    ("inner_columns", (7, 1, 7), "whole", (4, 5)),
    ("inner_columns", (7, 2, 7), "whole", (4, 5)),
    ("transposed", (7, 4, 3), "whole", (4, 5)),
    ("whole", (3, 4), "whole", (6, 4, 5)),
    ("whole", (3, 1, 2, 4), "whole", (5, 4, 2)),
    ("whole", (1, 5, 2, 4), "transposed", (3, 5, 6, 4)),
    ("repeated", (2, 4), "whole", (3, 4, 5)),
    ("repeated", (2, 4, 5), "repeated", (2, 5, 3)),
    ("whole", (3, 2, 4), "repeated", (4, 3)),
    ("flipped_stack", (3, 2, 4), "whole", (3, 4, 5)),
    ("every_second", (3, 2, 7), "flipped_stack", (3, 4, 2)),
    ("every_second_row", (2, 2, 7, 3), "reversed_rows", (2, 1, 3, 4)),
    ("whole", (2, 1, 1, 1, 1, 2, 3, 2), "whole", (2, 1, 1, 1, 2, 3)),
    # empty
    ("whole", (0, 4), "whole", (4, 5)),
    ("whole", (3, 4), "whole", (4, 0)),
    ("whole", (3, 0), "whole", (0, 5)),
    ("whole", (0,), "whole", (0,)),
    ("whole", (0, 3, 4), "whole", (4, 5)),
    ("whole", (0, 3, 4), "whole", (1, 4, 5)),
    ("whole", (2, 3, 0), "whole", (0,)),
    ("reversed", (2, 0), "every_second_row", (0, 3)),
]

FLOATING = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def values(random, dtype, shape):
    """(array to write, its dtype there, its values in the widest type)."""
    if dtype == "bool":
        x = random.random(shape) < 0.3
        return x, None, x
    if dtype in INTEGERS:
        limits = np.iinfo(dtype)
        x = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
        return x, None, x
    x = random.standard_normal(shape)
    if dtype.startswith("complex"):
        x = (x + 1j * random.standard_normal(shape)).astype(dtype)
        return x, None, x.astype(np.clongdouble)
    if dtype == "bfloat16":
        bits = as_bfloat16(x)
        return bits, dtype, from_bfloat16(bits).astype(np.longdouble)
    x = x.astype(dtype)
    return x, None, x.astype(np.longdouble)


with AnswersFile(sys.argv[1]) as out:
    for dtype in [*FLOATING, "bool", *INTEGERS]:
        for number, (a_view, a_shape, b_view, b_shape) in enumerate(CASES):
            random = np.random.default_rng(number)
            a, a_dtype, a_wide = values(random, dtype, a_shape)
            b, b_dtype, b_wide = values(random, dtype, b_shape)
            a_wide = VIEWS[a_view](a_wide)
            b_wide = VIEWS[b_view](b_wide)
            name = f"{dtype}/{a_view}-{b_view}/{number}"
            out.add(f"{name}/a", a, a_dtype)
            out.add(f"{name}/b", b, b_dtype)
            c = np.matmul(a_wide, b_wide)
            if dtype not in FLOATING:
                assert c.dtype == dtype
                out.add(f"{name}/c", c)
            else:
                wide = np.complex128 if c.dtype.kind == "c" else np.float64
                out.add(f"{name}/c", c.astype(wide))
                bound = np.matmul(np.abs(a_wide), np.abs(b_wide))
                out.add(f"{name}/bound", bound.astype(np.float64))
