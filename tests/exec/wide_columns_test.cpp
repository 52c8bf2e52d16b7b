// SPDX-License-Identifier: Apache-2.0
// Reductions down the columns of arrays that are cut into blocks, which several threads share.
// Oracles: plain_summation.hpp for sums and variances, a plain loop for positions.

#include <cmath>
#include <limits>
#include <string>

#include "tests/exec/plain_summation.hpp"
#include "tests/thread_count.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;

/// Values of mixed sign and size, so that the order of additions shows; some are NaN if `some_nan`,
/// but none of the first row.
template <class T> cm::ndarray<T, cm::host> uneven(cm::shape const& s, bool some_nan) {
  cm::ndarray<T, cm::host> a(s);
  std::mt19937_64 bits(3);
  for (index_t i = 0; i < a.size(); ++i) {
    double const unit = static_cast<double>(bits() >> 11) / 9007199254740992.0;
    int const power = static_cast<int>(bits() % 12) - 6;
    a.data()[i] = static_cast<T>(3.0 + std::ldexp(unit - 0.5, power));
    if (some_nan && i >= s[1] && bits() % 5 == 0) {
      a.data()[i] = std::numeric_limits<T>::quiet_NaN();
    }
  }
  return a;
}

/// What the reductions of each column are.
template <class T> struct expected_columns {
  std::vector<T> sum;
  std::vector<T> var;
  std::vector<T> least;
  std::vector<index_t> argmin;
  std::vector<index_t> argmax;
  std::vector<unsigned char> any_above;

  /// A NaN does not count.
  explicit expected_columns(cm::ndarray<T, cm::host> const& a) {
    for (index_t c = 0; c < a.shape()[1]; ++c) {
      plain_summation::sequence<double> s;
      std::size_t smallest = 0;
      std::size_t largest = 0;
      bool above = false;
      for (index_t r = 0; r < a.shape()[0]; ++r) {
        double const x = static_cast<double>(a.data()[r * a.shape()[1] + c]);
        auto const at = static_cast<std::size_t>(r);
        s.x.push_back(x);
        s.valid.push_back(std::isnan(x) ? 0 : 1);
        smallest = !std::isnan(x) && !(s.x[smallest] <= x) ? at : smallest;
        largest = !std::isnan(x) && !(s.x[largest] >= x) ? at : largest;
        above = above || x > limit;
      }
      sum.push_back(static_cast<T>(plain_summation::total(s).value));
      var.push_back(static_cast<T>(plain_summation::variance(s, 0)));
      least.push_back(static_cast<T>(s.x[smallest]));
      argmin.push_back(static_cast<index_t>(smallest));
      argmax.push_back(static_cast<index_t>(largest));
      any_above.push_back(above ? 1 : 0);
    }
  }

  static constexpr double limit = 18;  // few elements are above
};

template <class X, class T>
void check(X const& x, expected_columns<T> const& right, std::string const& what) {
  SCOPED_TRACE(what + " of " + cm::dtype_name<T>() + " " + to_string(x.shape()));
  EXPECT_EQ(values_of(cm::sum(x, 0)), right.sum);
  EXPECT_EQ(values_of(cm::var(x, 0)), right.var);
  EXPECT_EQ(values_of(cm::min(x, 0)), right.least);
  EXPECT_EQ(values_of(cm::argmin(x, 0)), right.argmin);
  EXPECT_EQ(values_of(cm::argmax(x, 0)), right.argmax);
  EXPECT_EQ(values_of(cm::any(x > right.limit, 0)), right.any_above);
}

/// The same of the elements that are numbers.
template <class X, class T>
void check_numbers(X const& x, expected_columns<T> const& right, std::string const& what) {
  SCOPED_TRACE(what + " of " + cm::dtype_name<T>() + " " + to_string(x.shape()));
  EXPECT_EQ(values_of(cm::nansum(x, 0)), right.sum);
  EXPECT_EQ(values_of(cm::nanvar(x, 0)), right.var);
  EXPECT_EQ(values_of(cm::nanmin(x, 0)), right.least);
  EXPECT_EQ(values_of(cm::nanargmin(x, 0)), right.argmin);
  EXPECT_EQ(values_of(cm::nanargmax(x, 0)), right.argmax);
  EXPECT_EQ(values_of(cm::sum(x, 0, {.where = x == x})), right.sum);
}

template <class T> class WideColumns : public testing::Test {};
using element_types = testing::Types<float, double>;
TYPED_TEST_SUITE(WideColumns, element_types);

TYPED_TEST(WideColumns, HaveTheSameBitsOnAnyNumberOfThreads) {
  using T = TypeParam;
  // The last ones have few columns, whose rows follow one another in memory.
  cm::shape const shapes[] = {{3, 33000},   {35, 16400}, {129, 5000},
                              {1100, 2100}, {2000, 63},  {2000, 40}};
  for (cm::shape const& s : shapes) {
    auto const a = uneven<T>(s, false);
    auto const b = uneven<T>(s, true);
    expected_columns<T> const of_a(a);
    expected_columns<T> const of_b(b);
    for (int const threads : {1, 2, 3, 16}) {
      thread_count const scope(threads);
      std::string const with = " with " + std::to_string(threads) + " threads";
      check(a, of_a, "an array" + with);
      check(cm::maximum(a, a), of_a, "an expression" + with);
      check_numbers(b, of_b, "an array" + with);
    }
  }
}

TYPED_TEST(WideColumns, OfGroupsAreTheirRows) {
  using T = TypeParam;
  auto const a = uneven<T>(cm::shape{50, 17000}, false);
  std::vector<index_t> labels;
  for (index_t r = 0; r < 50; ++r) {
    labels.push_back(r % 3);
  }
  // Every second row of the result.
  cm::ndarray<T> out = cm::zeros<T>(cm::shape{6, 17000});
  out(cm::slice(cm::_, cm::_, 2)).assign(cm::group_sum(a, labels, 0, 3));
  for (index_t g = 0; g < 3; ++g) {
    cm::ndarray<T> const members = a(cm::slice(g, cm::_, 3));
    EXPECT_EQ(values_of(out(2 * g)), expected_columns<T>(members).sum) << g;
    EXPECT_EQ(values_of(out(2 * g + 1)), std::vector<T>(17000, T(0))) << g;
  }
}

}  // namespace
