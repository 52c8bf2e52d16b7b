# SPDX-License-Identifier: Apache-2.0
"""The programs in README.md compile without a warning and run.

Oracle: the compiler, and for the program's output NumPy run on the same formula.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
CXX = os.environ.get("CXX", "g++")


def programs():
    for block in re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), re.S):
        if "int main" in block:
            yield block


def output_of(program, folder):
    source = folder / "program.cpp"
    source.write_text(program)
    command = [CXX, "-std=c++20", "-O1", "-fopenmp", "-Wall", "-Wextra", "-Werror",
               f"-I{ROOT / 'include'}", source, "-o", folder / "program"]
    if "clang" in CXX:
        command.remove("-fopenmp")
    subprocess.run(command, check=True)
    return subprocess.run([folder / "program"], check=True, capture_output=True, text=True).stdout


def expected():
    """The first program in NumPy, in float32 with means and deviations taken in float64."""
    t = (280 + np.arange(24 * 4 * 8, dtype=np.float32).reshape(24, 4, 8) / np.float32(100))
    month = np.arange(24) % 12
    clim = np.stack([t[month == m].mean(axis=0, dtype=np.float64) for m in range(12)])
    anomaly = t - clim.astype(np.float32)[month]
    deviation = t.std(axis=0, ddof=1, keepdims=True, dtype=np.float64).astype(np.float32)
    z = anomaly / deviation
    z[:, ::2, 0] += 1
    z[np.isnan(z)] = 0
    return z.mean(axis=(1, 2), dtype=np.float64)


def main():
    found = list(programs())
    assert len(found) == 1, f"expected one program in README.md, got {len(found)}"
    with tempfile.TemporaryDirectory() as folder:
        text = output_of(found[0], pathlib.Path(folder))
    numbers = [float(x) for x in re.findall(r"[-+0-9.e]+", text)]
    # Printed with 8 digits after the point, as NumPy prints float32.
    np.testing.assert_allclose(numbers, expected(), rtol=0, atol=2e-7)
    print("README.md:", len(numbers), "numbers agree with NumPy")


sys.exit(main())
