#SPDX - License - Identifier : Apache - 2.0
"""Inputs for every row of expr/elementwise.def and NumPy's answers to them.

    elementwise_answers.py FILE DTYPE...

For each dtype: in/<dtype>/<domain> (unary), in/<dtype>/<domain>/x and /y (binary),
<function>/<dtype>, or rejected/<function>/<dtype> where NumPy raises a TypeError. Functions of the
maths library are computed in the next wider type and rounded once, so that a distance in units in
the last place is one from the true value. Run with NPY_PROMOTION_STATE=weak before NumPy 2.
"""

import re
import sys
from pathlib import Path

import numpy as np
from answers_file import AnswersFile, as_bfloat16, from_bfloat16

NUMPY_NAMES = {
    "pow": "power",
    "abs": "absolute",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "round": "rint",
}
LIBRARY = set(
    "pow hypot exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 "
    "sinh cosh tanh asinh acosh atanh".split()
)
WIDER = {
    "float16": np.float32,
    "float32": np.float64,
    "float64": np.longdouble,
    "complex64": np.complex128,
    "complex128": np.clongdouble,
}


def table():
    text = (
        Path(__file__).parents[2] / "include/cumulus/expr/elementwise.def"
    ).read_text()
    text = "\n".join(
        line for line in text.splitlines() if not line.startswith(("//", "#"))
    )
    row = re.compile(
        r"CUMULUS_(UNARY|BINARY)\((\w+), (\w+), (\w+), (.+?), (\w+),\s+\"", re.DOTALL
    )
    rows = [(m[2], m[1], m[6]) for m in row.finditer(text)]
    assert len(rows) == text.count("CUMULUS_UNARY(") + text.count("CUMULUS_BINARY(")
    return rows


def real_inputs(dtype, domain, n, rng):
    f = np.finfo(dtype)
    special = [np.nan, np.inf, -np.inf, 0.0, -0.0, f.tiny, -f.tiny, f.max, -f.max, 1, -1, 0.5]
    special += [2.5, 2, -3, f.smallest_subnormal]
    if domain == "unit":
        rest = rng.uniform(-1, 1, n)
    elif domain == "above_one":
        rest = 1 + np.exp(rng.uniform(-8, 8, n))
    elif domain == "small":
        rest = rng.uniform(-20, 20, n)
    elif domain == "positive":
        rest = np.exp(rng.uniform(-9, 9, n))
    else:
        rest = rng.normal(size=n) * np.exp(rng.uniform(-9, 9, n))
        rest[: n // 4] = rng.integers(-20, 20, n // 4) / 2
    return np.array(special, dtype), rest.astype(dtype)


def integer_inputs(dtype, n, rng):
    i = np.iinfo(dtype)
    special = [i.min, i.min + 1, 0, 1, 2, 3, 7, i.bits - 1, i.bits, i.bits + 1, i.max - 1, i.max]
    special += [i.max // 2 + 1] + ([-1, -2, -7, i.min // 2] if i.min < 0 else [10, 100])
    rest = rng.integers(i.min, i.max, n, dtype, endpoint=True)
    rest[: n // 2] = rng.integers(0 if i.min == 0 else -9, 10, n // 2)
    return np.array(special, dtype), rest


def inputs(dtype, domain, n, rng):
    """Special values and random ones."""
    if dtype == bool:
        return np.array([False, True]), rng.integers(0, 2, n).astype(bool)
    if dtype.kind in "iu":
        return integer_inputs(dtype, n, rng)
    if dtype.kind == "f":
        return real_inputs(dtype, domain, n, rng)
    part = np.zeros(0, dtype).real.dtype
    special, re_rest = real_inputs(part, domain, n, rng)
    im_rest = real_inputs(part, domain, n, rng)[1]
    grid = np.array([complex(0, 0)] * special.size**2, dtype)
    grid.real, grid.imag = np.repeat(special, special.size), np.tile(special, special.size)
    rest = np.zeros(n, dtype)
    rest.real, rest.imag = re_rest, im_rest
    return grid, rest


def binary_inputs(name, dtype, domain, rng):
    sx, rx = inputs(dtype, domain, 233, rng)
    sy, ry = inputs(dtype, "small" if name == "pow" else domain, 233, rng)
    if dtype.kind == "c":
        sx, sy = sx[::7], sy[::5]
    x = np.concatenate([np.repeat(sx, sy.size), rx])
    y = np.concatenate([np.tile(sy, sx.size), ry])
    if name == "pow" and dtype.kind in "iu":
        y[y < 0] = 3  # NumPy raises
    return x, y


def complex_multiply(x, y):
    """NumPy's scalar loop; its AVX512 loop contracts to fused multiply-adds."""
    z = np.zeros(x.shape, x.dtype)
    z.real = x.real * y.real - x.imag * y.imag
    z.imag = x.real * y.imag + x.imag * y.real
    return z


def complex_sign(z):
    """NumPy 2's z / |z|."""
    size = np.hypot(z.real, z.imag)
    result = np.zeros(z.shape, z.dtype)
    result.real = np.where(size == 0, 0, z.real / size)
    result.imag = np.where(size == 0, 0, z.imag / size)
    return result


def call(name, args):
    kind = args[0].dtype.kind
    if name in ("real", "imag"):
        return getattr(np, name)(args[0])
    if kind in "biu" and name in ("floor", "ceil", "trunc", "round"):
        return args[0]  # since NumPy 2.1; before, integers became float64
    if kind == "c" and name in ("multiply", "square"):
        return complex_multiply(args[0], args[-1])
    if kind == "c" and name == "sign":
        return complex_sign(args[0])
    if kind in "iu" and name == "reciprocal":
        np.reciprocal(args[0])
#NumPy : undefined at 0; here 0, as integer division gives.
        return np.where(abs(args[0]) == 1, args[0], 0).astype(args[0].dtype)
    return getattr(np, NUMPY_NAMES.get(name, name))(*args)


def answer(name, args):
    if name == "abs" and args[0].dtype.kind == "c" or name in LIBRARY:
        dtype = call(name, [a[:1] for a in args]).dtype
        if dtype.name in WIDER:
            wide = WIDER[dtype.name]
            if args[0].dtype.kind == "c":
                wide = WIDER[args[0].dtype.name]
            else:
                args = [a.astype(dtype) for a in args]  # an int64 has more digits
            return call(name, [a.astype(wide) for a in args]).astype(dtype)
    return call(name, args)


def write(file, dtype_name):
    rng = np.random.default_rng(len(dtype_name))
    half = dtype_name == "bfloat16"
    dtype = np.dtype(np.float32 if half else dtype_name)

    def add(key, values):
        if half and values.dtype == np.float32:
            file.add(key, as_bfloat16(values), "bfloat16")
        else:
            file.add(key, values)

    def made(x):
        return from_bfloat16(as_bfloat16(x)) if half else x

    for name, arity, domain in table():
        if arity == "UNARY":
            args = [made(np.concatenate(inputs(dtype, domain, 999, rng)))]
        else:
            args = [made(a) for a in binary_inputs(name, dtype, domain, rng)]
        try:
            with np.errstate(all="ignore"):
                result = answer(name, args)
        except TypeError:
            file.add(f"rejected/{name}/{dtype_name}", np.zeros(0))
            continue
        for key, values in zip(("x", "y"), args):
            add(f"{key}/{name}/{dtype_name}", values)
        add(f"{name}/{dtype_name}", result)


with AnswersFile(sys.argv[1]) as answers:
    for given in sys.argv[2:]:
        write(answers, given)
