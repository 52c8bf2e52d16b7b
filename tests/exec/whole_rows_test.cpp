// SPDX-License-Identifier: Apache-2.0
// Rows of whole packs, of which the loop of an expression takes several at once. Oracle: closed
// forms of every element; the inputs are small integers, so that every result is exact.

#include <gtest/gtest.h>

#include <vector>

#include "cumulus/cumulus.hpp"
#include "tests/small_numbers.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;

/// Compares element (i, j, k) with of(i, j, k).
template <class T, class F> void expect_elements(cm::ndarray<T> const& got, F const& of) {
  cm::shape const s = got.shape();
  for (index_t i = 0; i < s[0]; ++i) {
    for (index_t j = 0; j < s[1]; ++j) {
      for (index_t k = 0; k < s[2]; ++k) {
        ASSERT_EQ(got.data()[(i * s[1] + j) * s[2] + k], static_cast<T>(of(i, j, k)))
            << i << " " << j << " " << k;
      }
    }
  }
}

constexpr index_t lengths[] = {64, 128, 256, 320, 2048, 100};  // the last one: no whole packs

template <class T> class WholeRows : public testing::Test {};
using element_types = testing::Types<std::int8_t, float, double>;
TYPED_TEST_SUITE(WholeRows, element_types);

// One element for a row, another for each of them, and a row for all: on two outer axes.
TYPED_TEST(WholeRows, OfRepeatedElements) {
  using T = TypeParam;
  for (index_t const n : lengths) {
    for (index_t const rows : {1, 7, 75}) {
      cm::ndarray<T> const x = small_numbers<T>({3, rows, n}, 19);
      cm::ndarray<T> const row = small_numbers<T>({n}, 13);
      cm::ndarray<T> const column = small_numbers<T>({rows, 1}, 11);
      cm::ndarray<T> const plane = small_numbers<T>({3, 1, 1}, 7);
      cm::ndarray<T> const got = x + row - column + plane;
      expect_elements(got, [&](index_t i, index_t j, index_t k) {
        return ((i * rows + j) * n + k) % 19 + k % 13 - j % 11 + i;
      });
    }
  }
}

// More arrays that are repeated than the packs of all rows have room for.
TYPED_TEST(WholeRows, OfManyRepeatedArrays) {
  using T = TypeParam;
  index_t const rows = 100;
  cm::ndarray<T> const c = small_numbers<T>({rows, 1}, 5);
  cm::ndarray<T> const x = small_numbers<T>({2, rows, 64}, 3);
  cm::ndarray<T> const got = x + c + c + c + c + c + c + c + c + c + c + c + c;
  expect_elements(got, [&](index_t i, index_t j, index_t k) {
    return ((i * rows + j) * 64 + k) % 3 + 12 * (j % 5);
  });
}

TYPED_TEST(WholeRows, OfAGatherAndAGenerator) {
  using T = TypeParam;
  std::vector<index_t> index(50);
  for (std::size_t i = 0; i < index.size(); ++i) {
    index[i] = static_cast<index_t>(i) * 7 % 12 - (i % 2 == 1 ? 12 : 0);
  }
  cm::ndarray<index_t> const which(index);
  for (index_t const n : lengths) {
    cm::ndarray<T> const means = small_numbers<T>({12, 2, n}, 17);
    cm::ndarray<T> const x = small_numbers<T>({50, 2, n}, 23);
    cm::ndarray<T> const wide = small_numbers<T>({50, 2, n + 64}, 1);
    // A column of the gathered array, too: one element for the whole row.
    cm::ndarray<T> const got = x - cm::take(means, which, 0) + wide(_, _, slice(n)) +
                               cm::take(means(_, _, slice(3, 4)), which, 0) +
                               cm::astype<T>(cm::arange(n) % 9);
    expect_elements(got, [&](index_t i, index_t j, index_t k) {
      index_t const month = i * 7 % 12;
      return ((i * 2 + j) * n + k) % 23 - ((month * 2 + j) * n + k) % 17 +
             ((month * 2 + j) * n + 3) % 17 + k % 9;
    });
  }
}

TYPED_TEST(WholeRows, IntoPartOfAnArrayBackwards) {
  using T = TypeParam;
  for (index_t const n : lengths) {
    cm::ndarray<T> out = cm::full<T>({9, 10, n + 3}, T(1));
    cm::ndarray<T> const x = small_numbers<T>({9, 5, n}, 21);
    cm::ndarray<T> const column = small_numbers<T>({5, 1}, 4);
    out(slice(_, _, -1), slice(_, _, 2), slice(2, n + 2)) = x + column;
    expect_elements(out, [&](index_t i, index_t j, index_t k) {
      bool const inside = j % 2 == 0 && k >= 2 && k < n + 2;
      index_t const row = (8 - i) * 5 + j / 2;
      return inside ? (row * n + k - 2) % 21 + j / 2 % 4 : 1;
    });
  }
}

// Threads begin and end in the middle of rows.
TYPED_TEST(WholeRows, SharedOutAmongThreads) {
  using T = TypeParam;
  index_t const n = 448;
  index_t const rows = 2001;
  cm::ndarray<T> const x = small_numbers<T>({1, rows, n}, 31);
  cm::ndarray<T> const column = small_numbers<T>({rows, 1}, 29);
  cm::ndarray<T> const got = x - column;
  expect_elements(got, [&](index_t, index_t j, index_t k) { return (j * n + k) % 31 - j % 29; });
}

}  // namespace
