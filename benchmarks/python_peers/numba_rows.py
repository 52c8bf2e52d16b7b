# SPDX-License-Identifier: Apache-2.0
"""numba: loops as one writes them there, in parallel over the outermost. Constants are of the
arrays' type; a Python number would make float32 arithmetic double."""

import math

import numba
import numpy as np
from numba import prange

from . import equation_of_state

version = numba.__version__
needs_output = True  # loops write into an array that is there
parallel = numba.njit(parallel=True)


def elementwise(scalar, inputs):
    """out[i] = scalar(in[i]...) over flat arrays."""
    f = numba.njit(scalar)

    @parallel
    def one(out, a):
        for i in prange(out.size):
            out[i] = f(a[i])

    @parallel
    def two(out, a, b):
        for i in prange(out.size):
            out[i] = f(a[i], b[i])

    @parallel
    def three(out, a, b, c):
        for i in prange(out.size):
            out[i] = f(a[i], b[i], c[i])

    loop = [None, one, two, three][inputs]
    return lambda x, out: loop(out.ravel(), *(a.ravel() for a in x))


@parallel
def anom3(out, x, m):
    for t in prange(x.shape[0]):
        for i in range(x.shape[1]):
            for j in range(x.shape[2]):
                out[t, i, j] = x[t, i, j] - m[i, j]


@parallel
def weighted(out, x, w):
    for i in prange(x.shape[1]):  # there may be few times to share out
        for t in range(x.shape[0]):
            for j in range(x.shape[2]):
                out[t, i, j] = x[t, i, j] * w[i, 0]


@parallel
def rowcol(out, x, row, column):
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] + row[j] + column[i, 0]


@parallel
def transadd(out, a, b):
    for i in prange(a.shape[0]):
        for j in range(a.shape[1]):
            out[i, j] = a[i, j] + b[j, i]


@parallel
def sum_all(x):
    total = 0.0
    for i in prange(x.size):
        total += x[i]
    return total


@parallel
def sum_rows(out, x):
    for i in prange(x.shape[0]):
        total = 0.0
        for j in range(x.shape[1]):
            total += x[i, j]
        out[i] = total


COLUMNS = 512  # summed together, so that rows are read in order


@parallel
def sum_columns(out, x):
    for block in prange((x.shape[1] + COLUMNS - 1) // COLUMNS):
        begin = block * COLUMNS
        end = min(begin + COLUMNS, x.shape[1])
        total = np.zeros(COLUMNS)
        for i in range(x.shape[0]):
            for j in range(begin, end):
                total[j - begin] += x[i, j]
        for j in range(begin, end):
            out[j] = total[j - begin]


@parallel
def nanmean_columns(out, x):
    for block in prange((x.shape[1] + COLUMNS - 1) // COLUMNS):
        begin = block * COLUMNS
        end = min(begin + COLUMNS, x.shape[1])
        total = np.zeros(COLUMNS)
        valid = np.zeros(COLUMNS)
        for i in range(x.shape[0]):
            for j in range(begin, end):
                number = x[i, j] == x[i, j]
                total[j - begin] += x[i, j] if number else 0.0
                valid[j - begin] += 1.0 if number else 0.0
        for j in range(begin, end):
            out[j] = total[j - begin] / valid[j - begin]


@parallel
def group_mean(out, x):
    inner = x.shape[1]
    for block in prange((inner + COLUMNS - 1) // COLUMNS):
        begin = block * COLUMNS
        end = min(begin + COLUMNS, inner)
        total = np.zeros((12, COLUMNS))
        members = np.zeros(12)
        for t in range(x.shape[0]):
            month = t % 12
            members[month] += 1
            for j in range(begin, end):
                total[month, j - begin] += x[t, j]
        for month in range(12):
            for j in range(begin, end):
                out[month, j] = total[month, j - begin] / members[month]


@parallel
def group_anom(out, x, means):
    for t in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[t, j] = x[t, j] - means[t % 12, j]


@parallel
def cumsum_rows(out, x):
    for i in prange(x.shape[0]):
        total = 0.0
        for j in range(x.shape[1]):
            total += x[i, j]
            out[i, j] = total


def flat(x):
    return x.reshape(x.shape[0], -1)


def scalar_functions(number):
    half, two, three, factor = number(0.5), number(2), number(3), number(2.5)
    c = tuple(number(x) for x in equation_of_state.COEFFICIENTS)
    density, density_by_pressure = equation_of_state.formulas(math.sqrt, c, numba.njit)
    return {
        "copy": (lambda a: a, 1),
        "triad": (lambda a, b: a + three * b, 2),
        "fma_sqrt": (lambda a, b, c: a * b + two * c - math.sqrt(abs(a)), 3),
        "exp_sin": (lambda x: math.exp(-x * x) * math.sin(x), 1),
        "where": (lambda x: x * x if x > half else -x, 1),
        "axpy": (lambda x, y: y + factor * x, 2),
        "cast": (lambda x: x, 1),
        "eos_density": (lambda s, t, p: density(s, t, p), 3),
        "eos_compress": (lambda s, t, p: density_by_pressure(s, t, p), 3),
    }


def group_mean_anom(x, out):
    means = np.empty((12, flat(x[0]).shape[1]), x[0].dtype)
    group_mean(means, flat(x[0]))
    group_anom(flat(out), flat(x[0]), means)


LOOPS = {
    "anom3": lambda x, out: anom3(out, *x),
    "weighted": lambda x, out: weighted(out, *x),
    "rowcol": lambda x, out: rowcol(out, *x),
    "transadd": lambda x, out: transadd(out, *x),
    "sum_ax0": lambda x, out: sum_columns(out.ravel(), flat(x[0])),
    "sum_ax1": lambda x, out: sum_rows(out, x[0]),
    "nanmean_ax0": lambda x, out: nanmean_columns(out.ravel(), flat(x[0])),
    "group_mean": lambda x, out: group_mean(flat(out), flat(x[0])),
    "group_anom": lambda x, out: group_anom(flat(out), flat(x[0]), flat(x[1])),
    "group_mean_anom": group_mean_anom,
    "cumsum_ax1": lambda x, out: cumsum_rows(out, x[0]),
}


def mean_columns(x, out):
    sum_columns(out.ravel(), flat(x[0]))
    out /= x[0].shape[0]


LOOPS["mean_ax0"] = mean_columns


def prepare(operation, inputs):
    if operation == "sum_all":
        return lambda x, out: sum_all(x[0].ravel())
    number = inputs[0].dtype.type if inputs else None
    scalars = scalar_functions(number) if number else {}
    if operation in scalars:
        run = elementwise(*scalars[operation])
    elif operation in LOOPS:
        run = LOOPS[operation]
    else:
        return None
    if operation == "axpy":
        return lambda x, out: run([x[0], out], out)
    return run
