# SPDX-License-Identifier: Apache-2.0
"""The files of the project, for the checks beside this one, and how a check reports."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77  # the exit status that CTest shows as "Skipped"


def project_files():
    """Every file that git tracks or would track; without git every file outside build/."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    listing = None
    if shutil.which("git"):
        listing = subprocess.run([*command, "--exclude-standard"], capture_output=True)
    if listing and listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
        files = [ROOT / name for name in sorted(set(names))]
    else:
        files = [
            path
            for path in sorted(ROOT.rglob("*"))
            if path.relative_to(ROOT).parts[0] not in ("build", ".git")
        ]
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
