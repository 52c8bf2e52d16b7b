# SPDX-License-Identifier: Apache-2.0
"""numexpr: formulas as text."""

import numexpr
import numpy as np

version = numexpr.__version__
FORMULAS = {
    "copy": "a",
    "triad": "a + 3 * b",
    "fma_sqrt": "a * b + 2 * c - sqrt(abs(a))",
    "exp_sin": "exp(-a * a) * sin(a)",
    "where": "where(a > half, a * a, -a)",
    "axpy": "b + factor * a",
    "anom3": "a - b",
    "weighted": "a * b",
    "rowcol": "a + b + c",
    "transadd": "a + b",
    "sum_all": "sum(a)",
}


def prepare(operation, inputs):
    if operation not in FORMULAS:
        return None
    number = inputs[0].dtype.type
    names = {"half": number(0.5), "factor": number(2.5)}
    names.update(zip("abc", inputs))
    if operation == "transadd":
        names["b"] = inputs[1].T

    def run(x, out):
        if operation == "sum_all":
            return numexpr.evaluate("sum(a)", names)
        if operation == "axpy":
            return numexpr.evaluate(FORMULAS[operation], {**names, "b": out}, out=out)
        return numexpr.evaluate(FORMULAS[operation], names, out=out)

    return run
