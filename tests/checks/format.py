# SPDX-License-Identifier: Apache-2.0
"""Every C++ and CUDA source is as clang-format 19 writes it. Other versions format differently, so
without that very version the check is skipped, and says so. `format.py --fix` formats in place."""

import re
import shutil
import subprocess
import sys

import sources

MAJOR = 19
SUFFIXES = {".hpp", ".cpp", ".cu", ".cuh", ".h", ".c"}


def pinned_clang_format():
    """The path of clang-format in the pinned version, or None."""
    for name in (f"clang-format-{MAJOR}", "clang-format"):
        program = shutil.which(name)
        if program:
            version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
            match = re.search(r"version (\d+)\.", version)
            if match and int(match[1]) == MAJOR:
                return program
    return None


def main():
    program = pinned_clang_format()
    if not program:
        print(f"format: skipped, clang-format {MAJOR} is not installed (clang-format-{MAJOR})")
        sys.exit(sources.SKIPPED)
    files = [path for path in sources.project_files() if path.suffix in SUFFIXES]
    if not files:
        sources.report("format", ["no sources found"], "")
    if "--fix" in sys.argv:
        subprocess.run([program, "-i", *map(str, files)], check=True)
    result = subprocess.run(
        [program, "--dry-run", "--Werror", *map(str, files)], capture_output=True, text=True
    )
    unformatted = re.findall(r"^(.*?):(\d+):\d+: error:", result.stderr, re.MULTILINE)
    problems = sorted({f"{name}: not formatted" for name, _ in unformatted})
    if result.returncode != 0 and not problems:
        problems = [result.stderr.strip()]
    if problems:
        problems.append(f"run: python3 tests/checks/format.py --fix")
    sources.report("format", problems, f"{len(files)} sources are formatted")


if __name__ == "__main__":
    main()
