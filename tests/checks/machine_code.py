# SPDX-License-Identifier: Apache-2.0
"""Kernels in machine code: their names, and what their main loops do.

The main loop of a kernel is the shortest stretch from the target of a backward branch to that
branch that holds a store of 16 bytes; loops inside functions such as sin hold none. Every such
store ends 16 bytes of the result, so instructions per element do not depend on how often the
compiler unrolled. Counted is what lies in the stretch, rarely taken branches too; what it calls
elsewhere, such as the slow way of a division, is not.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

INSTRUCTION = re.compile(r"/\*([0-9a-f]{4,})\*/\s+(.*?)\s*;")
BRANCH = re.compile(r"\bBRA\b.*?\b0x([0-9a-f]+)$")
WIDE_STORE = re.compile(r"\bSTG\.E\.128\b")
WIDE_LOAD = re.compile(r"\bLDG\.E\.128\b")
LOAD = re.compile(r"\bLDG\b")
LOCAL = re.compile(r"\b(?:LDL|STL)\b")


def find_tools(nvcc, source_root):
    """The folder of cuobjdump and nvdisasm, or None: beside nvcc, in its usual place, or where
    bootstrap.sh puts them."""
    fetched = (source_root / "build/cuda_tools").glob("lib/python3*/site-packages/nvidia/*/bin")
    for folder in [Path(nvcc).resolve().parent, Path("/usr/local/cuda/bin"), *fetched]:
        if all(shutil.which(tool, path=folder) for tool in ("cuobjdump", "nvdisasm")):
            return folder
    return None


def disassembled(folder, cubin):
    """The machine code of a cubin as text."""
    # cuobjdump looks for nvdisasm in PATH.
    environment = {**os.environ, "PATH": f"{folder}:{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [folder / "cuobjdump", "-sass", cubin],
        capture_output=True, text=True, check=True, env=environment,
    ).stdout


def kernels(text):
    """Mangled name and [(address, instruction)] of each kernel."""
    for function in text.split("Function : ")[1:]:
        yield function.split()[0], [
            (int(address, 16), words) for address, words in INSTRUCTION.findall(function)
        ]


def count(pattern, instructions):
    return sum(1 for _, words in instructions if pattern.search(words))


def main_loop(instructions):
    """The instructions of the main loop, or None."""
    best = None
    for address, words in instructions:
        branch = BRANCH.search(words)
        target = int(branch[1], 16) if branch else address
        if target < address:
            body = [line for line in instructions if target <= line[0] <= address]
            if count(WIDE_STORE, body) > 0 and (best is None or len(body) < len(best)):
                best = body
    return best


def per_element(loop, item_bytes):
    """Instructions of a main loop for each element of the result."""
    return len(loop) / (count(WIDE_STORE, loop) * 16 / item_bytes)


def demangled(texts):
    """{text: the same with plain names}, without the library's namespaces."""
    plain = subprocess.run(
        ["c++filt"], input="\n".join(texts), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    short = (re.sub(r"cumulus::\w+::|tree::|operations::", "", name) for name in plain)
    return dict(zip(texts, short))


def template_arguments(text):
    """Name and arguments of "name<a, b<c, d> >…"."""
    name, _, rest = text.partition("<")
    depth, start, arguments = 0, 0, []
    for i, c in enumerate(rest):
        if c in "<(":
            depth += 1
        elif depth > 0 and c in ">)":
            depth -= 1
        elif depth == 0 and c in ",>":
            arguments.append(rest[start:i].strip())
            start = i + 1
            if c == ">":
                break
    return name.strip(), arguments


def formula(tree):
    """A tree as one would write it: "add(multiply(float[], float[]), float)"."""
    name, arguments = template_arguments(tree)
    if name == "array":
        return arguments[0] + "[]"
    if name == "constant":
        return arguments[0]
    if name == "apply":
        return f"{arguments[0]}({', '.join(map(formula, arguments[2:]))})"
    if name == "map":
        function = arguments[0].split("::")[-1]
        return f"map({', '.join([function, *map(formula, arguments[2:])])})"
    return tree
