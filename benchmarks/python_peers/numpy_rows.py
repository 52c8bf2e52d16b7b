# SPDX-License-Identifier: Apache-2.0
"""NumPy. A row is a function of (inputs, out); out is None where the result is a new array.
Formulas of more than one operation allocate in any case, as they do in everyday code."""

import numpy as np

from . import equation_of_state

version = np.__version__
density, density_by_pressure = equation_of_state.formulas(np.sqrt)


def axpy(x, out):
    out += 2.5 * x[0]
    return out


def months(times):
    return np.arange(times) % 12


def group_mean(x, out):
    month = months(len(x[0]))
    out = np.empty((12, *x[0].shape[1:]), x[0].dtype) if out is None else out
    for k in range(12):
        x[0][month == k].mean(axis=0, out=out[k])
    return out


def group_anom(x, out):
    return np.subtract(x[0], x[1][months(len(x[0]))], out=out)


def fill(x, out):
    out[...] = 1.5
    return out


def other(dtype):
    return np.float64 if dtype == np.float32 else np.float32


def cast(x, out):
    if out is None:
        return x[0].astype(other(x[0].dtype))
    out[...] = x[0]
    return out


def copy(x, out):
    if out is None:
        return x[0].copy()
    np.copyto(out, x[0])
    return out


ROWS = {
    "copy": copy,
    "triad": lambda x, out: np.add(x[0], 3 * x[1], out=out),
    "fill": fill,
    "fma_sqrt": lambda x, out: np.subtract(
        x[0] * x[1] + 2 * x[2], np.sqrt(np.abs(x[0])), out=out
    ),
    "exp_sin": lambda x, out: np.multiply(np.exp(-x[0] * x[0]), np.sin(x[0]), out=out),
    "where": lambda x, out: np.where(x[0] > 0.5, x[0] * x[0], -x[0]),
    "axpy": axpy,
    "cast": cast,
    "eos_density": lambda x, out: density(*x),
    "eos_compress": lambda x, out: density_by_pressure(*x),
    "anom3": lambda x, out: np.subtract(x[0], x[1], out=out),
    "weighted": lambda x, out: np.multiply(x[0], x[1], out=out),
    "rowcol": lambda x, out: np.add(x[0] + x[1], x[2], out=out),
    "transadd": lambda x, out: np.add(x[0], x[1].T, out=out),
    "group_mean": group_mean,
    "group_anom": group_anom,
    "group_mean_anom": lambda x, out: group_anom([x[0], group_mean(x, None)], out),
    "cumsum_ax0": lambda x, out: np.cumsum(x[0], axis=0, out=out),
    "cumsum_ax1": lambda x, out: np.cumsum(x[0], axis=1, out=out),
}
for name in ["sum", "mean", "var", "nanmean", "min", "max", "argmin", "argmax"]:
    function = getattr(np, name)
    ROWS[f"{name}_all"] = lambda x, out, f=function: f(x[0])
    ROWS[f"{name}_ax0"] = lambda x, out, f=function: f(x[0], axis=0)
    ROWS[f"{name}_ax1"] = lambda x, out, f=function: f(x[0], axis=1)


def prepare(operation, inputs):
    """The row's function of (inputs, out), or None."""
    return ROWS.get(operation)
