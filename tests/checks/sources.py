# SPDX-License-Identifier: Apache-2.0
"""The files of the project, for the checks beside this one, and how a check reports."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("benchmarks", "cmake", "docs", "examples", "include", "tests")
TOP_FILES = (
    ".clang-format",
    ".gitignore",
    "CMakeLists.txt",
    "CMakePresets.json",
    "LICENSE",
    "README.md",
)
SKIPPED = 77  # the exit status that CTest shows as "Skipped"


def tracked_files(root):
    """The files under root that git tracks; none without git or outside a repository."""
    if not shutil.which("git"):
        return []
    # Of the repository that root is in, also where a hook of another one runs this.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z"], capture_output=True, env=environment
    )
    if listing.returncode != 0:
        return []
    return [root / name for name in sorted(set(listing.stdout.decode().split("\0"))) if name]


def project_files(root=ROOT):
    """Every file that git tracks; without git those of the project's folders and its own files at
    the top. What else lies in the tree, such as a program's output, is not looked at."""
    files = tracked_files(root)
    if not files:
        files = [root / name for name in TOP_FILES]
        for folder in FOLDERS:
            files += sorted((root / folder).rglob("*"))
        files = [path for path in files if path.parent.name != "__pycache__"]
    return [path for path in files if path.is_file()]


def headers():
    """The library's headers, sorted, as paths."""
    return sorted((ROOT / "include" / "cumulus").rglob("*.hpp"))


def report(name, problems, good):
    """Prints every problem, or the good news, and ends the program with the fitting status."""
    for problem in problems:
        print(problem)
    if problems:
        print(f"{name}: {len(problems)} problem(s)")
        sys.exit(1)
    print(f"{name}: {good}")
