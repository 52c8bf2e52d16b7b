# SPDX-License-Identifier: Apache-2.0
"""One program may hold several builds of the library.

Two instruction sets, two shared libraries and, where nvcc is found, a CUDA file are linked
together. Arrays pass between them, all give the same bits, and no two of them define the same loop:
otherwise the order of linking would decide which instruction set runs
(docs/decisions/0002-namespaces.md).
Oracle: the symbol tables, and the agreement of the answers with the first one.
"""

import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ROOT / "tests/exec/one_program"
CXX = os.environ.get("CXX", "g++")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def find_nvcc():
    found = shutil.which("nvcc")
    usual = pathlib.Path("/usr/local/cuda/bin/nvcc")
    return found or (str(usual) if usual.exists() else None)


def loops(library):
    """What a file defines that is a loop or reaches one, and that a linker may merge."""
    names = set()
    reaches = re.compile(r"assign|sweep|evaluate|produce|reduce|scatter|select|nonzero|elementary")
    for line in run("nm", "-C", "--defined-only", library).splitlines():
        kind, _, name = line.partition(" ")[2].partition(" ")
        if kind in "WwVvu" and reaches.search(name):
            names.add(name)
    return names


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cumulus-one-program-"))
    include = f"-I{ROOT / 'include'}"
    base = [CXX, "-std=c++20", "-O1", "-fopenmp", "-fPIC", include]
    builds = {
        "plain": [*base, "-march=x86-64"],
        "native": [*base, "-march=native"],
        "serial": [flag for flag in base if flag != "-fopenmp"],
    }
    if nvcc := find_nvcc():
        builds["device"] = [nvcc, "-x", "cu", "-std=c++20", "--extended-lambda",
                            "--expt-relaxed-constexpr", "-arch=sm_80", "-O1",
                            "-Xcompiler=-fopenmp,-fPIC", include]
    if os.uname().machine != "x86_64":
        builds["plain"].remove("-march=x86-64")

    objects = {}
    for name, compiler in builds.items():
        objects[name] = folder / f"{name}.o"
        source = folder / f"{name}.cpp"
        source.write_text(f'#include "{PARTS / "sum_of_products.inc"}"\n')
        run(*compiler, f"-DNAME=part_{name}", "-c", source, "-o", objects[name])

    for (a, object_a), (b, object_b) in itertools.combinations(objects.items(), 2):
        loops_a, loops_b = loops(object_a), loops(object_b)
        assert loops_a and loops_b, f"no loops found in {a} or {b}"
        if a == "plain" and b == "native" and "AVX" not in run(
                CXX, "-march=native", "-dM", "-E", "-x", "c++", os.devnull):
            continue
        assert not loops_a & loops_b, f"{a} and {b} define the same loops: {loops_a & loops_b}"

    # Two of them go into shared libraries, the others into the program.
    libraries = []
    for name in ("plain", "native"):
        library = folder / f"lib{name}.so"
        run(CXX, "-shared", "-fopenmp", objects.pop(name), "-o", library)
        libraries.append(library)
    parts = " ".join(f"PART(part_{name})" for name in builds)
    run(*base, f"-DPARTS={parts}", "-c", PARTS / "main.cpp", "-o", folder / "main.o")
    program = folder / "program"
    cuda = ["-lcudart_static", "-lpthread", "-ldl", "-lrt"] if nvcc else []
    if nvcc:
        cuda.insert(0, f"-L{pathlib.Path(nvcc).resolve().parents[1] / 'lib64'}")
    run(CXX, "-fopenmp", folder / "main.o", *objects.values(), *libraries,
        f"-Wl,-rpath,{folder}", "-o", program, *cuda)
    print(run(program), end="")
    shutil.rmtree(folder)


main()
