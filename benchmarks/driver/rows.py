# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: an operation at a shape. Operations are those of common/operations.hpp and
common/reductions.hpp; contestants offer those that they can."""

from dataclasses import dataclass
from math import prod

MONTHS = 12


@dataclass(frozen=True)
class Operation:
    inputs: object  # shape -> shapes of the inputs
    output: object = lambda s: s  # shape -> shape of the result
    result: str = "same"  # element type of the result: same, other (float and double), index


def same_shape(count):
    return Operation(lambda s: [s] * count)


OPERATIONS = {
    "copy": same_shape(1),
    "triad": same_shape(2),
    "fill": same_shape(0),
    "fma_sqrt": same_shape(3),
    "exp_sin": same_shape(1),
    "where": same_shape(1),
    "axpy": same_shape(2),
    "cast": Operation(lambda s: [s], result="other"),
    "eos_density": same_shape(3),
    "eos_compress": same_shape(3),
    "anom3": Operation(lambda s: [s, s[1:]]),
    "weighted": Operation(lambda s: [s, (s[1], 1)]),
    "rowcol": Operation(lambda s: [s, s[1:], (s[0], 1)]),
    "transadd": Operation(lambda s: [s, s[::-1]]),
    "group_mean": Operation(lambda s: [s], lambda s: (MONTHS, *s[1:])),
    "group_anom": Operation(lambda s: [s, (MONTHS, *s[1:])]),
    "group_mean_anom": same_shape(1),
    "cumsum_ax0": same_shape(1),
    "cumsum_ax1": same_shape(1),
}
AXES = {
    "all": lambda s: (),
    "ax0": lambda s: s[1:],
    "ax1": lambda s: s[:1] + s[2:],
}
STATISTICS = ["sum", "mean", "var", "nanmean", "min", "max", "argmin", "argmax"]
for statistic in STATISTICS:
    for axis, output in AXES.items():
        kind = "index" if statistic.startswith("arg") else "same"
        OPERATIONS[f"{statistic}_{axis}"] = Operation(lambda s: [s], output, kind)


@dataclass(frozen=True)
class Row:
    name: str
    operation: str
    shape: tuple
    quick: tuple  # the shape for a run that only shows that everything works
    section: str
    variant: str = ""  # "new": the result is a new array
    note: str = ""

    def moved_bytes(self, dtype, quick):
        """Bytes read and written, each operand once."""
        shape = self.quick if quick else self.shape
        operation = OPERATIONS[self.operation]
        size = {"f32": 4, "f64": 8}[dtype]
        result = {"same": size, "other": 12 - size, "index": 8}[operation.result]
        read = sum(prod(s) for s in operation.inputs(shape)) * size
        return read + prod(operation.output(shape)) * result


DTYPES = ["f32", "f64"]
MEMORY, CACHE = (1 << 24,), (1 << 15,)
TINY = (1003,)


def elementwise_rows():
    for operation in ["copy", "triad", "fill"]:
        yield Row(operation, operation, (1 << 25,), TINY, "bandwidth")
        yield Row(f"{operation}_2p15", operation, CACHE, TINY, "bandwidth")
    yield Row("sum", "sum_all", (4096, 8192), (33, 51), "bandwidth")
    yield Row("sum_2p15", "sum_all", (128, 256), (33, 51), "bandwidth")
    for operation in ["fma_sqrt", "exp_sin", "where", "axpy", "cast"]:
        yield Row(operation, operation, MEMORY, TINY, "elementwise")
        yield Row(f"{operation}_2p15", operation, CACHE, TINY, "elementwise")
    shapes = {
        "anom3": ((240, 180, 360), (8, 64, 64), (7, 9, 11)),
        "weighted": ((240, 180, 360), (2, 45, 360), (3, 5, 37)),
        "rowcol": ((4096, 4096), (128, 256), (37, 53)),
        "transadd": ((4096, 4096), (128, 256), (80, 144)),
    }
    for operation, (memory, cache, quick) in shapes.items():
        yield Row(operation, operation, memory, quick, "elementwise")
        yield Row(f"{operation}_2p15", operation, cache, quick, "elementwise")


def new_output_rows():
    for operation in ["copy", "fma_sqrt", "exp_sin", "where", "cast"]:
        yield Row(f"{operation}_new", operation, MEMORY, TINY, "new output", "new")
    for operation, shape, quick in [
        ("anom3", (240, 180, 360), (7, 9, 11)),
        ("rowcol", (4096, 4096), (37, 53)),
        ("transadd", (4096, 4096), (80, 144)),
        ("group_anom", (1200, 180, 360), (26, 9, 11)),
    ]:
        yield Row(f"{operation}_new", operation, shape, quick, "new output", "new")


def reduction_rows():
    for statistic in STATISTICS:
        for axis in AXES:
            name = f"{statistic}_{axis}"
            yield Row(name, name, (4096, 8192), (41, 67), "reductions")
        name = f"{statistic}_ax0"
        yield Row(f"{name}_3d", name, (240, 180, 360), (13, 9, 11), "reductions")
    for axis in (0, 1):
        yield Row(f"cumsum_ax{axis}", f"cumsum_ax{axis}", (4096, 8192), (41, 80), "scans")


def group_rows():
    for operation in ["group_mean", "group_anom", "group_mean_anom"]:
        yield Row(operation, operation, (1200, 180, 360), (26, 9, 11), "groups")
    yield Row("group_anom_2p15", "group_anom", (48, 20, 36), (26, 9, 11), "groups")


def seawater_rows():
    for operation in ["eos_density", "eos_compress"]:
        for exponent in (12, 16, 20, 24):
            name = f"{operation}_2p{exponent}"
            yield Row(name, operation, (1 << exponent,), TINY, "equation of state")


ROWS = [
    *elementwise_rows(),
    *reduction_rows(),
    *group_rows(),
    *new_output_rows(),  # behind those with an old output, which they are judged by
    *seawater_rows(),
]
