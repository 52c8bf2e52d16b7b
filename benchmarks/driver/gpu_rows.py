# SPDX-License-Identifier: Apache-2.0
"""The rows of a run on a GPU: the operations of rows.py at sizes past its caches."""

from .rows import AXES, TINY, Row

LINE, SQUARE, CELLS = (1 << 26,), (8192, 8192), (1 << 24,)
STATISTICS = ["sum", "mean", "var", "nanmean", "min", "argmax"]

# Operations whose arithmetic may take longer than their memory: held to the kernel by hand.
ARITHMETIC = {"exp_sin", "eos_density", "eos_compress"}
# The rows that every figure is a ratio of.
COPY = "copy"


def elementwise_rows():
    for operation in [COPY, "fma_sqrt", "exp_sin", "where", "axpy", "cast"]:
        yield Row(operation, operation, LINE, TINY, "elementwise")
    yield Row("fma_sqrt_new", "fma_sqrt", LINE, TINY, "elementwise", "new")
    yield Row("anom3", "anom3", (240, 180, 360), (7, 9, 11), "broadcasts")
    yield Row("anom3_2p26", "anom3", (1036, 180, 360), (7, 9, 12), "broadcasts")
    yield Row("rowcol", "rowcol", SQUARE, (37, 53), "broadcasts")
    yield Row("transadd", "transadd", SQUARE, (80, 144), "broadcasts")


def reduction_rows():
    for statistic in STATISTICS:
        for axis in AXES:
            name = f"{statistic}_{axis}"
            yield Row(name, name, SQUARE, (41, 67), "reductions")


def group_rows():
    for operation in ["group_mean", "group_anom", "group_mean_anom"]:
        yield Row(operation, operation, (1200, 180, 360), (26, 9, 11), "groups")


def scan_rows():
    for axis in (0, 1):
        yield Row(f"cumsum_ax{axis}", f"cumsum_ax{axis}", SQUARE, (41, 80), "scans")


def seawater_rows():
    for operation in ["eos_density", "eos_compress"]:
        yield Row(operation, operation, CELLS, TINY, "equation of state")


GPU_ROWS = [
    *elementwise_rows(),
    *reduction_rows(),
    *group_rows(),
    *scan_rows(),
    *seawater_rows(),
]
