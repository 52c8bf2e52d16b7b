# SPDX-License-Identifier: Apache-2.0
"""Seconds, peak memory and object size of compiling the sources beside this file.

    python3 benchmarks/compile_time/measure.py [--runs N] [--arch sm_90] [--check] [--compiler g++]

Prints a Markdown table: the best of N runs (default 2) with g++ -O2 and, where nvcc is found,
nvcc -O3; the peers xtensor and Eigen with g++ where they are found. Seconds are those of the
processor, which other work beside disturbs least. Nothing is cached. Peak memory is that of the
largest process of a compilation. With --check the exit status is 1 when something is past its
budget by more than 30 %; budgets are those of a machine that compiles reference.cpp, which is
the standard library alone, in REFERENCE_SECONDS, and grow with what it takes here.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
SPACE = "-DCUMULUS_BENCHMARK_SPACE"
SOURCES = ["include_only.cpp", "ten_expressions.cpp", "more_expressions.cpp"]
FURTHER_STATEMENTS = 4  # of more_expressions.cpp
REFERENCE_SECONDS = 5.0  # where Eigen's file takes 3.7
PEERS = {"xtensor.cpp": ("xtensor/xarray.hpp", []), "eigen.cpp": ("Eigen/Dense", ["eigen3"])}
TOLERANCE = 1.3
MOST_ROUNDS = 6
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
    """(seconds, peak MB) of one compilation."""
    process = subprocess.Popen(command, env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


@dataclass
class Job:
    """A source, compiled again and again: the best time, and the last one."""

    source: str
    title: str
    command: list
    kind: str = ""  # of the budget
    seconds: float = float("inf")
    last: float = 0.0
    megabytes: float = 0.0
    kilobytes: float = 0.0  # of the object

    def run(self, target):
        seconds, megabytes = compile_once(
            [*self.command, "-c", str(HERE / self.source), "-o", str(target)]
        )
        self.seconds = min(self.seconds, seconds)
        self.last = seconds
        self.megabytes = max(self.megabytes, megabytes)
        self.kilobytes = target.stat().st_size / 1024

    def figures(self):
        return self.seconds, self.megabytes, self.kilobytes


def peer_flags(header, folders):
    """Compiler options with which a header is found, or None."""
    roots = ("/usr/include", "/usr/local/include")
    flags = [f"-I{root}/{name}" for name in folders for root in roots]
    test = ["g++", "-std=c++20", *flags, "-E", "-x", "c++", "-", "-o", os.devnull]
    text = f"#if !__has_include(<{header}>)\n#error missing\n#endif\n"
    found = subprocess.run(test, input=text, text=True, capture_output=True).returncode == 0
    return flags if found else None


def past_budget(source, kind, figures, slowness):
    """What is past its budget, in words."""
    units = ("s", "MB", "KB of object")
    for figure, budget, unit in zip(figures, BUDGETS.get((source, kind), ()), units):
        if budget is not None:
            here = budget * slowness if unit == "s" else budget
            if figure > TOLERANCE * here:
                yield f"{source} with {kind}: {figure:.2f} {unit}, the budget here is {here:.2f}"


def show(source, title, figures):
    cells = [f"{x:{form}}" for x, form in zip(figures, (".2f", ".0f", ".0f"))]
    cells += ["–"] * (3 - len(cells))
    print(f"| {source} | {title} | " + " | ".join(cells) + " |", flush=True)


REFERENCE = Job("reference.cpp", "g++ -O2", ["g++", "-std=c++20", "-O2", "-march=native"])


def jobs_of(options):
    """What is compiled in a round."""
    jobs = [REFERENCE] if options.check else []
    for compiler in compilers(options.arch):
        if options.compiler in (None, compiler.kind):
            for source in SOURCES:
                jobs.append(Job(source, compiler.title, compiler.command, compiler.kind))
    for source, (header, folders) in PEERS.items():
        flags = peer_flags(header, folders)
        if options.check or options.compiler == "nvcc":
            continue
        if flags is None:
            print(f"{source} is left out: <{header}> is not found")
        else:
            command = ["g++", "-std=c++20", "-O2", "-march=native", *flags]
            jobs.append(Job(source, "g++ -O2", command))
    return jobs


def further_statements(jobs, seconds):
    """(compiler's kind, title, figures) of one more statement, for each compiler."""
    for job in jobs:
        if job.source == "more_expressions.cpp":
            ten = next(x for x in jobs if x.source == "ten_expressions.cpp" and x.kind == job.kind)
            yield job.kind, job.title, ((seconds(job) - seconds(ten)) / FURTHER_STATEMENTS,)


def problems_of(jobs):
    """What was past its budget in the last round, in words: only what was compiled right after the
    reference can be compared with it."""
    slowness = REFERENCE.last / REFERENCE_SECONDS
    for job in jobs:
        figures = (job.last, job.megabytes, job.kilobytes)
        yield from past_budget(job.source, job.kind, figures, slowness)
    for kind, _, figures in further_statements(jobs, lambda job: job.last):
        yield from past_budget("a further statement", kind, figures, slowness)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2, help="rounds, without --check")
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("--check", action="store_true", help="fail past the budget")
    parser.add_argument("--compiler", choices=["g++", "nvcc"], help="only this one")
    options = parser.parse_args()
    jobs = jobs_of(options)
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        # The speed of a shared machine changes from source to source: one good round is enough.
        for k in range(MOST_ROUNDS if options.check else options.runs):
            for job in jobs:
                job.run(Path(folder) / "out.o")
            problems = list(problems_of(jobs)) if options.check else []
            if options.check and not problems:
                break
    print("| source | compiler | s | MB | object KB |")
    print("|---|---|---|---|---|")
    for job in jobs:
        show(job.source, job.title, job.figures())
    for _, title, figures in further_statements(jobs, lambda job: job.seconds):
        show("a further statement", title, figures)
    for problem in problems:
        print("past the budget:", problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
