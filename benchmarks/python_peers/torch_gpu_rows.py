# SPDX-License-Identifier: Apache-2.0
"""PyTorch: every row through torch.compile. Results are new tensors, whose memory comes from
PyTorch's pool."""

import torch

from . import equation_of_state, gpu_timing

if not torch.cuda.is_available():
    raise RuntimeError("this PyTorch finds no GPU")
version = torch.__version__
on_gpu = True
MONTHS = 12
density, density_by_pressure = equation_of_state.formulas(torch.sqrt)


def months(x):
    return torch.arange(x.shape[0], device=x.device) % MONTHS


def group_mean(x):
    month = months(x)
    total = torch.zeros((MONTHS, *x.shape[1:]), dtype=x.dtype, device=x.device)
    total = total.index_add(0, month, x)
    members = torch.zeros(MONTHS, dtype=x.dtype, device=x.device)
    members = members.index_add(0, month, torch.ones_like(month, dtype=x.dtype))
    return total / members[:, None, None]


def group_anom(x, means):
    return x - means[months(x)]


def cast(x):
    return x.to(torch.float64 if x.dtype == torch.float32 else torch.float32)


FUNCTIONS = {
    "copy": lambda x: x.clone(),
    "triad": lambda a, b: a + 3 * b,
    "fma_sqrt": lambda a, b, c: a * b + 2 * c - torch.sqrt(torch.abs(a)),
    "exp_sin": lambda x: torch.exp(-x * x) * torch.sin(x),
    "where": lambda x: torch.where(x > 0.5, x * x, -x),
    "axpy": lambda x, y: y + 2.5 * x,
    "cast": cast,
    "eos_density": density,
    "eos_compress": density_by_pressure,
    "anom3": lambda x, m: x - m,
    "rowcol": lambda x, row, column: x + row + column,
    "transadd": lambda a, b: a + b.T,
    "group_mean": group_mean,
    "group_anom": group_anom,
    "group_mean_anom": lambda x: group_anom(x, group_mean(x)),
    "cumsum_ax0": lambda x: torch.cumsum(x, 0),
    "cumsum_ax1": lambda x: torch.cumsum(x, 1),
}
STATISTICS = {
    "sum": torch.sum,
    "mean": torch.mean,
    "var": lambda x, **axis: torch.var(x, correction=0, **axis),
    "nanmean": torch.nanmean,
    "min": torch.amin,
    "max": torch.amax,
    "argmin": torch.argmin,
    "argmax": torch.argmax,
}
for name, function in STATISTICS.items():
    FUNCTIONS[f"{name}_all"] = lambda x, f=function: f(x)
    FUNCTIONS[f"{name}_ax0"] = lambda x, f=function: f(x, dim=0)
    FUNCTIONS[f"{name}_ax1"] = lambda x, f=function: f(x, dim=1)


def prepare(operation, inputs):
    if operation not in FUNCTIONS:
        return None
    torch.compiler.reset()  # lambdas of one line would share what is kept for a function
    compiled = torch.compile(FUNCTIONS[operation], dynamic=False)
    arrays = [torch.from_numpy(x).cuda() for x in inputs]
    return lambda x, out: compiled(*arrays)


def to_host(result):
    return result.cpu().numpy()


def forget():
    torch.cuda.empty_cache()


def seconds_per_call(function, seconds):
    start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def timed(calls):
        start.record()
        for _ in range(calls):
            function()
        stop.record()
        stop.synchronize()
        return start.elapsed_time(stop) * 1e-3

    return gpu_timing.mean_of(timed, seconds)
