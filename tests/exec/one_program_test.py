# SPDX-License-Identifier: Apache-2.0
"""One program may hold several builds of the library.

Two instruction sets, two shared libraries and, where nvcc is found, a CUDA file are linked
together. Arrays pass between them, all give the same bits, and no two of them define the same loop:
otherwise the order of linking would decide which instruction set runs
(docs/decisions/0002-namespaces.md). The same for what reads and writes files; there the machine
code tells a loop over elements, whatever its name is.
Oracle: the symbol tables and the machine code, and the agreement of the answers with the first one.
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


def has_avx():
    return "__AVX__" in run(CXX, "-march=native", "-dM", "-E", "-x", "c++", os.devnull)


def mergeable(library, *options):
    """The names that a file defines and that a linker may merge with those of another."""
    names = set()
    for line in run("nm", *options, "--defined-only", library).splitlines():
        kind, _, name = line.partition(" ")[2].partition(" ")
        if kind in "WwVvu":
            names.add(name)
    return names


def loops(library):
    """What a file defines that is a loop or reaches one, and that a linker may merge."""
    reaches = re.compile(r"assign|sweep|evaluate|produce|reduce|scatter|select|nonzero|elementary")
    return {name for name in mergeable(library, "-C") if reaches.search(name)}


# Work on vectors of 32 or 64 bytes. Not moves, and not what multiplies 64-bit integers, which a
# shape's product may be.
VECTOR_WORK = re.compile(r"\sv(?!mov|zero|perm|p?insert|extract|p?broadcast|pxor|xorp|punpck|"
                         r"pshufd|pmullq|pmuludq|paddq|psrlq|psllq|psrldq)\S+\s.*%[yz]mm")


def vector_loops(library, names):
    """Those of the library's functions among `names` that work on wide vectors."""
    found, current = set(), None
    for line in run("objdump", "-d", "--no-show-raw-insn", library).splitlines():
        if header := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            current = header[1]
        elif current in names and "cumulus" in current and VECTOR_WORK.search(line):
            found.add(current)
    return found


def test_files(folder, include):
    """Two instruction sets in one program that reads and writes files."""
    base = [CXX, "-std=c++20", "-O3", "-fopenmp", include]
    has_netcdf = "yes" in subprocess.run(
        [CXX, "-E", "-x", "c++", "-"], capture_output=True, text=True,
        input="#if __has_include(<netcdf.h>)\nyes\n#endif\n").stdout  # fmt: skip
    objects = {}
    for name, machine in (("plain", "x86-64"), ("native", "native")):
        objects[name] = folder / f"files_{name}.o"
        run(*base, f"-march={machine}", f"-DNAME=files_{name}", "-x", "c++", "-c",
            PARTS / "files.inc", "-o", objects[name])
    names = {build: mergeable(file) for build, file in objects.items()}
    assert any("netcdf_file" in name for name in names["native"]) == has_netcdf
    own = vector_loops(objects["native"], names["native"])
    expected = ["make_native", *(["mark_missing"] if has_netcdf else [])]
    for part in expected:
        assert any(part in name for name in own), f"no vector loop of {part} is found: {own}"
    shared = own & names["plain"]
    assert not shared, f"plain and native define the same vector loops: {shared}"
    main_object = folder / "files_main.o"
    run(*base, "-DPARTS=PART(files_plain) PART(files_native)", "-c", PARTS / "files_main.cpp", "-o",
        main_object)
    program = folder / "files"
    run(CXX, "-fopenmp", main_object, *objects.values(), "-o", program,
        *(["-lnetcdf"] if has_netcdf else []))
    print(run(program, f"{folder}/"), end="")


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
        if a == "plain" and b == "native" and not has_avx():
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
    if has_avx() and shutil.which("objdump"):
        test_files(folder, include)
    shutil.rmtree(folder)


main()
