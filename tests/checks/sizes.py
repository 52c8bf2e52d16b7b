# SPDX-License-Identifier: Apache-2.0
"""Headers stay small (warning past 400 lines, failure past 600), lines within 100 columns, files
below 1 MiB. `sizes.py --self-test` proves the rules on a small made-up tree."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sources

WARN_LINES, MAX_LINES, MAX_COLUMNS, MAX_BYTES = 400, 600, 100, 1 << 20
CODE = {".hpp", ".cpp", ".cu", ".cuh", ".h", ".c", ".py", ".sh", ".cmake"}


def is_code(path):
    return path.suffix in CODE or path.name == "CMakeLists.txt"


def problems_of(path, root=sources.ROOT):
    """(failures, warnings) of one file."""
    name = path.relative_to(root).as_posix()
    size = path.stat().st_size
    if size > MAX_BYTES:
        return [f"{name}: {size} bytes, at most {MAX_BYTES}"], []
    if not is_code(path):
        return [], []
    lines = path.read_text(encoding="utf-8").splitlines()
    failures = [
        f"{name}:{number}: {len(line)} columns, at most {MAX_COLUMNS}"
        for number, line in enumerate(lines, 1)
        if len(line) > MAX_COLUMNS
    ]
    warnings = []
    if path.suffix == ".hpp":
        if len(lines) > MAX_LINES:
            failures.append(f"{name}: {len(lines)} lines, at most {MAX_LINES}")
        elif len(lines) > WARN_LINES:
            warnings.append(f"{name}: {len(lines)} lines: is it two things?")
    return failures, warnings


def failures_in(root):
    """What is wrong with the files of the project at root."""
    return [f for path in sources.project_files(root) for f in problems_of(path, root)[0]]


def self_test():
    """A large file, long lines and long headers are found; a file that is not the project's, such
    as what the example writes into the tree, is not looked at, with git and without."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docs").mkdir()
        (root / "README.md").write_text("a line of a page may be long " * 9)
        (root / "anomaly.nc").write_bytes(bytes(2 << 20))
        assert failures_in(root) == [], failures_in(root)
        (root / "docs" / "large.png").write_bytes(bytes(2 << 20))
        (root / "docs" / "wide.py").write_text("#" * 101)
        (root / "docs" / "long.hpp").write_text("\n" * 601)
        expected = [
            f"docs/large.png: {2 << 20} bytes, at most {MAX_BYTES}",
            "docs/long.hpp: 601 lines, at most 600",
            "docs/wide.py:1: 101 columns, at most 100",
        ]
        assert failures_in(root) == expected, failures_in(root)
        if shutil.which("git"):
            environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
            for command in (["init", "-q"], ["add", "README.md", "docs"]):
                subprocess.run(["git", *command], cwd=root, check=True, env=environment)
            assert failures_in(root) == expected, failures_in(root)
            (root / "docs" / "untracked.nc").write_bytes(bytes(2 << 20))
            assert failures_in(root) == expected, failures_in(root)


if __name__ == "__main__":
    self_test()
    if "--self-test" in sys.argv:
        sys.exit(0)
    files = sources.project_files()
    problems = []
    for path in files:
        failures, warnings = problems_of(path)
        problems += failures
        for warning in warnings:
            print("warning:", warning)
    sources.report("sizes", problems, f"{len(files)} files are small enough")
