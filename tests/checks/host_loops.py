# SPDX-License-Identifier: Apache-2.0
"""What g++ -O2 makes of the loops of host_loops.cpp on a processor with registers of 64 bytes.

    host_loops.py CXX [-v] [-- FLAG...]

In the innermost loops of reductions no vector goes to the stack or comes from there, and those down
columns ask the memory for what comes next: at -O2 both hang on what g++ takes in line. -v prints
the loops.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MACHINE = "x86-64-v4"
# Part of a function's name, how many there are for each element type, whether they ask ahead.
LOOPS = (
    (re.compile(r"vector_columns<.*>::add(_four_lanes)?\("), 6, True),
    (re.compile(r"vector_rows<.*>::add_row<"), 3, False),
)
ELEMENT_TYPES = 2
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$", re.MULTILINE)
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\s+(.*?)(?: +#.*)?$", re.MULTILINE)
JUMP = re.compile(r"^j\w+ +([0-9a-f]+)\b")
VECTOR_ON_STACK = re.compile(r"[yz]mm.*\(%r[sb]p|\(%r[sb]p.*[yz]mm")  # single numbers are in xmm
PREFETCH = re.compile(r"^prefetch")


def functions(text):
    """Name and [(address, instruction)] of each function of a disassembly."""
    parts = FUNCTION.split(text)
    for name, body in zip(parts[1::2], parts[2::2]):
        yield name, [(int(at, 16), words) for at, words in INSTRUCTION.findall(body)]


def innermost_loops(instructions):
    """Stretches from the target of a backward jump to the jump that hold no other such stretch, nor
    a return, behind which there is the way back from what happens rarely."""
    spans = []
    returns = [address for address, words in instructions if words.startswith("ret")]
    for address, words in instructions:
        jump = JUMP.match(words)
        if jump and int(jump[1], 16) <= address:
            target = int(jump[1], 16)
            if not any(target <= at <= address for at in returns):
                spans.append((target, address))
    for first, last in spans:
        if not any((a, b) != (first, last) and first <= a and b <= last for a, b in spans):
            yield [words for address, words in instructions if first <= address <= last]


def problems(text):
    """What is wrong with the loops of a disassembly, in words."""
    found = [0] * len(LOOPS)
    for name, instructions in functions(text):
        for k, (pattern, _, asks_ahead) in enumerate(LOOPS):
            if not pattern.search(name):
                continue
            found[k] += 1
            loops = list(innermost_loops(instructions))
            if not loops:
                yield f"{name}: no loop"
            if any(VECTOR_ON_STACK.search(words) for loop in loops for words in loop):
                yield f"{name}: vectors on the stack in a loop"
            asked = any(PREFETCH.match(words) for loop in loops for words in loop)
            if asks_ahead and not asked:
                yield f"{name}: nothing is asked for ahead"
    for (pattern, least, _), count in zip(LOOPS, found):
        if count < least * ELEMENT_TYPES:
            yield f"expected {least * ELEMENT_TYPES} functions {pattern.pattern}, found {count}"


def self_test():
    """The rules find what they are for in a made-up disassembly."""
    good = "".join(
        f"00 <{name}>:\n 0:\tmov %rax,%rbx\n 4:\tvaddpd (%rax),%zmm0,%zmm0\n"
        f" 8:\tprefetcht0 (%rdi)\n c:\tjne 4 <{name}>\n"
        for name, times in (("vector_columns<A>::add(x)", 6), ("vector_rows<A>::add_row<0>", 3))
        for _ in range(times * ELEMENT_TYPES)
    )
    assert list(problems(good)) == []
    assert len(list(problems(good.replace("(%rax),%zmm0", "0x80(%rsp),%zmm0")))) == 18
    assert len(list(problems(good.replace("prefetcht0", "mov")))) == 12
    assert len(list(problems(good.replace("jne", "call")))) == 30
    assert len(list(problems(good.replace("add_row", "other")))) == 1
    rare = good.replace(" c:", " 9:\tret\n a:\tcall 0\n c:")
    assert len(list(problems(rare))) == 30


def main():
    self_test()
    arguments = sys.argv[1:]
    flags = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "loops.o"
        include = f"-I{HERE.parent.parent / 'include'}"
        options = ["-std=c++20", "-O2", f"-march={MACHINE}", *flags, include]
        source = HERE / "host_loops.cpp"
        subprocess.run([arguments[0], *options, "-c", source, "-o", target], check=True)
        text = subprocess.run(
            ["objdump", "-d", "-C", "--no-show-raw-insn", target],
            capture_output=True, text=True, check=True,
        ).stdout
    if "-v" in arguments:
        for name, instructions in functions(text):
            if any(pattern.search(name) for pattern, *_ in LOOPS):
                for loop in innermost_loops(instructions):
                    print(f"{name}\n    " + "\n    ".join(loop))
    found = list(problems(text))
    print("\n".join(found) or f"host loops: as they should be on {MACHINE}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
