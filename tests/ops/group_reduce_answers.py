# SPDX-License-Identifier: Apache-2.0
"""Reductions over groups by NumPy loops.

    group_reduce_answers.py FILE DTYPE

x, labels/<axis>, and <function>/<axis>/<set>: set "full" has the four groups that have members,
"gap" a fifth without any. error/<...> is where NumPy raises a ValueError.
"""

import sys
import warnings

import numpy as np
from answers_file import AnswersFile
from reduction_answers import NUMPY_NAMES, table

POSITIONS = ("argmin", "argmax", "nanargmin", "nanargmax")


def of_group(fn, x, axis, members):
    y = np.take(x, members, axis=axis)
    if fn == "count_valid":
        return np.full(np.delete(y.shape, axis), len(members), np.int64)
    if fn == "count_nonzero":
        return np.count_nonzero(y, axis=axis).astype(np.int64)
    f = getattr(np, NUMPY_NAMES.get(fn, fn))
    if fn in POSITIONS:
        return members[f(y, axis=axis)]
    result = f(y, axis=axis)
    if y.dtype.kind == "f" and result.dtype == y.dtype:
        return f(y.astype(np.longdouble), axis=axis).astype(y.dtype)
    return result


def main(path, dtype):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(23, 31, 40)) * 3
    if dtype.startswith("float"):
        x[rng.random(x.shape) < 0.05] = np.nan
    x = x.astype(dtype)
    with AnswersFile(path) as file:
        file.add("x", x)
        for axis in range(3):
            labels = rng.integers(-1, 4, x.shape[axis])
            file.add(f"labels/{axis}", labels)
            for fn, _, _, _ in table():
                for name, groups in (("full", 4), ("gap", 5)):
                    key = f"{fn}/{axis}/{name}"
                    try:
                        parts = [of_group(fn, x, axis, np.flatnonzero(labels == g))
                                 for g in range(groups)]
                    except ValueError:
                        file.add("error/" + key, np.zeros(0))
                        continue
                    file.add(key, np.stack(parts, axis=axis))


warnings.simplefilter("ignore")
if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
