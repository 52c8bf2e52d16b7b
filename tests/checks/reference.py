#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reference.md says what expr/elementwise.def, expr/reductions.def, expr/scans.def and the
docstrings of the other functions on arrays say.

Without arguments compares; with --write makes the page anew.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference.md"

TAKES = {
    "arithmetic": "every type",
    "signed_arithmetic": "every type but bool",
    "division": "every type; integers give float64",
    "inexact": "every type; integers give a float that holds them",
    "inexact_real": "all but complex; integers give a float that holds them",
    "ordered_number": "all but complex; bool counts as int8",
    "number": "every type; bool counts as int8",
    "real_or_complex": "every type but bool",
    "magnitude": "every type; complex gives its real type",
    "rounding": "all but complex; integers stay as they are",
    "comparison": "every type; gives bool",
    "predicate": "every type; gives bool",
    "real_predicate": "all but complex; gives bool",
    "logic": "every type; gives bool",
    "bits": "integers and bool",
    "shift": "integers; bool counts as int8",
}
OPTIONS = {
    "plain": "keepdims, where",
    "initial": "keepdims, initial, where",
    "moment": "ddof, keepdims, where",
    "position": "keepdims",
}

SCAN_OPTIONS = {
    "numpy": "",
    "array_api": "include_initial; an axis is needed where there are several",
}


def rows(path, macro):
    """The arguments of each use of a macro at the start of a line."""
    text = path.read_text()
    for match in re.finditer(rf"^({macro})\(", text, re.M):
        depth, quoted, arguments, start = 0, False, [], match.end()
        for i in range(match.end(), len(text)):
            c = text[i]
            if c == '"':
                quoted = not quoted
            elif not quoted and c in "([{":
                depth += 1
            elif not quoted and c in ")]}" and depth > 0:
                depth -= 1
            elif not quoted and depth == 0 and c in ",)":
                arguments.append(" ".join(text[start:i].split()).strip('"'))
                start = i + 1
                if c == ")":
                    break
        yield match.group(1), arguments


# Where the functions are that no table makes, and what their section is called.
DOCUMENTED = {
    "Creation": "array/creation.hpp",
    "Shapes and axes": "array/reshape.hpp",
    "Choosing and converting": "ops/elementwise.hpp",
    "Comparing": "ops/comparison.hpp",
    "Positions": "array/nonzero.hpp",
    "Gathers": "ops/take.hpp",
    "Functions of one's own, masks": "ops/map.hpp",
    "Several statistics at once": "ops/statistics.hpp",
    "Several outputs at once": "array/tie.hpp",
    "Scans with a function of one's own": "ops/scans.hpp",
    "Products of matrices": "linalg/matmul.hpp",
    "Files": "io/npy.hpp",
    "Text": "array/print.hpp",
}


def documented(path):
    """Names, first sentence and source of the functions that have an example or a source; their
    overloads and kin follow without a blank line."""
    text = (ROOT / "include/cumulus" / path).read_text()
    text = re.sub(r"^namespace detail \{.*?^\}  // namespace detail", "", text, flags=re.S | re.M)
    for doc, code in re.findall(r"((?:^///.*\n)+)((?:^[^/\n#].*\n)+)", text, re.M):
        names = re.findall(r"^(?:template <.*?> )?[a-z][\w:<>, ]* (\w+)\(", code, re.M)
        lines = [line[3:] for line in doc.splitlines()]
        if not names or ("Source:" not in doc and not any(x.startswith("     ") for x in lines)):
            continue
        text_of = " ".join(" ".join(lines).split())
        source = re.search(r"Source: (.*)", text_of)
        yield list(dict.fromkeys(names)), re.match(r".*?\.(?= |$)", text_of)[0], (
            source[1].rstrip(".") if source else "")


def page():
    lines = [
        "# Functions", "",
        "Made from the tables of the library by `python3 tests/checks/reference.py --write`.", "",
        "## Elementwise", "",
        "Lazy on arrays, and the same on plain numbers. Types are promoted first; names and "
        "answers are NumPy's. On plain numbers, and so in functors of `map`, the functions of the "
        "maths library (`exp`, `sin`, `pow`, …) are the C library's, one element at a time: their "
        "last bits may differ from those on arrays "
        "([why](decisions/0011-vector-functions.md)).", "",
        "| function | gives | takes |", "|---|---|---|",
    ]
    functions = ROOT / "include/cumulus/expr/elementwise.def"
    for macro, row in rows(functions, "CUMULUS_UNARY|CUMULUS_BINARY"):
        operands = "x" if macro == "CUMULUS_UNARY" else "x, y"
        doc = row[-1].replace("|", "\\|")
        lines.append(f"| `{row[0]}({operands})` | {doc} | {TAKES[row[1]]} |")
    lines += [
        "", "## Reductions", "",
        "Each takes `(x)`, `(x, axis)`, `(x, {axes…})` and options by name, and has a form over "
        "groups, `group_sum(x, labels, axis, groups, {options})`.", "",
        "| function | gives | options |", "|---|---|---|",
    ]
    for _, row in rows(ROOT / "include/cumulus/expr/reductions.def", "CUMULUS_REDUCTION"):
        lines.append(f"| `{row[0]}(x)` | {row[-1]} | {OPTIONS[row[2]]} |")
    lines += [
        "", "## Scans", "",
        "Each takes `(x, axis)`, and `(x)` for all elements in row-major order.", "",
        "| function | gives | options |", "|---|---|---|",
    ]
    for _, row in rows(ROOT / "include/cumulus/expr/scans.def", "CUMULUS_SCAN"):
        lines.append(f"| `{row[0]}(x)` | {row[-1]} | {SCAN_OPTIONS[row[2]]} |")
    for title, path in DOCUMENTED.items():
        lines += ["", f"## {title}", "", f"In `cumulus/{path}`, with examples and errors.", "",
                  "| function | gives | after |", "|---|---|---|"]
        for names, doc, source in documented(path):
            called = ", ".join(f"`{name}`" for name in names)
            cells = (cell.replace("|", "\\|") for cell in (called, doc, source))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main():
    wanted = page()
    if "--write" in sys.argv:
        PAGE.write_text(wanted)
    elif not PAGE.exists() or PAGE.read_text() != wanted:
        print("docs/reference.md differs from the tables: "
              "run python3 tests/checks/reference.py --write")
        return 1
    print("reference: docs/reference.md says what the tables say")
    return 0


sys.exit(main())
