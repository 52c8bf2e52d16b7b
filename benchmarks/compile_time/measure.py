# SPDX-License-Identifier: Apache-2.0
"""Seconds, peak memory and object size of compiling the sources beside this file.

    python3 benchmarks/compile_time/measure.py [--runs N] [--arch sm_90]

Prints a Markdown table: the best of N runs (default 2) with g++ -O2 and, where nvcc is found,
nvcc -O3. Nothing is cached. Peak memory is that of the largest process of a compilation.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
SPACE = "-DCUMULUS_BENCHMARK_SPACE"
SOURCES = ["include_only.cpp", "ten_expressions.cpp"]


def find_nvcc():
    found = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    return found if os.access(found, os.X_OK) else None


def compilers(arch):
    """(name, command) of each compiler that is here."""
    cxx = os.environ.get("CXX", "g++")
    shared = ["-std=c++20", f"-I{INCLUDE}"]
    found = [
        (
            f"{Path(cxx).name} -O2",
            [cxx, *shared, "-O2", "-march=native", "-fopenmp", f"{SPACE}=cm::host"],
        )
    ]
    nvcc = find_nvcc()
    if nvcc:
        flags = ["-O3", f"-arch={arch}", "--extended-lambda", "--expt-relaxed-constexpr"]
        flags += ["-Xcompiler=-march=native,-fopenmp", "-x", "cu"]
        flags += ["-DCUMULUS_DEFAULT_SPACE=cuda", f"{SPACE}=cm::cuda"]
        found.append((f"nvcc -O3 -arch={arch}", [nvcc, *shared, *flags]))
    return found


def compile_once(command):
    """(seconds, peak MB) of one compilation, measured in a child that waits for nothing else."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--arch", default="sm_90")
    options = parser.parse_args()
    print("| source | compiler | s | MB | object KB |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.o"
        for source in SOURCES:
            for name, command in compilers(options.arch):
                full = [*command, "-c", str(HERE / source), "-o", str(target)]
                runs = [compile_once(full) for _ in range(options.runs)]
                seconds = min(run[0] for run in runs)
                memory = max(run[1] for run in runs)
                size = target.stat().st_size / 1024
                row = f"| {source} | {name} | {seconds:.2f} | {memory:.0f} | {size:.0f} |"
                print(row, flush=True)


if __name__ == "__main__":
    main()
