# SPDX-License-Identifier: Apache-2.0
"""A CUDA toolkit that is too old is refused with its version, in a source tree and by find_package.

The toolkits are made here: an nvcc that says its version and nothing else.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
{use}
if(TARGET cumulus::cuda)
  message(STATUS "found it")
endif()
"""
SUBDIRECTORY = f"""
set(CUMULUS_INCLUDE_DIR "{ROOT}/include")
set(CUMULUS_TARGET_SCOPE GLOBAL)
include("{ROOT}/cmake/cumulus_targets.cmake")
cumulus_add_component(cuda)
message(STATUS "reason: ${{cumulus_cuda_REASON}}")
"""


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode, " ".join((result.stdout + result.stderr).split())


def make_toolkit(folder, version):
    for name in ("bin", "include", "lib64"):
        (folder / name).mkdir(parents=True)
    nvcc = folder / "bin/nvcc"
    major, minor, _ = version.split(".")
    nvcc.write_text(
        "#!/bin/sh\n"
        f'echo "Cuda compilation tools, release {major}.{minor}, V{version}"\n'
        f'echo "#$ TOP={folder}" >&2\n'
    )
    nvcc.chmod(0o755)
    (folder / "include/cuda_runtime.h").write_text("")
    (folder / "lib64/libcudart.so").write_text("")
    (folder / "lib64/libnvToolsExt.so").write_text("")  # CMake wants it of an old toolkit
    return folder


def main():
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="cumulus-toolkit-"))
    os.environ.setdefault("CMAKE_GENERATOR", "Ninja")

    def configure(name, use, *options):
        source = scratch / name
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT.format(use=use))
        return run("cmake", "-S", source, "-B", source / "build", *options)

    status, output = run(
        "cmake", "-S", ROOT, "-B", scratch / "cumulus", "-DCUMULUS_BUILD_TESTS=OFF",
        "-DCUMULUS_BUILD_EXAMPLES=OFF", f"-DCMAKE_INSTALL_PREFIX={scratch}/prefix",
    )  # fmt: skip
    assert status == 0, output
    status, output = run("cmake", "--install", scratch / "cumulus")
    assert status == 0, output

    for version in ("11.8.89", "12.3.107", "12.4.99", "13.0.48"):
        recent = version >= "12.4"
        toolkit = make_toolkit(scratch / f"cuda-{version}", version)
        options = (f"-DCUDAToolkit_ROOT={toolkit}", f"-DCMAKE_PREFIX_PATH={scratch}/prefix")
        refused = f"must be 12.4 or newer, but {toolkit}/bin has {version}"

        status, output = configure(f"tree-{version}", SUBDIRECTORY, *options)
        assert status == 0, output
        assert ("found it" in output) == recent, output
        assert (refused in output) == (not recent), output

        use = "find_package(cumulus REQUIRED COMPONENTS cuda)"
        status, output = configure(f"package-{version}", use, *options)
        assert (status == 0) == recent, output
        assert ("found it" in output) == recent, output
        assert (f"component cuda: the CUDA toolkit {refused}" in output) == (not recent), output

        use = "find_package(cumulus REQUIRED OPTIONAL_COMPONENTS cuda)"
        status, output = configure(f"optional-{version}", use, *options)
        assert status == 0, output
        assert ("found it" in output) == recent, output

    shutil.rmtree(scratch)


if shutil.which("cmake") is None:
    sys.exit(77)
main()
