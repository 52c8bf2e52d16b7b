# SPDX-License-Identifier: Apache-2.0
"""CuPy: formulas fused by cupy.fuse, the rest as one writes it. Results are new arrays, whose
memory comes from CuPy's pool."""

import cupy as cp

from . import equation_of_state, gpu_timing

version = cp.__version__
on_gpu = True
MONTHS = 12
density, density_by_pressure = equation_of_state.formulas(cp.sqrt)


def group_mean(x):
    month = cp.arange(x.shape[0]) % MONTHS
    out = cp.empty((MONTHS, *x.shape[1:]), x.dtype)
    for k in range(MONTHS):
        x[month == k].mean(axis=0, out=out[k])
    return out


def group_anom(x, means):
    return x - means[cp.arange(x.shape[0]) % MONTHS]


def cast(x):
    return x.astype(cp.float64 if x.dtype == cp.float32 else cp.float32)


FUSED = {
    "triad": lambda a, b: a + 3 * b,
    "fma_sqrt": lambda a, b, c: a * b + 2 * c - cp.sqrt(cp.abs(a)),
    "exp_sin": lambda x: cp.exp(-x * x) * cp.sin(x),
    "where": lambda x: cp.where(x > 0.5, x * x, -x),
    "axpy": lambda x, y: y + 2.5 * x,
    "eos_density": lambda sa, ct, p: density(sa, ct, p),
    "eos_compress": lambda sa, ct, p: density_by_pressure(sa, ct, p),
    "rowcol": lambda x, row, column: x + row + column,
}
PLAIN = {
    "copy": lambda x: x.copy(),
    "cast": cast,
    "anom3": lambda x, m: x - m,
    "transadd": lambda a, b: a + b.T,
    "group_mean": group_mean,
    "group_anom": group_anom,
    "group_mean_anom": lambda x: group_anom(x, group_mean(x)),
    "cumsum_ax0": lambda x: cp.cumsum(x, axis=0),
    "cumsum_ax1": lambda x: cp.cumsum(x, axis=1),
}
for name in ["sum", "mean", "var", "nanmean", "min", "max", "argmin", "argmax"]:
    function = getattr(cp, name)
    PLAIN[f"{name}_all"] = lambda x, f=function: f(x)
    PLAIN[f"{name}_ax0"] = lambda x, f=function: f(x, axis=0)
    PLAIN[f"{name}_ax1"] = lambda x, f=function: f(x, axis=1)


def prepare(operation, inputs):
    if operation in FUSED:
        function = cp.fuse(kernel_name=operation)(FUSED[operation])
    elif operation in PLAIN:
        function = PLAIN[operation]
    else:
        return None
    arrays = [cp.asarray(x) for x in inputs]
    return lambda x, out: function(*arrays)


def to_host(result):
    return cp.asnumpy(result)


def forget():
    cp.get_default_memory_pool().free_all_blocks()


def seconds_per_call(function, seconds):
    start, stop = cp.cuda.Event(), cp.cuda.Event()

    def timed(calls):
        start.record()
        for _ in range(calls):
            function()
        stop.record()
        stop.synchronize()
        return cp.cuda.get_elapsed_time(start, stop) * 1e-3

    return gpu_timing.mean_of(timed, seconds)
