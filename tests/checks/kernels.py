# SPDX-License-Identifier: Apache-2.0
"""What the compiler made of the kernels in kernels.cu, without a GPU.

    kernels.py NVCC [-v] [-- FLAG...]

Kernels of packs load and store 16 bytes at once. General ones copy elements of 4 bytes and more to
shared memory without a detour through registers, and wait for them. No kernel keeps variables in
local memory or spills, and none takes more registers than its ceiling. The equation of state loads
three packs in each turn. Where cuobjdump and nvdisasm are found (machine_code.py says where) the
machine code is looked at too, and the loops of the ten expressions of benchmarks/compile_time have
at most 1.15 times the instructions per element of those in kernels_by_hand.cu; -v prints the
counts.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import machine_code

HERE = Path(__file__).resolve().parent
SOURCE_ROOT = HERE.parent.parent
ARCHITECTURES = ("sm_80", "sm_90")
TEN = SOURCE_ROOT / "benchmarks/compile_time/ten_expressions.cpp"
SPACE = ["-DCUMULUS_DEFAULT_SPACE=cuda", "-DCUMULUS_BENCHMARK_SPACE=cm::cuda", "-x", "cu"]
# Each source and the kernels that it has at least: all, and those of packs.
SOURCES = (
    (HERE / "kernels.cu", [], 17, 9),
    (TEN, SPACE, 35, 10),
    (HERE / "kernels_by_hand.cu", [], 10, 0),
)
# The ten expressions and the formulas of kernels_by_hand.cu.
EXPRESSIONS = {
    "add(float[], float[])": "add",
    "add(multiply(float[], float[]), float[])": "multiply_add",
    "sqrt(add(multiply(float[], float[]), multiply(float[], float[])))": "length",
    "multiply(exp(negative(float[])), float)": "exponential",
    "divide(subtract(float[], float[]), add(float[], float[]))": "ratio",
    "where(greater(float[], float[]), float[], float[])": "choice",
    "maximum(abs(float[]), minimum(float[], float[]))": "clamp",
    "subtract(log(add(float, abs(float[]))), multiply(sin(float[]), cos(float[])))": "functions",
    "add(cast<float>(multiply(double[], double)), float[])": "mixed",
    "where(isnan(float[]), float, floor(divide(float[], float)))": "cleaned",
}
MOST_BY_HAND = 1.15
# Part of a kernel's mangled name, and the most registers that leave four, three or two blocks of
# 256 threads on a multiprocessor.
CEILINGS = (
    (("packs_body", "map", "ten_inputs"), 128),
    (("packs_body",), 64),
    (("together_elements_body",), 64),
    (("general_body", "ten_inputs"), 128),
    (("general_body",), 85),  # several elements in flight, each with addresses of its own
    (("merge_body",), 64),
    (("tile_body", "statistics_reducer"), 128),
    (("tile_body",), 85),
    (("by_hand",), 64),
    (("scan_along_body",), 64),
    (("scan_columns_body",), 64),
)
# What a kernel of packs of each element type must hold (in PTX, as nvcc writes it).
WIDE_LOAD = re.compile(r"\bld\.global(?:\.\w+)*\.(?:v4\.[fub]32|v2\.[fub]64)\b")
WIDE_STORE = re.compile(r"\bst\.global(?:\.\w+)*\.(?:v4\.[fub]32|v2\.[fub]64)\b")
# What fills the tiles of transposed arrays.
COPY_TO_SHARED = re.compile(r"\bcp\.async\.ca\.shared\.global\b")
COPIES_AWAITED = re.compile(r"\bcp\.async\.wait_all\b")
BARRIER = re.compile(r"\bbar(?:rier)?\.(?:cta\.)?sync\b")
LOCAL = re.compile(r"\b(?:ld|st)\.local\b|\.local \.align")
# CUDA's sin and cos of float keep seven words of 2/pi in local memory for large arguments.
WITH_SINE = ("3sin", "functions")
SINE_STACK = 32


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


def local_allowed(name):
    """Bytes of local memory that a kernel, by its mangled name, may have."""
    return SINE_STACK if any(part in name for part in WITH_SINE) else 0


def ptx_problems(text, least_packs):
    """What is wrong with the kernels of a PTX file."""
    found = []
    packs = 0
    for name, body in kernels_of_ptx(text):
        if LOCAL.search(body) and local_allowed(name) == 0:
            found.append(f"{name}: local memory")
        if "packs_body" in name:
            packs += 1
            if not WIDE_LOAD.search(body):
                found.append(f"{name}: no load of 16 bytes")
            if not WIDE_STORE.search(body):
                found.append(f"{name}: no store of 16 bytes")
        if "general_body" in name:
            found += staging_problems(name, body)
    if packs < least_packs:
        found.append(f"expected at least {least_packs} kernels of packs, found {packs}")
    return found


def staging_problems(name, body):
    """What is wrong with how a kernel fills its tiles."""
    copies = [match.end() for match in COPY_TO_SHARED.finditer(body)]
    if not copies:
        yield f"{name}: no copy from memory to shared memory"
        return
    barrier = BARRIER.search(body, copies[-1])
    end = barrier.start() if barrier else len(body)
    if not COPIES_AWAITED.search(body, copies[-1], end):
        yield f"{name}: a barrier before the copies to shared memory have arrived"


def report_problems(text, least):
    """What is wrong with the kernels of a report of ptxas."""
    found = []
    kernels = list(kernels_of_report(text))
    for name, stack, spilled, registers in kernels:
        ceiling = ceiling_of(name)
        if stack > local_allowed(name) or spilled != 0:
            found.append(f"{name}: {stack} bytes of stack, {spilled} bytes spilled")
        if ceiling is None:
            found.append(f"{name}: no ceiling is set for this kernel")
        elif registers > ceiling:
            found.append(f"{name}: {registers} registers, at most {ceiling} expected")
    if len(kernels) < least:
        found.append(f"expected at least {least} kernels, found {len(kernels)}")
    return found


def machine_code_problems(text, fused, by_hand):
    """What is wrong with kernels in machine code. Adds to `fused` and `by_hand` the instructions
    per element of the main loops, by formula."""
    found = []
    kernels = list(machine_code.kernels(text))
    plain = machine_code.demangled([name for name, _ in kernels])
    for name, instructions in kernels:
        local = machine_code.count(machine_code.LOCAL, instructions)
        if local > 0 and local_allowed(name) == 0:
            found.append(f"{plain[name]}: LDL or STL, local memory")
        body = (machine_code.template_arguments(plain[name])[1] or [""])[0]
        written_by_hand = "by_hand<" in plain[name]
        if not written_by_hand and not body.startswith("packs_body<"):
            continue
        loop = machine_code.main_loop(instructions)
        if loop is None or machine_code.count(machine_code.WIDE_LOAD, loop) == 0:
            found.append(f"{plain[name]}: no loop with LDG.E.128 and STG.E.128")
            continue
        if written_by_hand:
            by_hand[body] = machine_code.per_element(loop, 4)
            continue
        formula = machine_code.formula(machine_code.template_arguments(body)[1][0])
        fused[formula] = machine_code.per_element(loop, 4)
        loads = machine_code.count(machine_code.LOAD, loop)
        if "map(seawater" in formula and loads != 3:
            found.append(f"{formula}: {loads} loads, expected one of each operand")
    return found


def comparison_problems(fused, by_hand):
    """Expressions whose loops have too many instructions beside those written by hand."""
    for formula, hand in EXPRESSIONS.items():
        if formula not in fused or hand not in by_hand:
            yield f"no kernel of {formula if formula not in fused else hand}"
        elif fused[formula] > MOST_BY_HAND * by_hand[hand]:
            yield (
                f"{formula}: {fused[formula]:.2f} instructions per element, "
                f"{by_hand[hand]:.2f} by hand, at most {MOST_BY_HAND} times as many expected"
            )


def self_test():
    """The rules find what they are for in made-up compiler output."""
    good = ".visible .entry kpacks_body(\n ld.global.v4.f32 st.global.wb.v4.u32\n}\n"
    assert ptx_problems(good * 4, 4) == []
    assert len(ptx_problems(good * 4, 5)) == 1
    bad = good.replace("ld.global.v4.f32", "ld.global.f32 ld.local.f32")
    assert len(ptx_problems(good * 3 + bad, 4)) == 2, ptx_problems(good * 3 + bad, 4)
    staging = ".visible .entry kgeneral_body(\n cp.async.ca.shared.global\n WAIT\n bar.sync\n}\n"
    assert ptx_problems(staging.replace("WAIT", "cp.async.wait_all"), 0) == []
    assert len(ptx_problems(staging, 0)) == 1
    assert len(ptx_problems(staging.replace("ca.shared", "none"), 0)) == 1
    report = (
        "ptxas info : Compiling entry function 'kpacks_body' for 'sm_90'\n"
        " 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
        "ptxas info : Used 64 registers, used 0 barriers\n"
    )
    assert report_problems(report * 12, 12) == []
    assert len(report_problems(report * 12, 13)) == 1
    assert len(report_problems(report.replace("64", "65") * 12, 12)) == 12
    with_stack = report.replace(" 0 bytes stack", " 32 bytes stack")
    assert len(report_problems(with_stack * 12, 12)) == 12
    assert report_problems(with_stack.replace("kpacks", "k3sinpacks") * 12, 12) == []
    spilling = report.replace("0 bytes spill loads", "8 bytes spill loads")
    assert len(report_problems(spilling * 12, 12)) == 12
    assert len(report_problems(report.replace("packs_body", "other") * 12, 12)) == 12
    self_test_of_machine_code()


def self_test_of_machine_code():
    kernel = "run_body<packs_body<apply<add,float,array<float>,constant<float>>>>(int)"
    lines = ["BRA 0x40", "LDG.E.128 R4, [R2]", "@P1 BRA 0x10", "FADD R4, R4, R5",
             "STG.E.128 [R6], R4", "@!P0 BRA 0x10", "LDG.E R1, [R2]", "EXIT"]

    def code(changed):
        return f"Function : {kernel}\n" + "".join(
            f"/*{16 * k:04x}*/ {changed.get(k, line)} ; /* 0x0 */\n" for k, line in enumerate(lines)
        )

    fused = {}
    assert machine_code_problems(code({}), fused, {}) == []
    assert fused == {"add(float[], float)": 5 / 4}, fused
    assert len(machine_code_problems(code({4: "STG.E [R6], R4"}), {}, {})) == 1
    assert len(machine_code_problems(code({1: "LDG.E R4, [R2]"}), {}, {})) == 1
    assert len(machine_code_problems(code({0: "LDL R1, [R2]"}), {}, {})) == 1
    hand = {name: 1.0 for name in EXPRESSIONS.values()}
    assert list(comparison_problems({name: 1.15 for name in EXPRESSIONS}, hand)) == []
    assert len(list(comparison_problems({name: 1.16 for name in EXPRESSIONS}, hand))) == 10
    assert len(list(comparison_problems({}, hand))) == 10


def compiled(nvcc, architecture, source, flags, folder):
    """ptxas' report, PTX and the path of the cubin of a source."""
    folder.mkdir()
    cubin = folder / "kernels.cubin"
    command = [nvcc, "-std=c++20", "-O3", "--extended-lambda", "--expt-relaxed-constexpr"]
    command += [f"-arch={architecture}", "-I", str(SOURCE_ROOT / "include"), *flags, "-cubin"]
    done = subprocess.run(
        [*command, "-Xptxas", "-v", "--keep", "--keep-dir", str(folder), "-o", str(cubin)]
        + [str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{architecture}: nvcc failed\n{done.stdout}{done.stderr}")
    (ptx,) = folder.glob("*.ptx")
    return done.stdout + done.stderr, ptx.read_text(encoding="utf-8"), cubin


def problems_for(architecture, nvcc, flags, tools, verbose):
    """What is wrong with the kernels for an architecture."""
    found, fused, by_hand = [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for source, more, least, least_packs in SOURCES:
            report, ptx, cubin = compiled(
                nvcc, architecture, source, [*more, *flags], Path(folder) / source.stem
            )
            found += report_problems(report, least) + ptx_problems(ptx, least_packs)
            if tools is not None:
                text = machine_code.disassembled(tools, cubin)
                found += machine_code_problems(text, fused, by_hand)
    if tools is not None:
        found += comparison_problems(fused, by_hand)
    if verbose and tools is not None:
        print(f"{architecture}: instructions per element, and by hand")
        for formula, hand in EXPRESSIONS.items():
            ours, theirs = fused.get(formula, 0), by_hand.get(hand, 0)
            print(f"  {ours:7.2f} {theirs:7.2f}  {formula}")
    return found


def main():
    arguments = sys.argv[1:]
    if "--self-test" in arguments:
        return self_test()
    nvcc = shutil.which(arguments[0]) if arguments else None
    if nvcc is None:
        sys.exit(f"usage: {sys.argv[0]} NVCC [-v] [-- FLAG...]")
    end = arguments.index("--") if "--" in arguments else len(arguments)
    own, flags = arguments[1:end], arguments[end + 1 :]
    tools = machine_code.find_tools(nvcc, SOURCE_ROOT)
    problems = [
        f"{architecture}: {problem}"
        for architecture in ARCHITECTURES
        for problem in problems_for(architecture, nvcc, flags, tools, "-v" in own)
    ]
    if problems:
        sys.exit("\n".join(machine_code.demangled(problems).values()))
    print(f"kernels for {', '.join(ARCHITECTURES)} are as they should be", end="")
    print("" if tools is not None else ", as far as PTX and ptxas' report tell: cuobjdump and "
          "nvdisasm are not both found, so the machine code was not looked at")


if __name__ == "__main__":
    self_test()
    main()
