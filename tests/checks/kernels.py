# SPDX-License-Identifier: Apache-2.0
"""What the compiler made of the kernels in kernels.cu, without a GPU.

    kernels.py NVCC [-- FLAG...]

Contiguous kernels load and store 16 bytes at once, no kernel keeps variables in local memory or
spills, and none takes more registers than its ceiling. Where cuobjdump and nvdisasm are installed
the machine code is looked at too.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE_ROOT = HERE.parent.parent
ARCHITECTURES = ("sm_80", "sm_90")
# Part of a kernel's mangled name, and the most registers that leave four, three or two blocks of
# 256 threads on a multiprocessor.
CEILINGS = (
    (("contiguous_body", "map", "ten_inputs"), 128),
    (("contiguous_body",), 64),
    (("rows_body", "ten_inputs"), 128),
    (("rows_body",), 64),
    (("general_body", "ten_inputs"), 128),
    (("general_body",), 64),
    (("merge_body",), 64),
    (("tile_body",), 85),
)
# What a contiguous kernel of each element type must hold (in PTX, as nvcc writes it).
WIDE_LOAD = re.compile(r"\bld\.global(?:\.\w+)*\.(?:v4\.[fub]32|v2\.[fub]64)\b")
WIDE_STORE = re.compile(r"\bst\.global(?:\.\w+)*\.(?:v4\.[fub]32|v2\.[fub]64)\b")
LOCAL = re.compile(r"\b(?:ld|st)\.local\b|\.local \.align")


def kernels_of_ptx(text):
    """Name and body of each kernel of a PTX file."""
    for match in re.finditer(r"\.entry (\w+)\(", text):
        end = text.find("\n}\n", match.start())
        yield match[1], text[match.start() : end]


def kernels_of_report(text):
    """Name, stack bytes, spilled bytes and registers of each kernel in ptxas' report."""
    pattern = re.compile(
        r"Compiling entry function '(\w+)'.*?(\d+) bytes stack frame, (\d+) bytes spill stores, "
        r"(\d+) bytes spill loads.*?Used (\d+) registers",
        re.DOTALL,
    )
    for match in pattern.finditer(text):
        yield match[1], int(match[2]), int(match[3]) + int(match[4]), int(match[5])


def ceiling_of(name):
    """The most registers that a kernel may take; None for one that no rule names."""
    for parts, ceiling in CEILINGS:
        if all(part in name for part in parts):
            return ceiling
    return None


def ptx_problems(text):
    """What is wrong with the kernels of a PTX file."""
    found = []
    contiguous = 0
    for name, body in kernels_of_ptx(text):
        if LOCAL.search(body):
            found.append(f"{name}: local memory")
        if "contiguous_body" in name:
            contiguous += 1
            if not WIDE_LOAD.search(body):
                found.append(f"{name}: no load of 16 bytes")
            if not WIDE_STORE.search(body):
                found.append(f"{name}: no store of 16 bytes")
    if contiguous < 4:
        found.append(f"expected at least 4 contiguous kernels, found {contiguous}")
    return found


def report_problems(text):
    """What is wrong with the kernels of a report of ptxas."""
    found = []
    kernels = list(kernels_of_report(text))
    for name, stack, spilled, registers in kernels:
        ceiling = ceiling_of(name)
        if stack != 0 or spilled != 0:
            found.append(f"{name}: {stack} bytes of stack, {spilled} bytes spilled")
        if ceiling is None:
            found.append(f"{name}: no ceiling is set for this kernel")
        elif registers > ceiling:
            found.append(f"{name}: {registers} registers, at most {ceiling} expected")
    if len(kernels) < 12:
        found.append(f"expected at least 12 kernels, found {len(kernels)}")
    return found


def machine_code_problems(cuobjdump, binary):
    """What is wrong with the machine code of the contiguous kernels."""
    text = subprocess.run(
        [cuobjdump, "-sass", binary], capture_output=True, text=True, check=True
    ).stdout
    found = []
    for function in text.split("Function : ")[1:]:
        name = function.split()[0]
        if "contiguous_body" in name:
            for instruction in ("LDG.E.128", "STG.E.128"):
                if instruction not in function:
                    found.append(f"{name}: no {instruction}")
        for instruction in ("LDL", "STL"):
            if re.search(rf"\b{instruction}\b", function):
                found.append(f"{name}: {instruction}, local memory")
    return found


def self_test():
    """The rules find what they are for in made-up compiler output."""
    good = ".visible .entry kcontiguous_body(\n ld.global.v4.f32 st.global.wb.v4.u32\n}\n"
    assert ptx_problems(good * 4) == []
    bad = good.replace("ld.global.v4.f32", "ld.global.f32 ld.local.f32")
    assert len(ptx_problems(good * 3 + bad)) == 2, ptx_problems(good * 3 + bad)
    report = (
        "ptxas info : Compiling entry function 'kcontiguous_body' for 'sm_90'\n"
        " 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
        "ptxas info : Used 64 registers, used 0 barriers\n"
    )
    assert report_problems(report * 12) == []
    assert len(report_problems(report.replace("64", "65") * 12)) == 12
    spilling = report.replace("0 bytes spill loads", "8 bytes spill loads")
    assert len(report_problems(spilling * 12)) == 12
    assert len(report_problems(report.replace("contiguous", "other") * 12)) == 12


def main():
    arguments = sys.argv[1:]
    if "--self-test" in arguments:
        return self_test()
    nvcc = shutil.which(arguments[0]) if arguments else None
    if nvcc is None:
        sys.exit(f"usage: {sys.argv[0]} NVCC [-- FLAG...]")
    flags = arguments[2:]
    tools = f"{Path(nvcc).parent}:/usr/local/cuda/bin"
    cuobjdump, nvdisasm = (shutil.which(name, path=tools) for name in ("cuobjdump", "nvdisasm"))
    disassembles = cuobjdump is not None and nvdisasm is not None
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for architecture in ARCHITECTURES:
            command = [nvcc, "-std=c++20", "--extended-lambda", "--expt-relaxed-constexpr"]
            command += [f"-arch={architecture}", "-I", str(SOURCE_ROOT / "include"), *flags]
            cubin = f"{folder}/kernels.cubin"
            compiled = subprocess.run(
                [*command, "-cubin", "-Xptxas", "-v", "--keep", "--keep-dir", folder]
                + ["-o", cubin, str(HERE / "kernels.cu")],
                capture_output=True,
                text=True,
                check=False,
            )
            if compiled.returncode != 0:
                sys.exit(f"{architecture}: nvcc failed\n{compiled.stdout}{compiled.stderr}")
            found = report_problems(compiled.stdout + compiled.stderr)
            (ptx,) = Path(folder).glob("*.ptx")
            found += ptx_problems(ptx.read_text(encoding="utf-8"))
            ptx.unlink()
            if disassembles:
                found += machine_code_problems(cuobjdump, cubin)
            problems += [f"{architecture}: {problem}" for problem in found]
    if problems:
        sys.exit("\n".join(problems))
    print(f"kernels for {', '.join(ARCHITECTURES)} are as they should be", end="")
    print("" if disassembles else ", as far as PTX and ptxas' report tell: cuobjdump and nvdisasm "
          "are not both installed, so the machine code was not looked at")


if __name__ == "__main__":
    self_test()
    main()
