# SPDX-License-Identifier: Apache-2.0
"""A room includes only the rooms below it, and every header begins and includes as agreed.

The rooms and their order are explained in docs/architecture.md. `layers.py --self-test` proves
the rules on a small made-up tree.
"""

import re
import sys
import tempfile
from pathlib import Path

import sources

BELOW_LOOPS = ["core", "memory", "expr", "exec/plan", "exec/pack"]
ENGINE = [*BELOW_LOOPS, "exec/host", "exec/cuda", "exec", "array"]
MAY_INCLUDE = {
    "core": [],
    "memory": ["core"],
    "expr": ["core", "memory"],
    "exec/plan": ["core", "memory", "expr"],
    "exec/pack": ["core", "memory", "expr"],
    "exec/host": BELOW_LOOPS,
    "exec/cuda": BELOW_LOOPS,
    "exec": [*BELOW_LOOPS, "exec/host", "exec/cuda"],
    "array": ENGINE[:-1],
    "ops": ENGINE,
    "linalg": ENGINE,
    "fft": ENGINE,
    "random": ENGINE,
    "io": ENGINE,
    "labelled": ["core", "array", "ops", "io"],
    "climate": ["core", "array", "ops", "io", "labelled"],
    "interop": ENGINE,
}
# Where the presence of CUDA may be asked for, besides the dispatchers directly in exec/.
ASKS_FOR_CUDA = ("core/config", "memory/", "linalg/", "fft/", "random/")
SLOW_HEADERS = ("iostream", "regex", "ranges", "chrono", "format")
# And in what cumulus.hpp includes (docs/decisions/0013-compile-time.md).
SLOW_FOR_ALL = ("algorithm", "functional", "memory", "mutex")
UMBRELLA = "cumulus.hpp"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CUDA_QUESTION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*\bCUMULUS_HAS_CUDA\b")


def room_of(path):
    """The room of a path relative to include/cumulus, "" for a header directly in it."""
    folder = path.parent.as_posix()
    if folder == ".":
        return ""
    for depth in range(folder.count("/") + 1, 0, -1):
        room = "/".join(folder.split("/")[:depth])
        if room in MAY_INCLUDE:
            return room
    return folder


def included_headers(text):
    """(line number, name) of each header of cumulus that a text includes, and of the others."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def rooms_reached(name, texts, seen=None):
    """The rooms that including `name` brings in: its own, or through an umbrella all of its."""
    seen = set() if seen is None else seen
    path = Path(name)
    room = room_of(path)
    if room or name in seen or name not in texts:
        return {room} - {""}
    seen.add(name)
    reached = set()
    for _, _, other in included_headers(texts[name]):
        if other.startswith("cumulus/"):
            reached |= rooms_reached(other.removeprefix("cumulus/"), texts, seen)
    return reached


def headers_below(name, texts, seen=None):
    """`name` and all headers of cumulus that including it brings in."""
    seen = set() if seen is None else seen
    if name not in seen and name in texts:
        seen.add(name)
        for _, _, other in included_headers(texts[name]):
            headers_below(other.removeprefix("cumulus/"), texts, seen)
    return seen


def first_lines_problem(text):
    """What is wrong with how a header begins, or None."""
    lines = text.splitlines()
    if not lines or lines[0] != "// SPDX-License-Identifier: Apache-2.0":
        return "line 1 must be // SPDX-License-Identifier: Apache-2.0"
    if "#pragma once" not in (line.strip() for line in lines[:6]):
        return "#pragma once must stand in the first lines"
    return None


def problems_of(include_dir):
    """Every break of the rules under include_dir (the folder that holds the rooms)."""
    texts = {
        path.relative_to(include_dir).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(include_dir.rglob("*.hpp"))
    }
    found = []
    for_all = headers_below(UMBRELLA, texts)
    for name, text in texts.items():
        room = room_of(Path(name))
        where = f"include/cumulus/{name}"
        problem = first_lines_problem(text)
        if problem:
            found.append(f"{where}: {problem}")
        if room and room not in MAY_INCLUDE:
            found.append(f"{where}: room {room} is not in the table of tests/checks/layers.py")
            continue
        for number, bracket, other in included_headers(text):
            if other in SLOW_HEADERS:
                found.append(f"{where}:{number}: <{other}> is too slow to compile for a header")
            if other in SLOW_FOR_ALL and name in for_all:
                found.append(f"{where}:{number}: <{other}> costs every source that includes us")
            if bracket == '"' and not other.startswith("cumulus/"):
                found.append(f'{where}:{number}: "{other}" must be "cumulus/<room>/<file>"')
            if not other.startswith("cumulus/"):
                continue
            other = other.removeprefix("cumulus/")
            if not (include_dir / other).exists():
                found.append(f"{where}:{number}: there is no cumulus/{other}")
            allowed = {room, *MAY_INCLUDE.get(room, [])}
            for reached in sorted(rooms_reached(other, texts) - allowed) if room else []:
                found.append(f"{where}:{number}: {room} may not include {reached} ({other})")
        dispatcher = room == "exec"
        if not dispatcher and not name.startswith(ASKS_FOR_CUDA):
            for number, line in enumerate(text.splitlines(), 1):
                if CUDA_QUESTION.match(line):
                    found.append(f"{where}:{number}: {room or 'an umbrella'} may not ask for CUDA")
    return found


def self_test():
    """The rules on a tree where each line of `bad` breaks exactly one of them."""
    head = "// SPDX-License-Identifier: Apache-2.0\n#pragma once\n"
    good = {
        "core/shape.hpp": head + "#include <vector>\n",
        "core/config.hpp": head + "#if CUMULUS_HAS_CUDA\n#endif\n",
        "exec/plan/merge.hpp": head + "#include <cumulus/core/shape.hpp>\n",
        "exec/assign.hpp": head
        + '#include "cumulus/exec/host/loop.hpp"\n#if CUMULUS_HAS_CUDA\n#endif\n',
        "exec/host/loop.hpp": head + "#include <cumulus/exec/plan/merge.hpp>\n",
        "ops/add.hpp": head
        + "#include <cumulus/exec/assign.hpp>\n#include <cumulus/core/heavy.hpp>\n",
        "io/sorted.hpp": head + "#include <algorithm>\n",
        "cumulus.hpp": head + "#include <cumulus/ops/add.hpp>\n",
        "climate/area.hpp": head + "#include <cumulus/cumulus.hpp>\n",
    }
    bad = {
        "core/up.hpp": head + "#include <cumulus/ops/add.hpp>\n",
        "exec/pack/decides.hpp": head + "#include <cumulus/exec/plan/merge.hpp>\n",
        "climate/loops.hpp": head + "#include <cumulus/exec/assign.hpp>\n",
        "labelled/loops.hpp": head + "#include <cumulus/exec/host/loop.hpp>\n",
        "exec/host/sideways.hpp": head + "#include <cumulus/exec/assign.hpp>\n",
        "io/umbrella.hpp": head + "#include <cumulus/cumulus.hpp>\n",
        "core/slow.hpp": head + "#  include <regex>\n",
        "core/heavy.hpp": head + "#include <algorithm>\n",
        "core/gone.hpp": head + "#include <cumulus/core/nowhere.hpp>\n",
        "core/quoted.hpp": head + '#include "shape.hpp"\n',
        "core/no_licence.hpp": "#pragma once\n",
        "core/no_pragma.hpp": head.replace("#pragma once", "//"),
        "ops/asks.hpp": head + "#ifdef CUMULUS_HAS_CUDA\n#endif\n",
        "utils/any.hpp": head,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**good, **bad}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = problems_of(Path(folder))
    for name in bad:
        count = sum(f"cumulus/{name}:" in problem for problem in found)
        assert count == 1, f"{name}: {count} problems, expected 1: {found}"
    assert len(found) == len(bad), found


if __name__ == "__main__":
    self_test()
    if "--self-test" not in sys.argv:
        problems = problems_of(sources.ROOT / "include" / "cumulus")
        sources.report("layers", problems, f"{len(sources.headers())} headers keep to their rooms")
