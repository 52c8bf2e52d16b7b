// SPDX-License-Identifier: Apache-2.0
// Reductions down the columns of arrays so wide that they are cut into blocks, which several
// threads share. Oracles: plain_summation.hpp for sums and variances, a plain loop for extremes.

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/exec/plain_summation.hpp"
#include "tests/typed_arrays.hpp"

#if defined(_OPENMP)
#  include <omp.h>
#endif

namespace {

using namespace typed_arrays;

/// Elements of mixed size that repeat often enough for ties.
template <class T> cm::ndarray<T, cm::host> uneven(cm::shape const& s) {
  cm::ndarray<T, cm::host> a(s);
  std::uint64_t state = 3;
  for (index_t i = 0; i < a.size(); ++i) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    int const power = static_cast<int>(state >> 60) - 8;
    a.data()[i] =
        static_cast<T>(std::ldexp(static_cast<double>(state >> 44 & 1023) - 511.0, power));
  }
  return a;
}

/// The borders of blocks whatever their width, and some columns between them.
std::vector<index_t> some_columns(index_t columns) {
  std::vector<index_t> some{0, 1, columns / 2, columns - 2, columns - 1};
  for (index_t c = 64; c < columns; c += 64) {
    if (c % 2048 == 0 || c % 1984 == 0) {
      some.insert(some.end(), {c - 1, c, std::min(c + 1, columns - 1)});
    }
  }
  return some;
}

template <class T> struct expected_column {
  plain_summation::sequence<double> elements;
  index_t smallest = 0;
  index_t largest = 0;

  expected_column(cm::ndarray<T, cm::host> const& a, index_t column) {
    for (index_t r = 0; r < a.shape()[0]; ++r) {
      double const x = static_cast<double>(a.data()[r * a.shape()[1] + column]);
      elements.x.push_back(x);
      smallest = x < elements.x[static_cast<std::size_t>(smallest)] ? r : smallest;
      largest = x > elements.x[static_cast<std::size_t>(largest)] ? r : largest;
    }
  }
};

/// Compares reductions of `x`, whose elements are those of `a`.
template <class T, class X>
void check(X const& x, cm::ndarray<T, cm::host> const& a, std::string const& what) {
  SCOPED_TRACE(what + " of " + cm::dtype_name<T>() + " " + to_string(a.shape()));
  auto const sum = values_of(cm::sum(x, 0));
  auto const mean = values_of(cm::nanmean(x, 0));
  auto const var = values_of(cm::var(x, 0));
  auto const least = values_of(cm::min(x, 0));
  auto const argmin = values_of(cm::argmin(x, 0));
  auto const argmax = values_of(cm::argmax(x, 0));
  ASSERT_EQ(sum.size(), static_cast<std::size_t>(a.shape()[1]));
  for (index_t const column : some_columns(a.shape()[1])) {
    auto const c = static_cast<std::size_t>(column);
    expected_column<T> const right(a, column);
    ASSERT_EQ(sum[c], static_cast<T>(plain_summation::total(right.elements).value)) << column;
    ASSERT_EQ(mean[c], static_cast<T>(plain_summation::mean(right.elements))) << column;
    ASSERT_EQ(var[c], static_cast<T>(plain_summation::variance(right.elements, 0))) << column;
    ASSERT_EQ(argmin[c], right.smallest) << column;
    ASSERT_EQ(argmax[c], right.largest) << column;
    ASSERT_EQ(least[c], a.data()[right.smallest * a.shape()[1] + column]) << column;
  }
}

template <class T> class WideColumns : public testing::Test {};
using element_types = testing::Types<float, double>;
TYPED_TEST_SUITE(WideColumns, element_types);

TYPED_TEST(WideColumns, HaveTheSameBitsOnAnyNumberOfThreads) {
  using T = TypeParam;
  cm::shape const shapes[] = {{3, 33000}, {35, 16400}, {129, 5000}, {1100, 2100}};
  int const thread_counts[] = {1, 2, 3, 16};
  for (cm::shape const& s : shapes) {
    auto const a = uneven<T>(s);
    for (int const threads : thread_counts) {
#if defined(_OPENMP)
      int const before = omp_get_max_threads();
      omp_set_num_threads(threads);
#endif
      std::string const with = " with " + std::to_string(threads) + " threads";
      check<T>(a, a, "an array" + with);
      check<T>(cm::maximum(a, a), a, "an expression" + with);
#if defined(_OPENMP)
      omp_set_num_threads(before);
#endif
    }
  }
}

TYPED_TEST(WideColumns, OfGroupsAreTheirRows) {
  using T = TypeParam;
  cm::shape const s{50, 17000};
  auto const a = uneven<T>(s);
  std::vector<index_t> labels(50);
  for (index_t r = 0; r < 50; ++r) {
    labels[static_cast<std::size_t>(r)] = r % 3;
  }
  auto const mean = values_of(cm::group_mean(a, labels, 0, 3));
  for (index_t g = 0; g < 3; ++g) {
    for (index_t const column : some_columns(s[1])) {
      plain_summation::sequence<double> members;
      for (index_t r = g; r < s[0]; r += 3) {
        members.x.push_back(static_cast<double>(a.data()[r * s[1] + column]));
      }
      ASSERT_EQ(mean[static_cast<std::size_t>(g * s[1] + column)],
                static_cast<T>(plain_summation::mean(members)))
          << g << " " << column;
    }
  }
}

}  // namespace
