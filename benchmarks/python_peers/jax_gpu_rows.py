# SPDX-License-Identifier: Apache-2.0
"""JAX on its default device, jitted; results are always new arrays. JAX has no events: the time is
the host's, of so many runs that the last one's end counts little."""

import time

from . import gpu_timing
from .jax_rows import FUNCTIONS, jax, jnp, version  # noqa: F401

if jax.default_backend() == "cpu":
    raise RuntimeError("this JAX finds no GPU")
on_gpu = True


def prepare(operation, inputs):
    if operation not in FUNCTIONS:
        return None
    jitted = jax.jit(FUNCTIONS[operation])
    arrays = [jnp.asarray(x) for x in inputs]
    return lambda x, out: jitted(*arrays)


def to_host(result):
    return jax.device_get(result)


def forget():
    jax.clear_caches()


def seconds_per_call(function, seconds):
    def timed(calls):
        start = time.perf_counter()
        for _ in range(calls):
            result = function()
        result.block_until_ready()
        return time.perf_counter() - start

    return gpu_timing.mean_of(timed, seconds)
