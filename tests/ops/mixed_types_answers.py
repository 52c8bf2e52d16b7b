# SPDX-License-Identifier: Apache-2.0
"""NumPy's add, divide, less and power of arrays of two types, and of an array and a Python number.

    mixed_types_answers.py FILE

in/<dtype>/x and /y are the inputs; <function>/<dtype>/<dtype> and <function>/<dtype>/<number> the
results. Run with NPY_PROMOTION_STATE=weak before NumPy 2.
"""

import sys

import numpy as np
from answers_file import AnswersFile

DTYPES = "bool int8 int32 int64 uint8 uint32 uint64 float16 float32 float64 complex64".split()
NUMBERS = {"true": True, "two": 2, "half": 0.5, "i": 1j}
FUNCTIONS = {"add": np.add, "divide": np.divide, "less": np.less}

rng = np.random.default_rng(1)


def values(dtype):
    d = np.dtype(dtype)
    if d.kind == "b":
        return rng.integers(0, 2, 37).astype(bool)
    if d.kind in "iu":
        return rng.integers(0 if d.kind == "u" else -9, 100, 37).astype(d)
    x = rng.normal(size=37) * 9
    return (x + 1j * rng.normal(size=37) if d.kind == "c" else x).astype(d)


with AnswersFile(sys.argv[1]) as answers, np.errstate(all="ignore"):
    inputs = {name: (values(name), values(name)) for name in DTYPES}
    for name, (x, y) in inputs.items():
        answers.add(f"in/{name}/x", x)
        answers.add(f"in/{name}/y", y)
        for number, value in NUMBERS.items():
            for function, f in FUNCTIONS.items():
                if not (function == "divide" and number == "true"):
                    answers.add(f"{function}/{name}/{number}", f(x, value))
        for other, (_, z) in inputs.items():
            for function, f in FUNCTIONS.items():
                answers.add(f"{function}/{name}/{other}", f(x, z))
