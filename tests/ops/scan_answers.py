# SPDX-License-Identifier: Apache-2.0
"""Inputs for every row of expr/scans.def and NumPy's answers to them.

    scan_answers.py FILE DTYPE

x/<case> is an input. <function>/<case>/<axis> is an exact answer, axis a digit or "all"; for
floating sums and products lo/<...> and hi/<...> are the ends of an interval around the true value,
computed in a wider type and rounded to the answer's: what a sum in float64 leaves free, one element
after the other. dtype/<function> has the dtype of NumPy's answer. initial/... are answers with
include_initial, masked/... those of elements of which m/<case> says which take part, squares/...
those of x * x.
"""

import re
import sys
import warnings
from pathlib import Path

import numpy as np
from answers_file import AnswersFile, as_bfloat16, from_bfloat16

EPS = 2.0**-52
SCANNED = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}
IDENTITY = {"sum": 0, "prod": 1}


def table():
    text = (Path(__file__).parents[2] / "include/cumulus/expr/scans.def").read_text()
    rows = re.findall(r"^CUMULUS_SCAN\((\w+), (\w+), (\w+), (\w+),", text, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^CUMULUS_SCAN\(", text, re.MULTILINE))
    return rows


class Writer:
    def __init__(self, file, dtype_name):
        self.file = file
        self.half = dtype_name == "bfloat16"
        self.dtype = np.dtype(np.float32 if self.half else dtype_name)
        self.inexact = self.dtype.kind in "fc"
        self.rows = table()

    def add(self, key, values):
        if self.half and values.dtype in (np.float32, np.float64):
            self.file.add(key, as_bfloat16(values), "bfloat16")
        else:
            self.file.add(key, values)

    def made(self, x):
        return from_bfloat16(as_bfloat16(x)) if self.half else x.astype(self.dtype)

    def data(self, shape, rng):
        n = int(np.prod(shape, dtype=int))
        if self.dtype.kind == "b":
            x = rng.integers(0, 2, n)
        elif self.dtype.kind in "iu":
            info = np.iinfo(self.dtype)
            x = rng.integers(info.min, info.max, n, dtype=self.dtype, endpoint=True)
        else:
            x = np.exp(0.02 * rng.normal(size=n)) * rng.choice([-1, 1, 1], n)
            if self.dtype.kind == "c":
                x = x * np.exp(1j * rng.uniform(-3, 3, n))
        return self.made(x).reshape(shape)

    def cases(self, rng):
        shapes = [(), (1,), (0,), (7,), (40,), (1000,), (8193,), (20011,)]
        shapes += [(3, 4), (0, 3), (3, 0, 2), (1, 1), (1, 5), (20, 100), (13, 33), (9, 1041)]
        shapes += [(9001, 3), (2, 10240), (8200, 9), (300, 16), (5, 17, 9), (2, 3, 2, 2, 3)]
        shapes += [(4, 6, 1, 20), (3, 20, 140)]
        for k, shape in enumerate(shapes):
            yield f"s{k}", self.data(shape, rng)
        if self.inexact:
            x = self.data((60, 12), rng)
            x[rng.random(x.shape) < 0.1] = np.nan
            x[0, 1] = np.nan
            x[:, 2] = np.nan
            yield "nan", x
            if self.dtype.kind == "f":
                x = self.data((40, 16), rng)
                x[7, 1], x[9, 2] = np.inf, -np.inf
                x[3, 3], x[33, 3] = np.inf, -np.inf
                x[0, 4] = np.inf
                yield "inf", x
            x = np.zeros((6, 9), self.dtype)
            x[::2] = -0.0
            yield "zero", x

    def ends(self, op, x, axis, dtype):
        """Both ends of what rounding leaves free."""
        wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
        y = x.astype(wide)
        n = np.arange(1, y.shape[axis] + 1, dtype=np.longdouble)
        n = n.reshape([-1 if k == axis else 1 for k in range(y.ndim)])
        exact = SCANNED[op].accumulate(y, axis=axis)
        if op == "sum":
            bound = (n + 2) * EPS * np.add.accumulate(np.abs(y), axis=axis)
        else:
            bound = (4 * n + 8) * EPS * np.abs(exact)
        bound = np.where(np.isfinite(bound), bound, 0)
        part = bound + 1j * bound if x.dtype.kind == "c" else bound
        lo, hi = exact - part, exact + part
        narrow = np.complex128 if x.dtype.kind == "c" else np.float64
        if self.half or dtype == np.float16:
            lo, hi = lo.astype(narrow), hi.astype(narrow)
        return (lo, hi) if self.half else (lo.astype(dtype), hi.astype(dtype))

    def answer(self, key, fn, op, elements, x, axis, initial=False):
        y = x.reshape(-1) if axis is None else x
        axis = 0 if axis is None else axis
        if elements == "not_nan" and self.inexact:
            y = np.where(np.isnan(y), self.dtype.type(IDENTITY[op]), y)
        exact = {"sum": np.cumsum, "prod": np.cumprod}.get(op, SCANNED[op].accumulate)(y, axis=axis)
        both = [("", exact)]
        if self.inexact and op in IDENTITY:
            lo, hi = self.ends(op, y, axis, exact.dtype)
            both = [("lo/", lo), ("hi/", hi)]
        for kind, values in both:
            if initial:
                first = list(values.shape)
                first[axis] = 1
                first = np.full(first, IDENTITY[op], values.dtype)
                values = np.concatenate([first, values], axis=axis)
            self.add(kind + key, values)

    def write(self):
        rng = np.random.default_rng(11)
        for fn, op, _, _ in self.rows:
            y = self.data((3,), rng)
            name = {"sum": np.cumsum, "prod": np.cumprod}.get(op, SCANNED[op].accumulate)
            self.file.add("dtype/" + fn, np.zeros(0, name(y).dtype))
        for case, x in self.cases(rng):
            self.add("x/" + case, x)
            mask = rng.random(x.shape) < 0.7
            self.file.add("m/" + case, mask)
            for fn, op, form, elements in self.rows:
                # An infinity or an overflow in one order of factors is none in another.
                if op == "prod" and case == "inf":
                    continue
                for axis in [*range(x.ndim), None]:
                    last = f"{fn}/{case}/{'all' if axis is None else axis}"
                    if form == "array_api" and axis is None and x.ndim > 1:
                        continue
                    self.answer(last, fn, op, elements, x, axis)
                    if form == "array_api":
                        self.answer("initial/" + last, fn, op, elements, x, axis, True)
                    elif op in IDENTITY and elements == "every":
                        kept = np.where(mask, x, self.dtype.type(IDENTITY[op]))
                        self.answer("masked/" + last, fn, op, elements, kept, axis)
                        if self.dtype.kind == "f" and op == "sum":
                            squares = self.made(x.astype(np.float64) * x)
                            self.answer("squares/" + last, fn, op, elements, squares, axis)


warnings.simplefilter("ignore")
np.seterr(all="ignore")
if __name__ == "__main__":
    with AnswersFile(sys.argv[1]) as answers:
        Writer(answers, sys.argv[2]).write()
