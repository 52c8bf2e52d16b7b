# SPDX-License-Identifier: Apache-2.0
"""What the climate and figure headers define belongs to one build.

Functions that a linker may merge and that hold loops must carry the name of their instruction set:
otherwise the order of linking decides which body runs (docs/decisions/0002-namespaces.md).
Oracle: the symbol table of a file compiled without inlining.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = """
#include "cumulus/climate/area_mean.hpp"
#include "cumulus/climate/cell_area.hpp"
#include "cumulus/climate/monthly.hpp"
#include "cumulus/io/figure.hpp"
namespace cm = cumulus;
double use(std::vector<double> const& lat, std::vector<double> const& lon,
           cm::plot::figure const& picture) {
  auto const edges = cm::climate::joined_edges(cm::climate::longitude_edges(lon));
  auto const groups = cm::climate::group_by_month(std::vector<int>{1, 2, 1});
  cm::plot::write_png(picture, "x.png");
  return cm::climate::cell_area(lat, lon, cm::climate::sin_band)[0] + edges[0] +
         static_cast<double>(groups.count());
}
"""
# What plain types have: special members, and queries without a loop.
OF_TYPES = re.compile(r"::(\w+)::(~?\1|right|bottom|low|span|cells|count|operator=)$")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def qualified_name(symbol):
    """The name of a function, without template arguments, parameters and result."""
    while (plain := re.sub(r"<[^<>]*>", "", symbol)) != symbol:
        symbol = plain
    return symbol.partition("(")[0].split(" ")[-1]


def main():
    flags = subprocess.run(["pkg-config", "--cflags", "cairo"], capture_output=True, text=True)
    if flags.returncode != 0:
        print("this test needs cairo and pkg-config, not found")
        sys.exit(1 if os.environ.get("CI") else 77)
    with tempfile.TemporaryDirectory(prefix="cumulus_one_build_") as folder:
        source = pathlib.Path(folder) / "use.cpp"
        source.write_text(SOURCE)
        made = source.with_suffix(".o")
        run(os.environ.get("CXX", "g++"), "-std=c++20", "-O0", "-fopenmp", f"-I{ROOT / 'include'}",
            *flags.stdout.split(), "-c", source, "-o", made)
        symbols = run("nm", "-C", "--defined-only", made)
    functions = re.findall(r"^\w+ W (.*)$", symbols, re.MULTILINE)
    ours = [name for name in map(qualified_name, functions)
            if re.match(r"cumulus::v1::(climate|plot)::", name)]
    of_builds = [name for name in ours if re.search(r"::v1_cpp_\w+::", name)]
    for function in ("cell_area", "longitude_edges", "group_by_month", "write_png", "pixels"):
        assert any(name.endswith(f"::{function}") for name in of_builds), f"{function} is not found"
    others = {name for name in ours if name not in of_builds and not OF_TYPES.search(name)}
    assert not others, f"these are no build's own: {others}"


main()
