// SPDX-License-Identifier: Apache-2.0
// Rows of any length, whose last pack shares elements with the one before. Oracle: closed forms of
// every element; the inputs are small integers, so that every result is exact.

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "cumulus/array/tie.hpp"
#include "cumulus/cumulus.hpp"
#include "cumulus/exec/host/streaming_store.hpp"
#include "tests/small_numbers.hpp"
#include "tests/thread_count.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;

/// Rows of `n` elements `pitch` apart, from element `first` on; what lies between them is 99.
template <class T, class F>
void expect_rows(cm::ndarray<T> const& all, index_t rows, index_t n, index_t pitch, index_t first,
                 F const& of) {
  for (index_t i = 0; i < all.size(); ++i) {
    index_t const row = i < first ? -1 : (i - first) / pitch;
    index_t const k = i - first - row * pitch;
    bool const inside = row >= 0 && row < rows && k < n;
    T const expected = inside ? static_cast<T>(of(row, k)) : static_cast<T>(99);
    ASSERT_TRUE(all.data()[i] == expected)
        << cm::dtype_name<T>() << ", rows of " << n << ": row " << row << ", element " << k;
  }
}

/// Views of rows in a larger array.
template <class T> struct rows_of_array {
  index_t rows;
  index_t n;
  index_t pitch;
  index_t first;
  cm::ndarray<T> all = cm::full<T>({first + rows * pitch + 70}, static_cast<T>(99));

  auto view() {
    return cm::reshape(all(slice(first, first + rows * pitch)), {rows, pitch})(_, slice(n));
  }
  template <class F> void expect(F const& of) const { expect_rows(all, rows, n, pitch, first, of); }
};

std::vector<index_t> lengths() {
  std::vector<index_t> result;
  for (index_t n = 1; n <= 140; ++n) {
    result.push_back(n);
  }
  result.insert(result.end(), {180, 181, 255, 360, 361, 719, 1030});
  return result;
}

template <class T> class RowEnds : public testing::Test {};
using element_types =
    testing::Types<std::int8_t, cm::float16, float, double, std::int64_t, cm::complex<double>>;
TYPED_TEST_SUITE(RowEnds, element_types);

TYPED_TEST(RowEnds, AreWrittenAndNothingBeside) {
  using T = TypeParam;
  for (index_t const n : lengths()) {
    cm::ndarray<T> const x = small_numbers<T>({13, n}, 7);
    cm::ndarray<T> const column = small_numbers<T>({13, 1}, 5);
    cm::ndarray<T> const row = small_numbers<T>({n}, 3);
    for (index_t const gap : {0, 3}) {
      rows_of_array<T> out{13, n, n + gap, 5};
      out.view().assign(x * column + row);
      out.expect([&](index_t r, index_t k) { return (r * n + k) % 7 * (r % 5) + k % 3; });
    }
  }
}

// A generator knows the position, and its packs begin earlier as well.
TYPED_TEST(RowEnds, OfAGenerator) {
  using T = TypeParam;
  for (index_t const n : lengths()) {
    cm::ndarray<T> const x = small_numbers<T>({13, n}, 5);
    cm::ndarray<T> const column = small_numbers<T>({13, 1}, 5);
    rows_of_array<T> out{13, n, n + 1, 3};
    out.view().assign(x * cm::astype<T>(cm::arange(n) % 6) + column);
    out.expect([&](index_t r, index_t k) { return (r * n + k) % 5 * (k % 6) + r % 5; });
  }
}

// No functor sees what the statement has written already.
TEST(RowEnds, OfAFunctorInPlace) {
  for (index_t const n : lengths()) {
    for (index_t const rows : {1, 13}) {
      rows_of_array<std::int64_t> x{rows, n, n + 2, 3};
      x.view().assign(small_numbers<std::int64_t>({rows, n}, 7));
      cm::ndarray<std::int64_t> const column = small_numbers<std::int64_t>({rows, 1}, 5);
      std::atomic<std::int64_t> largest = 0;
      std::atomic<std::int64_t>* const seen = &largest;
      x.view() = cm::map(
          [seen](std::int64_t v, std::int64_t c) {
            *seen = v > *seen ? v : seen->load();
            return v + c + 100;
          },
          x.view(), column);
      EXPECT_LT(largest, 7) << n;
      x.expect([&](index_t r, index_t k) { return (r * n + k) % 7 + r % 5 + 100; });
    }
  }
}

// Each element is read before it is written, once.
TYPED_TEST(RowEnds, AreUpdatedOnce) {
  using T = TypeParam;
  for (index_t const n : lengths()) {
    cm::ndarray<T> const column = small_numbers<T>({13, 1}, 5);
    for (index_t const gap : {0, 3}) {
      rows_of_array<T> x{13, n, n + gap, 2};
      x.view().assign(small_numbers<T>({13, n}, 4));
      x.view() += x.view() * column;
      x.view() *= column;
      x.expect([&](index_t r, index_t k) { return (r * n + k) % 4 * (1 + r % 5) * (r % 5); });
    }
    rows_of_array<T> one{1, n, n, 3};
    one.view().assign(small_numbers<T>({1, n}, 4));
    one.view() = one.view() * one.view() + one.view();
    one.expect([&](index_t, index_t k) { return k % 4 * (k % 4) + k % 4; });
  }
}

TYPED_TEST(RowEnds, OfSeveralThreads) {
  using T = TypeParam;
  for (int const threads : {2, 3, 16}) {
    thread_count const several(threads);
    for (index_t const n : {20, 90, 361}) {
      index_t const rows = 200000 / n;
      cm::ndarray<T> const column = small_numbers<T>({rows, 1}, 5);
      rows_of_array<T> x{rows, n, n, 1};
      x.view().assign(small_numbers<T>({rows, n}, 4));
      x.view() *= column;
      x.expect([&](index_t r, index_t k) { return (r * n + k) % 4 * (r % 5); });
    }
  }
}

// Expressions that are evaluated before they are reduced or scanned.
TYPED_TEST(RowEnds, AreReducedOnce) {
  using T = TypeParam;
  for (index_t const n : {7, 17, 33, 64, 65, 90, 361}) {
    index_t const rows = 29;
    cm::ndarray<T> const x = small_numbers<T>({2, rows, n}, 4);
    cm::ndarray<T> const column = small_numbers<T>({rows, 1}, 3);
    auto const product = [&](index_t i, index_t r, index_t k) {
      return ((i * rows + r) * n + k) % 4 * (r % 3);
    };
    cm::ndarray<double> const sums = cm::sum(cm::astype<double>(cm::real(x * column)), {1, 2});
    cm::ndarray<bool> const chosen = cm::astype<bool>(x);
    cm::ndarray<std::int64_t> const counts =
        cm::count_valid(cm::masked(x * column, chosen), {1, 2});
    for (index_t i = 0; i < 2; ++i) {
      double sum = 0;
      std::int64_t count = 0;
      for (index_t r = 0; r < rows; ++r) {
        for (index_t k = 0; k < n; ++k) {
          sum += static_cast<double>(product(i, r, k));
          count += ((i * rows + r) * n + k) % 4 != 0 ? 1 : 0;
        }
      }
      EXPECT_EQ(sums.data()[i], sum) << n;
      EXPECT_EQ(counts.data()[i], count) << n;
    }
  }
}

// What one expression writes another one reads, in pieces of a row.
TYPED_TEST(RowEnds, OfSeveralExpressionsAtOnce) {
  using T = TypeParam;
  for (index_t const n : {30, 100, 2061, 4099}) {
    cm::ndarray<T> a = small_numbers<T>({3, n}, 5);
    cm::ndarray<T> b = small_numbers<T>({3, n}, 3);
    cm::tie(a, b) = cm::tuple(a + b, a * b);
    for (index_t i = 0; i < 3 * n; ++i) {
      ASSERT_TRUE(a.data()[i] == static_cast<T>(i % 5 + i % 3)) << n << " " << i;
      ASSERT_TRUE(b.data()[i] == static_cast<T>(i % 5 * (i % 3))) << n << " " << i;
    }
  }
}

// Large outputs of short rows go past the caches several rows at a time, from any address on.
template <class T> void check_streams(index_t n, index_t gap, index_t first) {
  index_t const rows = cm::streamed_bytes / (n * index_t{sizeof(T)}) + 11;
  cm::ndarray<T> const x = small_numbers<T>({rows, n}, 7);
  cm::ndarray<T> const column = small_numbers<T>({rows, 1}, 5);
  rows_of_array<T> out{rows, n, n + gap, first};
  out.view().assign(x * column);
  out.expect([&](index_t r, index_t k) { return (r * n + k) % 7 * (r % 5); });
}

TEST(StreamedRows, OfAnyLengthFromAnyAddress) {
  for (int const threads : {1, 3}) {
    thread_count const some(threads);
    for (index_t const n : {16, 17, 90, 96, 360, 361, 1023}) {
      for (index_t const first : {0, 3, 16}) {
        check_streams<float>(n, 0, first);
      }
      check_streams<float>(n, 1, 0);
    }
    check_streams<float>(1500, 0, 1);
    check_streams<float>(1025, 15, 0);  // of these each row is streamed by itself
    check_streams<float>(1024, 17, 0);
    check_streams<float>(1040, 16, 16);
    check_streams<double>(361, 0, 1);
    check_streams<std::int8_t>(180, 0, 7);
    check_streams<cm::complex<double>>(45, 0, 0);
  }
}

// A pack of the result is shorter than a vector.
TEST(StreamedRows, OfNarrowResults) {
  thread_count const several(16);
  for (index_t const n : {17, 33, 361}) {
    index_t const rows = cm::streamed_bytes / (n * 4) + 3;
    cm::ndarray<double> const x = small_numbers<double>({rows, n}, 9);
    cm::ndarray<double> const column = small_numbers<double>({rows, 1}, 4);
    rows_of_array<float> out{rows, n, n, 1};
    out.view().assign(cm::astype<float>(x + column));
    out.expect([&](index_t r, index_t k) { return (r * n + k) % 9 + r % 4; });
    // Some thread begins in the last row of a plane, with little left of it.
    index_t const planes = cm::streamed_bytes / (9 * n) + 3;
    cm::ndarray<double> const y = small_numbers<double>({planes, 9, n}, 9);
    cm::ndarray<double> const limit = small_numbers<double>({9, 1}, 5);
    rows_of_array<bool> truths{planes, 9 * n, 9 * n + 5, 1};
    cm::reshape(truths.view(), {planes, 9, n}).assign(y > limit);
    truths.expect([&](index_t p, index_t k) { return (p * 9 * n + k) % 9 > k / n % 5; });
  }
}

}  // namespace
