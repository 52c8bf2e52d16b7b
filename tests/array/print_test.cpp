// SPDX-License-Identifier: Apache-2.0
// Arrays as text. Oracle: NumPy's str() and array2string() of the arrays of print_cases.py.

#include "cumulus/array/print.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cumulus/cumulus.hpp"
#include "cumulus/io/npy.hpp"
#include "tests/oracle_process.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace cumulus;

std::string content(std::string const& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct printed_case {
  std::string file;  // without its suffix
  std::string mode;
  print_options options;
};

print_options parsed(std::string const& text) {
  print_options o;
  if (text != "default") {
    auto const n = oracle::numbers(text);
    o.precision = static_cast<int>(n.at(0));
    o.threshold = static_cast<index_t>(n.at(1));
    o.edgeitems = static_cast<index_t>(n.at(2));
    o.linewidth = static_cast<int>(n.at(3));
    o.suppress_small = n.at(4) != 0;
  }
  return o;
}

template <class T> std::string printed(printed_case const& c) {
  auto const a = load<T, host>(c.file + ".npy");
  if (c.mode == "array") {
    return to_string(a, c.options);
  }
  std::string lines;
  for (index_t i = 0; i < a.size(); ++i) {
    ndarray<T, host> one(c.mode == "scalars" ? shape{} : shape{2});
    one.data()[0] = a.data()[i];
    if (c.mode == "pairs") {
      one.data()[1] = T(1);
    }
    lines += (i != 0 ? "\n" : "") + to_string(one);
  }
  return lines;
}

template <class... T> std::string printed_as(std::string const& type, printed_case const& c) {
  std::string text = "no such type: " + type;
  (void)((type == dtype_name<T>() && (text = printed<T>(c), true)) || ...);
  return text;
}

TEST(print, writes_what_numpy_writes) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  std::string const folder = oracle::scratch("print");
  std::filesystem::create_directories(folder);
  auto const made = oracle::run(CUMULUS_PYTHON " '" + oracle::source_dir() +
                                "/tests/array/print_cases.py' '" + folder + "'");
  ASSERT_EQ(made.status, 0);
  std::ifstream index(folder + "/index.txt");
  int cases = 0;
  int failures = 0;
  for (std::string line; std::getline(index, line); ++cases) {
    std::istringstream fields(line);
    std::string number;
    std::string mode;
    std::string type;
    std::string options;
    fields >> number >> mode >> type >> options;
    printed_case const c{folder + "/" + number, mode, parsed(options)};
    auto const text = printed_as<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                                 std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, float16,
                                 float, double, complex<float>, complex<double>>(type, c);
    std::string const expected = content(c.file + ".txt");
    if (text != expected) {
      auto const at = std::mismatch(text.begin(), text.end(), expected.begin(), expected.end());
      auto const from =
          static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, at.first - text.begin() - 60));
      ADD_FAILURE() << line << "\nexpected\n"
                    << expected.substr(from, 200) << "\ngot\n"
                    << text.substr(from, 200);
      if (++failures == 10) {
        break;
      }
    }
  }
  EXPECT_GT(cases, 2000);
  std::filesystem::remove_all(folder);
}

// Oracle: the same values as float32, in NumPy.
TEST(print, bfloat16_is_written_as_its_float) {
  ndarray<bfloat16, host> a(shape{3});
  a.data()[0] = bfloat16(0.1F);
  a.data()[1] = bfloat16(1.0F);
  a.data()[2] = bfloat16(-2.5F);
  EXPECT_EQ(to_string(a), "[ 0.10009766  1.         -2.5       ]");
  EXPECT_EQ(to_string(a(0)), "0.100097656");
}

// Oracle: NumPy's text of the same slices and formulas.
TEST(print, views_and_expressions_are_written_by_their_elements) {
  ndarray<int, host> const a{{0, 1, 2, 3}, {4, 5, 6, 70}};
  EXPECT_EQ(to_string(a(_, slice(_, _, -2))), "[[ 3  1]\n [70  5]]");
  EXPECT_EQ(to_string(a(1) + 0.5), "[ 4.5  5.5  6.5 70.5]");
  EXPECT_EQ(to_string(a(0) > 1), "[False False  True  True]");
  EXPECT_EQ(to_string(zeros<float>(shape{1, 1})), "[[0.]]");
  EXPECT_EQ(to_string(ndarray<double, host>()), "[]");
}

template <class Space> struct printed_from : typed_arrays::in_each_space<Space> {};
TYPED_TEST_SUITE(printed_from, typed_arrays::spaces);

// Oracle: NumPy's text.
TYPED_TEST(printed_from, streams_take_arrays_and_expressions) {
  auto const a = typed_arrays::array_of<TypeParam, double>(shape{2, 2}, {1, 2, 3, 4});
  std::ostringstream out;
  out << "a = " << a << ", a.T = " << transpose(a) << " and " << a(0) / 4 << '\n';
  EXPECT_EQ(out.str(), "a = [[1. 2.]\n [3. 4.]], a.T = [[1. 3.]\n [2. 4.]] and [0.25 0.5 ]\n");
}

TEST(print, refuses_options_without_a_meaning) {
  ndarray<double, host> const a{1, 2};
  EXPECT_THROW(to_string(a, {.precision = -1}), value_error);
  EXPECT_THROW(to_string(a, {.threshold = -1}), value_error);
  EXPECT_THROW(to_string(a, {.edgeitems = 0}), value_error);
}

}  // namespace
