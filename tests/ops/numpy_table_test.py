# SPDX-License-Identifier: Apache-2.0
"""Every line of docs/numpy-to-cumulus.md compiles and gives what NumPy gives for the line beside.

One program is made of all snippets of the right column; it prints the shape, the element type and
the values of each. Oracle: NumPy runs the left column on the same variables.
"""

import contextlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/numpy-to-cumulus.md").read_text()
CXX = os.environ.get("CXX", "g++")

# The variables that the page's lines use, in both languages.
VARIABLES = """
  cm::ndarray<float> a = cm::reshape(cm::arange<float>(6 * 5 * 4), {6, 5, 4}) / 8 - 5;
  cm::ndarray<float> b = 1 + cm::reshape(cm::arange<float>(20), {5, 4}) / 4;
  cm::ndarray<float> x = 2 * b;
  cm::ndarray<float> y = -b;
  cm::ndarray<bool> c = b > 3;
  cm::ndarray<bool> m = a > 0;
  cm::ndarray<bool> ok = a < 4;
  cm::ndarray<bool> mask = a > 2;
  cm::ndarray<std::int64_t> i{0, -1, 3};
  cm::ndarray<std::int64_t> j{4, 1, 1};
  cm::ndarray<std::int64_t> month{0, 1, 2, 0, 1, 2};
  cm::ndarray clim = cm::group_mean(a, month, 0);
  auto v = b(0);
  auto w = b(1);
  std::vector<float> const values{1, 2, 3, 4, 5, 6};
  auto const p = values.data();
  std::size_t const n = values.size();
  cm::shape const s{2, 3};
  auto const f = plus_half{};
"""


def variables():
    a = (np.arange(120, dtype=np.float32).reshape(6, 5, 4) / 8 - 5).astype(np.float32)
    b = (1 + np.arange(20, dtype=np.float32).reshape(5, 4) / 4).astype(np.float32)
    month = np.array([0, 1, 2, 0, 1, 2])
    return {
        "np": np, "a": a, "b": b, "x": 2 * b, "y": -b, "c": b > 3, "m": a > 0, "ok": a < 4,
        "mask": a > 2, "i": np.array([0, -1, 3]), "j": np.array([4, 1, 1]), "month": month,
        "clim": np.stack([a[month == k].mean(axis=0) for k in range(3)]),
        "buffer": np.arange(1, 7, dtype=np.float32), "s": (2, 3),
    }


PROGRAM = """
#include <cumulus/cumulus.hpp>
#include <cumulus/array/tie.hpp>
#include <cumulus/ops/statistics.hpp>
#include <cstdio>
#include <iostream>
#include <sstream>
namespace cm = cumulus;
using cm::_;
using cm::slice;

struct plus_half {
  float operator()(float x, float y) const noexcept { return x + y + 0.5f; }
};

template <class Number> void print(Number number) {
  if constexpr (cm::complex_floating<Number>) {
    std::printf(" %.17g+%.17gj", double(number.re), double(number.im));
  } else {
    std::printf(" %.17g", double(number));
  }
}

template <class X> void show(int n, X const& x) {
  std::printf("%d", n);
  if constexpr (cm::array_like<X>) {
    cm::ndarray<cm::value_type_of<X>> const values(x);
    std::printf(" %s", cm::dtype_name<cm::value_type_of<X>>());
    std::printf(" %s", to_string(values.shape()).c_str());
    for (auto value : values) { print(value); }
  } else if constexpr (cm::weak_scalar<X>) {
    std::printf(" number ()");
    print(x);
  } else if constexpr (std::is_same_v<X, cm::shape>) {
    std::printf(" number (%d,)", x.rank());
    for (auto extent : x) { print(extent); }
  }
  std::printf("\\n");
}

@outside@
// The section "What differs".
void differences() {
  cm::ndarray<int> const two{2};
  show(-3, two << 40);
  show(-4, two >> 40);
  show(-5, cm::pow(two, -1));
  show(-6, cm::astype<std::int8_t>(cm::ndarray<float>{300, -300, std::nanf("")}));
  show(-7, cm::ndarray<std::int64_t>{-1, 1} < cm::ndarray<std::uint64_t>{~0ull, 1ull});
  cm::ndarray<int> written{0, 0};
  written(cm::ndarray<int>{1, 0, 1}) = cm::ndarray<int>{5, 6, 7};
  show(-8, written);
  static_assert(std::is_same_v<cm::value_type_of<decltype(cm::ndarray<float>() * 2.0)>, float>);
}

@functions@
int main() {
  differences();
@calls@
}
"""


def codes(cell):
    return re.findall(r"`([^`.][^`]*)`", cell)


def pairs():
    """The NumPy line, if there is one for it, and the C++ line of each snippet of the tables."""
    for row in re.findall(r"^\| (.*) \| (.*) \|$", PAGE, re.M):
        left, right = row
        if left == "NumPy" or "linalg.hpp" in right:
            continue
        theirs, ours = codes(left), codes(right)
        if right.startswith("the same"):
            ours = [re.sub(r"^(np\.)?(?=[a-z_]+$)|np\.", "cm::", code) for code in theirs]
        matching = len(theirs) == len(ours) and not re.match("`cupy|xarray", left)
        for k, code in enumerate(ours):
            yield theirs[k] if matching else None, code


def statement(n, code):
    """A snippet as the body of a function."""
    if re.fullmatch(r"cm::\w+", code):
        return f"using {code};"
    # Of several results the last one: it is the one that the first must not have changed.
    if several := re.match(r"auto \[.*?(\w+)\]|cm::tie\(.*?(\w+)\) =", code):
        return f"{code.rstrip(';')}; show({n}, {several[1] or several[2]});"
    if code.startswith("{."):
        return f"show({n}, cm::sum(a, 0, {code}));"
    if code.endswith(";"):
        name = re.search(r"(\w+)(\{| = )", code)[1]
        # b is a variable of the page already.
        return code.replace("cm::ndarray b", "cm::ndarray copied") + (
            f" show({n}, a);" if name == "a" else " show(-2, copied);")
    if re.search(r"(?<![=<>!])[+]?=(?!=)", re.sub(r"\{[^}]*\}", "", code)):
        return f"{code}; show({n}, a);"
    if code.startswith(("std::cout", "v.rebind", "cm::save", "a.assign")):
        return f"{code}; show({n}, a);"
    return f"show({n}, {code});"


def numpy_value(code):
    """What the NumPy line gives; None if it has no value."""
    if code is None or re.fullmatch(r"(np\.)?[a-z_]+", code):
        return None
    known = variables()
    if '"a.npy"' in code:
        return known["a"]
    if re.match(r"\w+=\S", code):
        code = f"np.sum(a, axis=0, {code})"
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            value = eval(code, known)
    except SyntaxError:
        exec(code, known)
        several = re.match(r"(?:\w+, )+(\w+) =", code)
        value = known[several[1] if several else "a"]
    return known["a"] if value is None else value


def body(n, code):
    own = re.match(r"cm::ndarray<float> a\{", code)
    unused = "" if own else VARIABLES
    return (f"void snippet_{n}([[maybe_unused]] std::ostringstream& out) {{\n{unused}\n"
            f"  {statement(n, code).replace('std::cout', 'out')}\n}}\n")


def outputs(snippets, block):
    outside, rest = block.split("};\n", 1)
    functions = "".join(body(n, code) for n, (_, code) in enumerate(snippets))
    functions += "void own_function() {\n  cm::ndarray<float> t{280.0}, p{5e4};\n"
    functions += rest + "  show(-1, theta);\n}\n"
    calls = "".join(f"  snippet_{n}(out);\n" for n in range(len(snippets)))
    program = PROGRAM.replace("@outside@", outside + "};\n").replace("@functions@", functions)
    calls = "  std::ostringstream out;\n" + calls + "  own_function();"
    program = program.replace("@calls@", calls)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.save(folder / "a.npy", variables()["a"])
        (folder / "table.cpp").write_text(program)
        command = [CXX, "-std=c++20", "-O0", f"-I{ROOT / 'include'}", "table.cpp", "-o", "table"]
        subprocess.run(command, check=True, cwd=folder)
        text = subprocess.run([folder / "table"], check=True, cwd=folder, capture_output=True,
                              text=True).stdout
    shown = {}
    for line in text.splitlines():
        match = re.match(r"(-?\d+)(?: (\w+) \(([\d, ]*)\)(.*))?$", line)
        assert match, f"cannot read {line!r}"
        if match[2]:
            shape = tuple(int(k) for k in match[3].replace(",", " ").split())
            shown[int(match[1])] = match[2], shape, np.array(match[4].split(), float)
    return shown


def compare(numpy_line, line, value, shown):
    what = f"{line} against {numpy_line}"
    dtype, shape, values = shown
    value = np.asarray(value)
    assert shape == value.shape, f"{what}: expected shape {value.shape}, got {shape}"
    # The mean of a masked float32 array is float64 in NumPy and float32 of a plain one.
    same = dtype in ("number", value.dtype.name) or "np.ma" in numpy_line
    assert same, f"{what}: expected {value.dtype}, got {dtype}"
    np.testing.assert_allclose(values, value.ravel().astype(float), rtol=3e-6, err_msg=what)


def main():
    snippets = [(theirs, ours) for theirs, ours in pairs() if "cm::cuda" not in ours]
    block = re.search(r"```cpp\n(.*?)```", PAGE, re.S)[1]  # the first one
    shown = outputs(snippets, block)
    compared = 0
    for n, (theirs, ours) in enumerate(snippets):
        # Bytes there, elements here; and elements that nobody set.
        differs = theirs is not None and theirs.startswith(("a.strides", "np.empty"))
        value = None if differs else numpy_value(theirs)
        if value is not None and n in shown:
            compare(theirs, ours, value, shown[n])
            compared += 1
    np.testing.assert_allclose(shown[-1][2], 280 * (1e5 / 5e4) ** 0.2857, rtol=1e-6)
    differences = {-3: [0], -4: [0], -5: [0], -6: [127, -128, 0], -7: [1, 0], -8: [6, 7]}
    for n, values in differences.items():
        np.testing.assert_array_equal(shown[n][2], values)
    assert compared >= 50, f"only {compared} lines were compared"
    print(f"docs/numpy-to-cumulus.md: {len(snippets)} lines compile, {compared} agree with NumPy")


sys.exit(main())
