# SPDX-License-Identifier: Apache-2.0
"""NumPy's arange and linspace for many arguments and element types (creation_test.cpp).

    <function>/<dtype>          one row of arguments for each case
    <function>/<dtype>/<case>   what NumPy gives
bfloat16 is made as NumPy makes float16: the first two elements are rounded, the others go on by
their distance in float32.
"""

import sys

import numpy as np

from answers_file import AnswersFile, as_bfloat16, from_bfloat16

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]

WHOLE = [(0, 7, 1), (7, 0, -1), (1, 120, 7), (100, 1, -9), (0, 0, 1), (5, 5, -2), (3, 9, -1),
         (9, 3, 2), (0, 100, 99), (0, 100, 100), (0, 100, 101), (2, 1, -5)]
SIGNED = [(-5, 5, 3), (5, -5, -3), (-100, 27, 40), (-1, -2, -1)]
FRACTIONS = [(0, 1, 0.1), (1, 0, -0.1), (0, 7, 0.7), (0, 7, 0.35), (0.1, 1, 0.1), (-1, 1, 0.3),
             (1000, 1010, 0.7), (2049, 2060, 1), (0, 3000, 1.5), (1e-3, 2e-3, 1e-5),
             (-0.1, 3, 0.15), (0.5, -0.5, -0.25), (0.0, -0.0, 1.0), (1, 2, 5.5), (3.3, 3.4, 0.01),
             (-180, 180, 2.8125), (5e4, 5.1e4, 333.3)]
SPACES = [(0, 1, 5, 1), (0, 1, 5, 0), (0, 10, 7, 1), (0, 10, 7, 0), (10, 0, 7, 1), (3, 9, 1, 1),
          (3, 9, 1, 0), (3, 9, 0, 1), (3, 9, 0, 0), (3, 9, 2, 1), (0, 100, 34, 1),
          (0.1, 99.7, 41, 1), (7, 7, 4, 1), (120, 3.5, 30, 0), (0, 1, 3001, 1)]
BELOW_ZERO = [(-2, 1, 5, 1), (-0.5, 0.5, 4, 1), (0.5, -0.5, 3, 1), (-87.5, 87.5, 36, 1)]


def bfloat_arange(start, stop, step):
    """The bits of what numpy.arange would give."""
    count = max(0, int(np.ceil((stop - start) / step)))
    first, second = from_bfloat16(as_bfloat16([start, start + step]))
    filled = first + np.arange(count, dtype=np.float32) * (second - first)
    if count > 1:
        filled[1] = second
    return as_bfloat16(filled)


def add(file, function, dtype, rows, make):
    file.add(f"{function}/{dtype}", np.array(rows, np.float64))
    for i, row in enumerate(rows):
        bfloat = dtype == "bfloat16"
        file.add(f"{function}/{dtype}/{i}", make(*row), dtype if bfloat else None)


def main(path):
    with AnswersFile(path) as file:
        for dtype in INTEGERS:
            signed = dtype[0] == "i"
            rows = WHOLE + (SIGNED if signed else [])
            add(file, "arange", dtype, rows, lambda a, b, c, t=dtype: np.arange(a, b, c, dtype=t))
            rows = SPACES + (BELOW_ZERO if signed else [])
            add(file, "linspace", dtype, rows,
                lambda a, b, n, e, t=dtype: np.linspace(a, b, n, endpoint=bool(e), dtype=t))
        for dtype in FLOATS:
            bfloat = dtype == "bfloat16"
            make = bfloat_arange if bfloat else (
                lambda a, b, c, t=dtype: np.arange(a, b, c, dtype=t))
            add(file, "arange", dtype, WHOLE + SIGNED + FRACTIONS, make)
            add(file, "linspace", dtype, SPACES + BELOW_ZERO,
                (lambda a, b, n, e: as_bfloat16(np.linspace(a, b, n, endpoint=bool(e)))) if bfloat
                else (lambda a, b, n, e, t=dtype: np.linspace(a, b, n, endpoint=bool(e), dtype=t)))


main(sys.argv[1])
