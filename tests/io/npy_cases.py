# SPDX-License-Identifier: Apache-2.0
"""`write <folder>`: .npy files of every type, byte order, version, order of axes and rank, with
index.txt naming each: `<n> <dtype> <shape or ->`; <n>.raw holds the elements in row-major order and
<n>.<target> those that astype() gives. Files of types no array has are named in foreign.txt.
`check <folder>`: compares what the library saved of every fourth file, <n>.saved and for float32
<n>.transposed and <n>.every_second, with the bytes of numpy.save, and names those that differ.
"""

import io
import sys
import warnings

import numpy as np
from numpy.lib import format as npy

INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
ALL = ["bool", *INTEGERS, "float16", "float32", "float64", "complex64", "complex128"]
SHAPES = [(), (0,), (5,), (3, 4), (2, 0, 3), (2, 3, 4), (2, 1, 3, 2), (2,) * 5, (1, 2) * 3,
          (2, 1, 2, 1, 2, 1, 3), (2, 3, 1, 2, 1, 2, 1, 2)]  # fmt: skip
TARGETS = ["bool", "int32", "float16", "float32", "float64", "complex128"]

action, folder = sys.argv[1:]


def values(dtype, shape, seed):
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        low, high = max(info.min, -30000), min(info.max, 30000)
        return np.asarray(rng.integers(low, high, shape, dtype, endpoint=True))
    x = np.asarray(rng.standard_normal(shape) * 100)
    if dtype.startswith("complex"):
        x = x + 1j * np.asarray(rng.standard_normal(shape))
    return x.astype(dtype)


def write():
    index = []
    for dtype in ALL:
        for shape in SHAPES:
            for order in "CF":
                for endian in "<>":
                    number = len(index)
                    native = values(dtype, shape, number)
                    array = np.array(native, np.dtype(dtype).newbyteorder(endian), order=order)
                    with open(f"{folder}/{number}.npy", "wb") as out, warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # versions 2 and 3 are seldom needed
                        npy.write_array(out, array, version=(1 + number % 3, 0))
                    native.tofile(f"{folder}/{number}.raw")
                    for target in TARGETS:
                        with warnings.catch_warnings():
                            warnings.simplefilter("ignore")  # an imaginary part is dropped
                            native.astype(target).tofile(f"{folder}/{number}.{target}")
                    extents = ",".join(map(str, shape)) or "-"
                    index.append(f"{number} {dtype} {extents}")
    with open(f"{folder}/index.txt", "w") as out:
        out.write("\n".join(index) + "\n")
    foreign = [
        np.array(["a", "bc"]), np.array([b"a"]), np.array(["2000-01-01"], "M8[D]"),
        np.array([1], "m8[s]"), np.array([1], np.longdouble), np.array([1], np.clongdouble),
        np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), np.array([b"xx"], "V2"),
        np.array([None, [1]], object),
    ]  # fmt: skip
    names = []
    for number, array in enumerate(foreign):
        np.save(f"{folder}/foreign{number}.npy", array)
        names.append(f"foreign{number} {npy.dtype_to_descr(array.dtype)}")
    with open(f"{folder}/foreign.txt", "w") as out:
        out.write("\n".join(names) + "\n")


def saved_bytes(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def check():
    with open(f"{folder}/index.txt") as lines:
        for line in lines:
            number, dtype, _ = line.split()
            if int(number) % 4 != 0:
                continue
            array = np.load(f"{folder}/{number}.npy")
            native = np.array(array, dtype, order="C")
            expected = {"saved": native}
            if native.ndim > 1 and dtype == "float32":
                expected["transposed"] = native.T
                expected["every_second"] = native[..., ::2]
            for name, wanted in expected.items():
                with open(f"{folder}/{number}.{name}", "rb") as file:
                    if file.read() != saved_bytes(wanted):
                        print(number, dtype, array.shape, name)


write() if action == "write" else check()
