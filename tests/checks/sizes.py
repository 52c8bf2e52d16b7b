# SPDX-License-Identifier: Apache-2.0
"""Headers stay small (warning past 400 lines, failure past 600), lines within 100 columns, files
below 1 MiB."""

import sources

WARN_LINES, MAX_LINES, MAX_COLUMNS, MAX_BYTES = 400, 600, 100, 1 << 20
CODE = {".hpp", ".cpp", ".cu", ".cuh", ".h", ".c", ".py", ".sh", ".cmake"}


def is_code(path):
    return path.suffix in CODE or path.name == "CMakeLists.txt"


def problems_of(path):
    """(failures, warnings) of one file."""
    name = path.relative_to(sources.ROOT).as_posix()
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


if __name__ == "__main__":
    files = sources.project_files()
    problems = []
    for path in files:
        failures, warnings = problems_of(path)
        problems += failures
        for warning in warnings:
            print("warning:", warning)
    sources.report("sizes", problems, f"{len(files)} files are small enough")
