# SPDX-License-Identifier: Apache-2.0
"""NumPy's values, step by step, of the expressions of expression_trees.def.

    expression_trees.py FILE COUNT

<n>/<array> are the inputs of the n-th set, of shapes that broadcast; <n>/<name> the results.
"""

import re
import sys
from pathlib import Path

import numpy as np
from answers_file import AnswersFile

TYPES = {
    "f": "float32",
    "g": "float64",
    "h": "float16",
    "i": "int32",
    "j": "int64",
    "u": "uint8",
    "b": "bool",
    "z": "complex64",
    "f2": "float32",
    "g2": "float64",
    "i2": "int32",
    "u2": "uint8",
}


def values(dtype, shape, rng):
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype == "uint8":
        return rng.integers(0, 256, shape).astype(dtype)
    if dtype.startswith("int"):
        return rng.integers(-30, 30, shape).astype(dtype)
    x = rng.normal(size=shape) * np.exp(rng.uniform(-3, 3, shape))
    return (x + 1j * rng.normal(size=shape) if dtype == "complex64" else x).astype(dtype)


def where(condition, x, y):
    """NumPy 2's where, in which Python numbers are weak."""
    if isinstance(x, (int, float)):
        x = np.asarray(x, (y.ravel()[:0] + x).dtype)
    elif isinstance(y, (int, float)):
        y = np.asarray(y, (x.ravel()[:0] + y).dtype)
    return np.where(condition, x, y)


def trees():
    text = Path(__file__).with_name("expression_trees.def").read_text()
    return re.findall(r"^CUMULUS_TREE\((\w+), (.+)\)$", text, re.MULTILINE)


def stretched(shape, rng):
    """A shape that broadcasts to the given one."""
    shape = [1 if rng.random() < 0.15 else n for n in shape]
    return shape[int(rng.integers(0, len(shape) + 1)) :] if rng.random() < 0.25 else shape


rng = np.random.default_rng(3)
with AnswersFile(sys.argv[1]) as answers:
    for n in range(int(sys.argv[2])):
        choices = [0, 1, 2, 3, 5, 8, 17] if n % 4 else [1, 3, 31, 33]
        whole = [int(k) for k in rng.choice(choices, n % 5, p=None)]
        names = {name: values(t, stretched(whole, rng), rng) for name, t in TYPES.items()}
        for name, array in names.items():
            answers.add(f"{n}/{name}", array)
        scope = {k: getattr(np, k) for k in dir(np)} | {"abs": np.absolute, "where": where} | names
        for name, expression in trees():
            with np.errstate(all="ignore"):
                answers.add(f"{n}/{name}", eval(expression, scope))
