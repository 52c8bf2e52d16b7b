# SPDX-License-Identifier: Apache-2.0
"""Writes named arrays to one file that tests/answers_file.hpp reads.

A record is: length and text of the name, length and text of NumPy's dtype name, the rank, the
extents, the number of bytes, and the elements in row-major order. Numbers are little-endian int64.
"""

import struct

import numpy as np


def as_bfloat16(x):
    """The bits of float32 or float64 values rounded once, half to even, to bfloat16."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        mantissa, exponent = np.frexp(x)
        # 8 significant bits; below 2^-126 the unit stays at 2^-133.
        unit = np.maximum(exponent - 8, -133)
        rounded = np.ldexp(np.rint(np.ldexp(x, -unit)), unit)
        rounded = np.where(np.isfinite(x), rounded, x).astype(np.float32)
    return (rounded.view(np.uint32) >> 16).astype(np.uint16)


def from_bfloat16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


class AnswersFile:
    def __init__(self, path):
        self.file = open(path, "wb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def text(self, text):
        raw = text.encode()
        self.file.write(struct.pack("<q", len(raw)) + raw)

    def add(self, name, array, dtype=None):
        """dtype names what NumPy has no type for: bfloat16, given as the bits in uint16."""
        array = np.asarray(array, order="C")
        self.text(name)
        self.text(dtype or array.dtype.name)
        self.file.write(struct.pack(f"<{array.ndim + 1}q", array.ndim, *array.shape))
        raw = array.tobytes()
        self.file.write(struct.pack("<q", len(raw)) + raw)
