// SPDX-License-Identifier: Apache-2.0
// Oracles: numpy.take for random arrays, axes and indices (take_cases.py gives the positions of the
// elements taken); closed forms.
#include "cumulus/ops/take.hpp"

#include <fstream>
#include <sstream>

#include "tests/message_of.hpp"
#include "tests/oracle_process.hpp"
#include "tests/typed_arrays.hpp"

namespace take_test {
struct next {
  CUMULUS_HD int operator()(int v) const { return v + 1; }
};
}  // namespace take_test

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using typed_arrays::array_of;
using typed_arrays::counting;
using typed_arrays::values_of;

struct take_case {
  std::string text;
  cm::shape base;
  std::vector<index_t> steps;
  std::vector<int> order;
  int axis = 0;
  cm::shape index_shape;
  std::vector<index_t> index;
  cm::shape result;
  std::vector<index_t> positions;
};

std::vector<index_t> read_numbers(std::istream& in, index_t count) {
  std::vector<index_t> numbers(static_cast<std::size_t>(count));
  for (index_t& n : numbers) {
    in >> n;
  }
  return numbers;
}

cm::shape read_shape(std::istream& in) {
  return cm::shape(std::span<index_t const>(read_numbers(in, read_numbers(in, 1)[0])));
}

std::vector<take_case> const& numpy_cases() {
  static std::vector<take_case> const cases = [] {
    std::string const path = oracle::scratch("take_cases.txt");
    auto const made = oracle::run(std::string(CUMULUS_PYTHON) + " " + oracle::source_dir() +
                                  "/tests/ops/take_cases.py 400 " + path);
    EXPECT_EQ(made.status, 0);
    std::ifstream file(path);
    std::vector<take_case> result;
    for (std::string line; std::getline(file, line);) {
      std::istringstream in(line);
      take_case c;
      c.text = line;
      c.base = read_shape(in);
      c.steps = read_numbers(in, c.base.rank());
      for (index_t k : read_numbers(in, c.base.rank())) {
        c.order.push_back(static_cast<int>(k));
      }
      in >> c.axis;
      c.index_shape = read_shape(in);
      c.index = read_numbers(in, c.index_shape.size());
      c.result = read_shape(in);
      c.positions = read_numbers(in, c.result.size());
      EXPECT_TRUE(in) << line;
      result.push_back(c);
    }
    return result;
  }();
  return cases;
}

template <class X> auto viewed_as(take_case const& c, X x) {
  for (int k = 0; k < c.base.rank(); ++k) {
    std::vector<cm::index_item> items(static_cast<std::size_t>(k), cm::index_item(_));
    items.push_back(cm::slice(_, _, c.steps[static_cast<std::size_t>(k)]));
    x = x.mapped(cm::map_index(x.shape(), items));
  }
  return x.mapped(cm::map_transpose(x.shape(), c.order, "test"));
}

template <class Space, class T, class Index> void check(take_case const& c) {
  auto const base = counting<Space, T>(c.base);
  auto const x = viewed_as(c, base.to_expression());
  std::vector<Index> const narrow(c.index.begin(), c.index.end());
  auto const index = array_of<Space>(c.index_shape, narrow);
  cm::ndarray const plain = cm::take(x, index, c.axis);
  // The same elements through an expression of two arrays and a constant.
  cm::ndarray const fused = cm::take(x + x * 2, index, c.axis) - cm::take(x, index, c.axis);
  ASSERT_EQ(plain.shape(), c.result) << c.text;
  ASSERT_EQ(fused.shape(), c.result) << c.text;
  auto const values = values_of(plain);
  auto const doubled = values_of(fused);
  for (std::size_t i = 0; i < c.positions.size(); ++i) {
    ASSERT_EQ(values[i], static_cast<T>(c.positions[i])) << c.text;
    ASSERT_EQ(doubled[i], static_cast<T>(2 * c.positions[i])) << c.text;
  }
}

template <class Space> using Take = typed_arrays::in_each_space<Space>;
TYPED_TEST_SUITE(Take, typed_arrays::spaces);

TYPED_TEST(Take, GivesWhatNumPyTakes) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "Python's numpy");
  ASSERT_EQ(numpy_cases().size(), 400);
  for (auto const& c : numpy_cases()) {
    check<TypeParam, float, index_t>(c);
    check<TypeParam, double, std::int32_t>(c);
    check<TypeParam, std::int64_t, std::int8_t>(c);
    check<TypeParam, cm::complex<float>, index_t>(c);
  }
}

// x[month] - climatology: with x = 100 t + p and climatology = p, every anomaly is 100 t.
TYPED_TEST(Take, SubtractsAClimatologyThatIsNotExpanded) {
  index_t const times = 30;
  index_t const points = 77;
  cm::ndarray<float, TypeParam> x(cm::arange<float, TypeParam>(times)(_, cm::newaxis) * 100.0F +
                                  cm::arange<float, TypeParam>(points));
  cm::ndarray<float, TypeParam> climatology(cm::arange<float, TypeParam>(12)(_, cm::newaxis) *
                                                1000.0F +
                                            cm::arange<float, TypeParam>(points));
  cm::ndarray<index_t, TypeParam> const month(cm::arange<index_t, TypeParam>(times) % 12);
  auto const anomaly = values_of(x - cm::take(climatology, month, 0));
  for (index_t t = 0; t < times; ++t) {
    for (index_t p = 0; p < points; ++p) {
      ASSERT_EQ(anomaly[static_cast<std::size_t>(t * points + p)],
                static_cast<float>(100 * t - 1000 * (t % 12)));
    }
  }
}

// The rows of the anomaly are side by side in memory, and the index stands still along them.
TEST(TakePlan, AnAnomalyIsSweptByWholeRows) {
  cm::ndarray<float> const x = cm::zeros<float>({24, 5, 7});
  cm::ndarray<float> const climatology = cm::zeros<float>({12, 5, 7});
  cm::ndarray<index_t> const month(cm::arange(24) % 12);
  auto const e = x - cm::take(climatology, month, 0);
  ASSERT_EQ(e.leaf_count, 3);
  cm::ndarray<float> out(x.shape());
  cm::operand operands[] = {cm::target_of(out.view()).op, e.leaves()[0].op, e.leaves()[1].op,
                            e.leaves()[2].op};
  auto const plan = cm::plan_elementwise(x.shape(), operands);
  EXPECT_EQ(cm::to_string(plan), "inner_contiguous (24, 35)");
  EXPECT_EQ(operands[2].stride[0], 1);
  EXPECT_EQ(operands[2].stride[1], 0);
  EXPECT_EQ(operands[3].stride[0], 0);
  EXPECT_EQ(operands[3].stride[1], 1);
}

TYPED_TEST(Take, AcceptsNumbersAndLists) {
  auto const x = array_of<TypeParam, int>({2, 3}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(values_of(cm::take(x, {2, 0}, 1)), (std::vector<int>{2, 0, 5, 3}));
  EXPECT_EQ(values_of(cm::take(x, std::vector<int>{1}, 0)), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(cm::take(x, -1, 1).shape(), cm::shape{2});
  EXPECT_EQ(values_of(cm::take(x, -1, 1)), (std::vector<int>{2, 5}));
  EXPECT_EQ(values_of(cm::take(cm::transpose(x), {1, 5})), (std::vector<int>{3, 5}));
  EXPECT_EQ(values_of(cm::take(x, array_of<TypeParam, int>({2}, {0, 1}) + 1, 1)),
            (std::vector<int>{1, 2, 4, 5}));
}

// Nodes that have no gather of their own are evaluated, with the same answer.
TYPED_TEST(Take, OfGeneratorsTakesAndManyArrays) {
  auto const i = array_of<TypeParam, index_t>({3}, {4, 0, -1});
  EXPECT_EQ(values_of(cm::take(cm::arange<int, TypeParam>(5) * 10, i, 0)),
            (std::vector<int>{40, 0, 40}));
  auto const x = array_of<TypeParam, int>({5}, {0, 1, 2, 3, 4});
  EXPECT_EQ(values_of(cm::take(cm::take(x, i, 0), {0, 1}, 0)), (std::vector<int>{4, 0}));
  EXPECT_EQ(values_of(cm::take(x + x + x + x + x + x + x + x + x, i, 0)),
            (std::vector<int>{36, 0, 36}));
  EXPECT_EQ(values_of(cm::take(cm::map(take_test::next{}, x), i, 0)), (std::vector<int>{5, 1, 5}));
}

TYPED_TEST(Take, CountsOnlyValidElementsInReductions) {
  auto const x = array_of<TypeParam, double>({4}, {1, NAN, 3, 4});
  auto const i = array_of<TypeParam, index_t>({5}, {0, 0, 1, 2, -1});
  EXPECT_EQ(cm::ndarray(cm::sum(cm::take(cm::masked(x, x > 2), i, 0))).item(), 7);
  EXPECT_EQ(cm::ndarray(cm::sum(cm::take(cm::skip_nan(x), i, 0))).item(), 9);
}

TYPED_TEST(Take, IsViewedLikeAnyExpression) {
  auto const x = array_of<TypeParam, int>({3, 2}, {0, 1, 2, 3, 4, 5});
  auto const e = cm::take(x, {2, 1, 0, 2}, 0);
  EXPECT_EQ(values_of(e(cm::slice(_, _, -2), 1)), (std::vector<int>{5, 3}));
  EXPECT_EQ(values_of(cm::transpose(e)), (std::vector<int>{4, 2, 0, 4, 5, 3, 1, 5}));
}

TYPED_TEST(Take, MayBeAssignedToWhatItReads) {
  auto x = array_of<TypeParam, int>({4}, {0, 1, 2, 3});
  x(_) = cm::take(x, {3, 2, 1, 0}, 0);
  EXPECT_EQ(values_of(x), (std::vector<int>{3, 2, 1, 0}));
  x = cm::take(x, {1, 1}, 0);
  EXPECT_EQ(values_of(x), (std::vector<int>{2, 2}));
}

TYPED_TEST(Take, NamesAxesAndShapesInItsErrors) {
  auto const x = counting<TypeParam, int>({2, 3});
  EXPECT_EQ(message_of<cm::axis_error>([&] { cm::take(x, {0}, 2); }),
            "take: expected an axis in [-2, 2), got 2");
  auto const wide = counting<TypeParam, int>({1, 1, 1, 1, 1, 1, 1, 1});
  EXPECT_EQ(
      message_of<cm::shape_error>([&] { cm::take(wide, counting<TypeParam, int>({1, 1}), 0); }),
      "take: expected a result of at most 8 axes, got 9 from shape (1, 1, 1, 1, 1, 1, 1, 1) "
      "with an index of shape (1, 1) along axis 0");
  EXPECT_EQ(message_of<cm::shape_error>([&] {
              cm::take(cm::broadcast_to(x, {index_t{1} << 20, index_t{1} << 20, 2, 3}),
                       cm::broadcast_to(counting<TypeParam, int>({1}), {index_t{1} << 24}), 2);
            }).substr(0, 44),
            "take: expected a size below 2^63 bytes, got ");
}

// A difference of unsigned positions that went below 0 must not count from the end.
TYPED_TEST(Take, RefusesUnsignedPositionsThatWentBelowZero) {
  auto const x = counting<TypeParam, int>({5});
  std::size_t const below = std::size_t{2} - 3;
  EXPECT_EQ(message_of<cm::index_error>([&] { cm::take(x, below, 0); }),
            "index: expected an index below 2^63, got 18446744073709551615");
  EXPECT_THROW(cm::take(x, std::vector<std::size_t>{1, below}, 0), cm::index_error);
  EXPECT_THROW(x(std::vector<std::size_t>{1, below}), cm::index_error);
  auto const small = array_of<TypeParam, std::uint64_t>({2}, {4, 1});
  EXPECT_EQ(values_of(cm::take(x, small, 0)), (std::vector<int>{4, 1}));
}

// On a device an index out of range is found when the work is done.
TEST(TakeHost, NamesAnIndexOutOfRange) {
  auto const x = counting<cm::host, int>({2, 3});
  EXPECT_EQ(message_of<cm::index_error>([&] { cm::ndarray y = cm::take(x, {0, 3}, 1); }),
            "take: expected an index in [-3, 3), got 3");
  EXPECT_EQ(message_of<cm::index_error>([&] { cm::ndarray y = cm::take(x, {-3}, 0); }),
            "take: expected an index in [-2, 2), got -3");
  auto const below = array_of<cm::host, std::uint64_t>({2}, {0, ~std::uint64_t{0}});
  EXPECT_EQ(message_of<cm::index_error>([&] { cm::ndarray y = cm::take(x, below, 1); }),
            "take: expected an index in [-3, 3), got 9223372036854775807");
}

}  // namespace
