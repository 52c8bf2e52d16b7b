# SPDX-License-Identifier: Apache-2.0
"""Inputs for every row of expr/reductions.def and NumPy's answers to them.

    reduction_answers.py FILE DTYPE

x/<case> is an input. <function>/<case>/<axes> is an exact answer, axes a string of digits; for
floating sums, means, variances and products lo/<...> and hi/<...> are the ends of an interval
around the true value, computed in a wider type and rounded to the answer's: what the bound of a
pairwise sum in float64 leaves free. error/<...> is where NumPy raises a ValueError.
dtype/<function> has the dtype of NumPy's answer. Beside them opt/... has answers with the
options; see options().
"""

import itertools
import re
import sys
import warnings
from pathlib import Path

import numpy as np
from answers_file import AnswersFile, as_bfloat16, from_bfloat16

EPS = 2.0**-52
NUMPY_NAMES = {"stddev": "std"}
POSITIONS = ("argmin", "argmax", "nanargmin", "nanargmax")
INEXACT = ("sum", "mean", "var", "stddev", "prod", "std")


def table():
    text = (Path(__file__).parents[2] / "include/cumulus/expr/reductions.def").read_text()
    rows = re.findall(r"^CUMULUS_REDUCTION\((\w+), (\w+), (\w+), (\w+),", text, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^CUMULUS_REDUCTION\(", text, re.MULTILINE))
    return rows


def moved(x, axes):
    """The reduced axes as one last axis, row-major."""
    kept = [k for k in range(x.ndim) if k not in axes]
    y = np.transpose(x, kept + list(axes))
    length = int(np.prod([x.shape[k] for k in axes], dtype=int))
    return y.reshape([x.shape[k] for k in kept] + [length])


class Reductions:
    def __init__(self, dtype_name):
        self.half = dtype_name == "bfloat16"
        self.dtype = np.dtype(np.float32 if self.half else dtype_name)
        self.inexact = self.dtype.kind in "fc"

    def numpy(self, fn, x, axes, **options):
        """NumPy's own answer, which fixes its dtype and its errors."""
        name = NUMPY_NAMES.get(fn, fn)
        if fn == "count_valid":
            where = np.broadcast_to(options.get("where", True), x.shape)
            return moved(where, axes).sum(axis=-1, dtype=np.int64)
        y = moved(x, axes)
        if "where" in options:
            options["where"] = moved(np.broadcast_to(options["where"], x.shape), axes)
        if fn == "count_nonzero":
            taken = options.get("where", True)
            return ((y != 0) & taken).sum(axis=-1, dtype=np.int64)
        return getattr(np, name)(y, axis=-1, **options)

    def interval(self, fn, x, axes, ddof=0, where=True, initial=None):
        """Both ends, in extended precision; see the bounds beside each case."""
        skip = fn.startswith("nan")
        fn = fn.removeprefix("nan").replace("std", "stddev").replace("stddevdev", "stddev")
        wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
        y = moved(x, axes).astype(wide)
        valid = moved(np.broadcast_to(where, x.shape), axes)
        if skip:
            valid = valid & ~np.isnan(y)
        n = valid.sum(axis=-1)
        longest = max(y.shape[-1], 1)
        zeroed = np.where(valid, y, 0)
        total = zeroed.sum(axis=-1)
        size = np.abs(zeroed).sum(axis=-1)
        if fn == "sum":
            if initial is not None:
                total, size = total + initial, size + abs(initial)
            return total, (4 + np.log2(longest)) * EPS * size
        if fn == "mean":
            return total / n, (5 + np.log2(longest)) * EPS * size / n
        if fn == "prod":
            p = np.where(valid, y, 1).prod(axis=-1)
            p = p * initial if initial is not None else p
            return p, (4 * longest + 8) * EPS * np.abs(p)
        # Shifted sums of squares: within a tile the sum is at most 1024 times the deviations, as
        # the shift is one of the elements, and is rounded 32 + 5 times on the way and a few at the
        # end; merging tiles adds rounded means.
        mean = total / n
        deviation = np.where(valid, y - mean[..., np.newaxis], 0)
        m2 = (np.abs(deviation) ** 2).sum(axis=-1)
        var = m2 / np.maximum(n - ddof, 0)
        if skip:
            var = np.where(n - ddof > 0, var, np.nan)
        largest = np.abs(zeroed).max(axis=-1, initial=0)
        relative = np.minimum(longest, 1024) * (45 + np.log2(longest)) * EPS
        scale = n / np.maximum(n - ddof, 0)
        of_means = 8 * EPS * largest * np.sqrt(m2 / n) + 8 * (EPS * largest) ** 2
        bound = var * relative + scale * of_means
        bound = np.where(np.isfinite(bound) & (longest > 1), bound, 0)
        if fn == "var":
            return var, bound
        return (np.sqrt(np.maximum(var - bound, 0)), np.sqrt(var + bound))

    def rounded(self, x, dtype):
        # NumPy takes long double to float16 by way of float32 and rounds twice.
        x = np.asarray(x)
        return x.astype(np.float64).astype(dtype) if dtype == np.float16 else x.astype(dtype)

    def ends(self, fn, x, axes, dtype, **options):
        a, b = self.interval(fn, x, axes, **options)
        if fn in ("stddev", "nanstd"):
            lo, hi = a * (1 - 2 * EPS), b * (1 + 2 * EPS)
        elif x.dtype.kind == "c" and np.asarray(a).dtype.kind == "c":
            b = np.where(np.isfinite(b), b, 0)
            lo, hi = a - (b + 1j * b), a + (b + 1j * b)
        else:
            b = np.where(np.isfinite(b), b, 0)
            lo, hi = a - b, a + b
        wide = np.complex128 if np.asarray(lo).dtype.kind == "c" else np.float64
        if self.half:
            return lo.astype(wide), hi.astype(wide)
        return self.rounded(lo, dtype), self.rounded(hi, dtype)


class Writer(Reductions):
    def __init__(self, file, dtype_name):
        super().__init__(dtype_name)
        self.file = file
        self.rows = table()

    def add(self, key, values):
        values = np.asarray(values)
        if self.half and values.dtype in (np.float32, np.float64) and values.dtype != np.int64:
            self.file.add(key, as_bfloat16(values), "bfloat16")
        else:
            self.file.add(key, values)

    def answer(self, fn, x, axes, key, **options):
        try:
            exact = self.numpy(fn, x, axes, **options)
        except ValueError:
            self.file.add("error/" + key, np.zeros(0))
            return
        base = fn.removeprefix("nan")
        floating = exact.dtype.kind in "fc"
        if base in INEXACT and floating:
            lo, hi = self.ends(fn, x, axes, exact.dtype, **options)
            self.add("lo/" + key, lo)
            self.add("hi/" + key, hi)
        else:
            self.add(key, exact)

    def made(self, x):
        return from_bfloat16(as_bfloat16(x)) if self.half else x.astype(self.dtype)

    def data(self, shape, rng):
        n = int(np.prod(shape, dtype=int))
        if self.dtype.kind == "b":
            x = rng.integers(0, 2, n)
        elif self.dtype.kind in "iu":
            info = np.iinfo(self.dtype)
            x = rng.integers(info.min, info.max, n, dtype=self.dtype, endpoint=True)
            few = rng.integers(0 if info.min == 0 else -5, 6, n).astype(self.dtype)
            x = np.where(rng.random(n) < 0.5, x, few)
        else:
            x = np.exp(0.3 * rng.normal(size=n)) * rng.choice([-1, 1, 1], n)
            if self.dtype.kind == "c":
                x = x * np.exp(1j * rng.uniform(-3, 3, n))
        return self.made(x).reshape(shape)

    def cases(self, rng):
        for n in (0, 1, 2, 31, 32, 33, 1023, 1024, 1025, 5000):
            yield f"n{n}", self.data((n,), rng)
        for n in (33, 1025):
            yield f"tall{n}", self.data((n, 3), rng)
            yield f"wide{n}", self.data((3, n), rng)
        shapes = [(), (1,), (3, 4), (0, 3), (3, 0, 2), (0, 0), (0, 2, 0), (2, 3, 4), (5, 1, 7)]
        shapes += [(1, 1), (2, 3, 1, 5), (2, 3, 2, 2, 3), (33, 7, 40)]
        for k, shape in enumerate(shapes):
            yield f"s{k}", self.data(shape, rng)
        if self.dtype.kind in "fc":
            x = self.data((40, 6), rng)
            x[rng.random(x.shape) < 0.2] = np.nan
            x[:, 2] = np.nan
            yield "nan", x
            x = self.data((40, 6), rng)
            x[7, 1] = np.inf
            x[9, 2] = -np.inf
            x[3, 3], x[33, 3] = np.inf, -np.inf
            x[:, 4] = np.inf
            if self.dtype.kind == "f":
                yield "inf", x
            x = np.zeros((6, 3), self.dtype)
            x[::2] = -0.0
            yield "zero", x
            yield "same", np.full((1500, 2), self.made(np.array([0.1])), self.dtype)

    def write(self):
        rng = np.random.default_rng(7)
        for fn, _, _, _ in self.rows:
            result = self.numpy(fn, self.data((2, 2), rng), (0,))
            self.file.add("dtype/" + fn, np.zeros(0, result.dtype))
        for case, x in self.cases(rng):
            self.add("x/" + case, x)
            subsets = list(itertools.chain.from_iterable(
                itertools.combinations(range(x.ndim), r) for r in range(x.ndim + 1)))
            if len(subsets) > 8:
                subsets = [subsets[i] for i in rng.choice(len(subsets), 8, replace=False)]
            for fn, _, _, _ in self.rows:
                # An infinity or an overflow in one order of factors is none in another.
                if fn.endswith("prod") and case in ("inf", "zero", "same"):
                    continue
                for axes in subsets:
                    if axes == () and fn in POSITIONS:
                        continue
                    self.answer(fn, x, axes, f"{fn}/{case}/" + "".join(map(str, axes)))
        self.options(rng)

    def options(self, rng):
        """opt/x with opt/where/<k>: masks that broadcast; opt/<k>/<option>/<function>/<axes>."""
        x = self.data((6, 5, 40), rng)
        self.add("opt/x", x)
        masks = [rng.random(s) < 0.7 for s in ((6, 5, 40), (40,), (5, 1), (6, 1, 40), ())]
        masks[0][2] = False
        masks[0][:, 1] = False
        three = x.dtype.type(1 if x.dtype.kind == "b" else 3)
        for k, mask in enumerate(masks):
            self.file.add(f"opt/where/{k}", mask)
        for fn, _, kind, _ in self.rows:
            for axes in ((), (0,), (2,), (0, 2), (0, 1, 2)):
                last = "".join(map(str, axes))
                if kind == "moment":
                    for ddof in (0, 1, 7, 2000):
                        self.answer(fn, x, axes, f"opt/ddof{ddof}/{fn}/{last}", ddof=ddof)
                if kind == "initial":
                    self.answer(fn, x, axes, f"opt/initial/{fn}/{last}", initial=three)
                if kind == "position":
                    continue
                given = {"initial": three} if kind == "initial" else {}
                for k, mask in enumerate(masks):
                    self.answer(fn, x, axes, f"opt/where{k}/{fn}/{last}", where=mask, **given)


warnings.simplefilter("ignore")
np.seterr(all="ignore")
if __name__ == "__main__":
    with AnswersFile(sys.argv[1]) as answers:
        Writer(answers, sys.argv[2]).write()
