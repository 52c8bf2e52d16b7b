# SPDX-License-Identifier: Apache-2.0
"""JAX on the processor, jitted; results are always new arrays."""

import jax
import jax.numpy as jnp

from . import equation_of_state

jax.config.update("jax_enable_x64", True)
version = jax.__version__
density, density_by_pressure = equation_of_state.formulas(jnp.sqrt)


def months(x):
    return jnp.arange(x.shape[0]) % 12


def group_mean(x):
    total = jax.ops.segment_sum(x, months(x), 12)
    members = jax.ops.segment_sum(jnp.ones(x.shape[0], x.dtype), months(x), 12)
    return total / members[:, None, None]


def group_anom(x, means):
    return x - means[months(x)]


def cast(x):
    return x.astype(jnp.float64 if x.dtype == jnp.float32 else jnp.float32)


FUNCTIONS = {
    "triad": lambda a, b: a + 3 * b,
    "fma_sqrt": lambda a, b, c: a * b + 2 * c - jnp.sqrt(jnp.abs(a)),
    "exp_sin": lambda x: jnp.exp(-x * x) * jnp.sin(x),
    "where": lambda x: jnp.where(x > 0.5, x * x, -x),
    "axpy": lambda x, y: y + 2.5 * x,
    "cast": cast,
    "eos_density": density,
    "eos_compress": density_by_pressure,
    "anom3": lambda x, m: x - m,
    "weighted": lambda x, w: x * w,
    "rowcol": lambda x, row, column: x + row + column,
    "transadd": lambda a, b: a + b.T,
    "group_mean": group_mean,
    "group_anom": group_anom,
    "group_mean_anom": lambda x: group_anom(x, group_mean(x)),
    "cumsum_ax0": lambda x: jnp.cumsum(x, axis=0),
    "cumsum_ax1": lambda x: jnp.cumsum(x, axis=1),
}
for name in ["sum", "mean", "var", "nanmean", "min", "max", "argmin", "argmax"]:
    function = getattr(jnp, name)
    FUNCTIONS[f"{name}_all"] = lambda x, f=function: f(x)
    FUNCTIONS[f"{name}_ax0"] = lambda x, f=function: f(x, axis=0)
    FUNCTIONS[f"{name}_ax1"] = lambda x, f=function: f(x, axis=1)


def prepare(operation, inputs):
    if operation not in FUNCTIONS:
        return None
    jitted = jax.jit(FUNCTIONS[operation])
    arrays = [jnp.asarray(x) for x in inputs]
    return lambda x, out: jitted(*arrays).block_until_ready()
