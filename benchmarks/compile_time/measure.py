# SPDX-License-Identifier: Apache-2.0
"""Seconds, peak memory and object size of compiling the sources beside this file.

    python3 benchmarks/compile_time/measure.py [--runs N] [--arch sm_90] [--check] [--compiler g++]

Prints a Markdown table: the best of N runs (default 2) with g++ -O2 and, where nvcc is found,
nvcc -O3; the peers xtensor and Eigen with g++ where they are found. Nothing is cached. Peak memory
is that of the largest process of a compilation. With --check the exit status is 1 when something
is past its budget by more than 30 %.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
SPACE = "-DCUMULUS_BENCHMARK_SPACE"
SOURCES = ["include_only.cpp", "ten_expressions.cpp", "more_expressions.cpp"]
FURTHER_STATEMENTS = 4  # of more_expressions.cpp
PEERS = {"xtensor.cpp": ("xtensor/xarray.hpp", []), "eigen.cpp": ("Eigen/Dense", ["eigen3"])}
TOLERANCE = 1.3
# (source, compiler): (seconds, MB, KB of object); None: no budget.
BUDGETS = {
    ("include_only.cpp", "g++"): (1.1, None, None),
    ("ten_expressions.cpp", "g++"): (4.0, 500, 1024),
    ("include_only.cpp", "nvcc"): (4.0, None, None),
    ("ten_expressions.cpp", "nvcc"): (10.0, 700, 1024),
    ("a further statement", "nvcc"): (0.45, None, None),
}


@dataclass
class Compiler:
    kind: str  # of the budget: g++ or nvcc
    title: str
    command: list


def find_nvcc():
    found = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    return found if os.access(found, os.X_OK) else None


def compilers(arch):
    """Those that are here."""
    cxx = os.environ.get("CXX", "g++")
    shared = ["-std=c++20", f"-I{INCLUDE}"]
    flags = ["-O2", "-march=native", "-fopenmp", f"{SPACE}=cm::host"]
    found = [Compiler("g++", f"{Path(cxx).name} -O2", [cxx, *shared, *flags])]
    nvcc = find_nvcc()
    if nvcc:
        flags = ["-O3", f"-arch={arch}", "--extended-lambda", "--expt-relaxed-constexpr"]
        flags += ["-Xcompiler=-march=native,-fopenmp", "-x", "cu"]
        flags += ["-DCUMULUS_DEFAULT_SPACE=cuda", f"{SPACE}=cm::cuda"]
        found.append(Compiler("nvcc", f"nvcc -O3 -arch={arch}", [nvcc, *shared, *flags]))
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


def measured(source, command, target, runs):
    """(seconds, MB, KB) of the best of so many runs."""
    full = [*command, "-c", str(HERE / source), "-o", str(target)]
    figures = [compile_once(full) for _ in range(runs)]
    seconds = min(run[0] for run in figures)
    return seconds, max(run[1] for run in figures), target.stat().st_size / 1024


def peer_flags(header, folders):
    """Compiler options with which a header is found, or None."""
    roots = ("/usr/include", "/usr/local/include")
    flags = [f"-I{root}/{name}" for name in folders for root in roots]
    test = ["g++", "-std=c++20", *flags, "-E", "-x", "c++", "-", "-o", os.devnull]
    text = f"#if !__has_include(<{header}>)\n#error missing\n#endif\n"
    found = subprocess.run(test, input=text, text=True, capture_output=True).returncode == 0
    return flags if found else None


def past_budget(source, kind, figures):
    """What is past its budget, in words."""
    units = ("s", "MB", "KB of object")
    for figure, budget, unit in zip(figures, BUDGETS.get((source, kind), ()), units):
        if budget is not None and figure is not None and figure > TOLERANCE * budget:
            yield f"{source} with {kind}: {figure:.2f} {unit}, the budget is {budget}"


def show(source, title, figures):
    cells = ["–" if x is None else f"{x:{form}}" for x, form in zip(figures, (".2f", ".0f", ".0f"))]
    print(f"| {source} | {title} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("--check", action="store_true", help="fail past the budget")
    parser.add_argument("--compiler", choices=["g++", "nvcc"], help="only this one")
    options = parser.parse_args()
    problems = []
    print("| source | compiler | s | MB | object KB |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.o"
        for compiler in compilers(options.arch):
            if options.compiler not in (None, compiler.kind):
                continue
            found = {}
            for source in SOURCES:
                found[source] = measured(source, compiler.command, target, options.runs)
                show(source, compiler.title, found[source])
            further = found["more_expressions.cpp"][0] - found["ten_expressions.cpp"][0]
            found["a further statement"] = (further / FURTHER_STATEMENTS, None, None)
            show("a further statement", compiler.title, found["a further statement"])
            for source, figures in found.items():
                problems += past_budget(source, compiler.kind, figures)
        for source, (header, folders) in PEERS.items():
            flags = peer_flags(header, folders)
            if options.compiler == "nvcc":
                continue
            if flags is None:
                print(f"{source} is left out: <{header}> is not found")
                continue
            command = ["g++", "-std=c++20", "-O2", "-march=native", *flags]
            show(source, "g++ -O2", measured(source, command, target, options.runs))
    for problem in problems:
        print("past the budget:", problem)
    sys.exit(1 if options.check and problems else 0)


if __name__ == "__main__":
    main()
