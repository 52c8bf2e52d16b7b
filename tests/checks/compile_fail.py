# SPDX-License-Identifier: Apache-2.0
"""A source must not compile, and the compiler must say why in its first lines.

    compile_fail.py SOURCE -- COMPILER FLAGS...

The first line of SOURCE is `// expect: <part of the message>`: the first error must hold it, or
with `// expect-note:` a line near it. A line `// within: <n>` among its first five moves the limit,
which is 10 lines of output. What stands between `#ifdef MUST_FAIL` and
`#endif` is the offence: where SOURCE has one, it must compile without it, so that it fails for
that and for nothing else.
"""

import re
import subprocess
import sys
from pathlib import Path


def compiles(command, source, *flags):
    result = subprocess.run(
        [*command, "-fsyntax-only", "-fdiagnostics-color=never", *flags, str(source)],
        capture_output=True,
        text=True,
    )
    return result.returncode == 0, result.stderr


def problem_of(source, command):
    """Why the source breaks what is expected of it, or None."""
    text = source.read_text(encoding="utf-8")
    head = text.splitlines()[:5]
    expected = re.match(r"// expect(-note)?: (.+)", head[0]) if head else None
    if not expected:
        return "the first line must be // expect: <part of the message>"
    in_error, expected = expected[1] is None, expected[2].strip()
    within = next((int(m[1]) for m in map(re.compile(r"// within: (\d+)").match, head) if m), 10)
    if "#ifdef MUST_FAIL" in text:
        good, output = compiles(command, source)
        if not good:
            return f"must compile without MUST_FAIL, but:\n{output}"
    good, output = compiles(command, source, "-DMUST_FAIL")
    if good:
        return "must not compile, but does"
    lines = output.splitlines()
    if expected not in "\n".join(lines[:within]):
        shown = "\n".join(lines[:60])
        return f'expected "{expected}" in the first {within} lines, got:\n{shown}'
    first = next((line for line in lines if "error: " in line), "no error")
    if in_error and expected not in first:
        return f'expected "{expected}" in the first error, got:\n{first}'
    return None


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        sys.exit("usage: compile_fail.py SOURCE -- COMPILER FLAGS...")
    problem = problem_of(Path(sys.argv[1]), sys.argv[3:])
    if problem:
        sys.exit(f"{sys.argv[1]}: {problem}")
