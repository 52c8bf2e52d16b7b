# SPDX-License-Identifier: Apache-2.0
"""A process has one pool, one slot for each memory resource, one current stream per thread.

A program, a shared library and a plugin, all built with -fvisibility=hidden, compare where they
find them. Where nvcc is found, what it compiles must export them too.
Oracle: the addresses, and the symbol table.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ROOT / "tests/memory/shared_libraries"
CXX = os.environ.get("CXX", "g++")
HIDDEN = ["-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden"]
# The variables behind the functions, as nm spells them.
SHARED = ["host_resource_slot()::slot", "cuda_resource_slot()::slot", "cuda_pool()::pool",
          "default_stream(int)::of_device", "record_of_device(int)::records",
          "scoped_stream()::scoped", "work_in_capture()::work"]


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def find_nvcc():
    found = shutil.which("nvcc")
    usual = pathlib.Path("/usr/local/cuda/bin/nvcc")
    return found or (str(usual) if usual.exists() else None)


def check_nvcc(nvcc, folder, source):
    """What nvcc compiles has the variables in its dynamic symbol table."""
    run(nvcc, "-x", "cu", "-std=c++20", "--extended-lambda", "--expt-relaxed-constexpr",
        "-arch=sm_80", "-O0", f"-Xcompiler={','.join(HIDDEN)}", f"-I{ROOT / 'include'}",
        "-DNAME=in_device", "-c", source, "-o", folder / "device.o")
    run(CXX, "-shared", folder / "device.o", "-o", folder / "libdevice.so")
    exported = run("nm", "-DC", "--defined-only", folder / "libdevice.so")
    hidden = [name for name in SHARED if f"::{name}" not in exported]
    assert not hidden, f"nvcc hides {hidden}"


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cumulus-shared-libraries-"))
    # A runtime of the tests' own, so that no toolkit is needed.
    compiler = [CXX, "-std=c++20", "-O1", *HIDDEN, f"-I{ROOT / 'tests/memory/stand_in_runtime'}",
                f"-I{ROOT / 'include'}", "-DCUMULUS_DEFAULT_SPACE=host"]
    source = folder / "part.cpp"
    source.write_text(f'#include "{PARTS / "what_is_shared.inc"}"\n')
    for name in ("linked", "plugin"):
        run(*compiler, f"-DNAME=in_{name}", "-shared", source, "-o", folder / f"lib{name}.so")
    run(*compiler, "-DNAME=in_program", source, PARTS / "main.cpp", folder / "liblinked.so",
        f"-Wl,-rpath,{folder}", "-ldl", "-lpthread", "-o", folder / "program")
    print(run(folder / "program", folder / "libplugin.so"), end="")
    if nvcc := find_nvcc():
        check_nvcc(nvcc, folder, source)
    shutil.rmtree(folder)


main()
