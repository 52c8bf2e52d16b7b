// SPDX-License-Identifier: Apache-2.0
// The sweeps of scans on the host: results that go past the caches, parts shared out among threads,
// expressions of every kind, and results that replace what was scanned. Oracle: plain loops on
// integers, whose partial sums are exact.

#include <cmath>
#include <functional>

#include "tests/exec/scan_cases.hpp"
#include "tests/thread_count.hpp"

namespace {

using namespace scan_cases;
using cm::_;
using cm::slice;

/// Runs with each number of threads, if there are threads.
void with_threads(std::function<void()> const& test) {
#if defined(_OPENMP)
  for (int threads : {1, 2, 5}) {
    thread_count const scope(threads);
    test();
  }
#else
  test();
#endif
}

template <class R, class X, class Join>
void expect_scan(X const& got, std::vector<R> const& expected, Join const& what) {
  ASSERT_EQ(got.size(), static_cast<index_t>(expected.size())) << what;
  for (index_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got.data()[i], expected[i]) << what << ", element " << i;
  }
}

/// Along every axis and of everything, in results of more than 16 MB: two of them begin their rows
/// with lines of the cache, one does not.
template <class T> void check_large(std::type_identity<T>) {
  index_t const columns = 4096 / index_t{sizeof(T)};
  for (cm::shape const& s : {cm::shape{4200, columns}, cm::shape{3, 1405, columns},
                             cm::shape{4201, columns + 1}, cm::shape{4200 * columns + 3}}) {
    array<T> const x = small_integers<T>(s);
    for (int axis = -1; axis < s.rank(); ++axis) {
      auto const expected = plain_scan<T>(x, axis, std::plus<T>{});
      with_threads([&] {
        expect_scan(axis < 0 ? cm::cumsum(x) : cm::cumsum(x, axis), expected,
                    to_string(s) + " axis " + std::to_string(axis));
      });
    }
  }
}
TEST(scan_sweep, large_results_of_float) { check_large(std::type_identity<float>{}); }
TEST(scan_sweep, large_results_of_double) { check_large(std::type_identity<double>{}); }
TEST(scan_sweep, large_results_of_int64) { check_large(std::type_identity<std::int64_t>{}); }

/// Oracle: the order itself, which an operation that is not commutative shows.
TEST(scan_sweep, elements_are_joined_in_order) {
  for (cm::shape const& s : {cm::shape{300000}, cm::shape{9000, 3}, cm::shape{5, 9500},
                             cm::shape{70, 200}, cm::shape{3, 40, 9}, cm::shape{4, 6, 3}}) {
    array<cm::complex<double>> const x = small_integers<cm::complex<double>>(s);
    for (int axis = 0; axis < s.rank(); ++axis) {
      auto const expected = plain_scan<cm::complex<double>>(x, axis, affine{});
      with_threads([&] {
        expect_scan(cm::scan(affine{}, x, axis), expected,
                    to_string(s) + " axis " + std::to_string(axis));
      });
    }
  }
}

struct larger {
  float operator()(float a, float b) const noexcept { return a < b ? b : a; }
};
struct counted_pairs {
  std::int64_t operator()(std::int64_t a, std::int64_t b) const noexcept { return a + b; }
};

TEST(scan_sweep, functions_of_ones_own_decide_the_type) {
  array<std::int8_t> const bytes = small_integers<std::int8_t>({3, 70});
  auto const sums = cm::scan(counted_pairs{}, bytes, 1);
  static_assert(std::is_same_v<cm::value_type_of<decltype(sums)>, std::int64_t>);
  expect_scan(sums, plain_scan<std::int64_t>(bytes, 1, counted_pairs{}), "int8");
  array<float> const x = small_integers<float>({300});
  expect_scan(cm::scan(larger{}, x), plain_scan<float>(x, 0, larger{}), "float");
  array<cm::float16> const halves = cm::astype<cm::float16>(x);
  expect_scan(cm::scan(larger{}, halves), plain_scan<float>(x, 0, larger{}), "float16");
}

/// Rounded sums: the same bits from every number of threads.
TEST(scan_sweep, threads_do_not_change_bits) {
  array<double> const x = cm::sin(cm::arange<double>(700000));
  array<double> const y = cm::reshape(cm::sin(cm::arange<double>(700000)), {700, 1000});
  array<double> const one = cm::cumsum(x);
  array<double> const rows = cm::cumsum(y, 1);
  array<double> const columns = cm::cumsum(y, 0);
  with_threads([&] {
    EXPECT_TRUE(cm::array_equal(cm::cumsum(x), one));
    EXPECT_TRUE(cm::array_equal(cm::cumsum(y, 1), rows));
    EXPECT_TRUE(cm::array_equal(cm::cumsum(y, 0), columns));
  });
  // Oracle: the difference of two sums is the last element, to within what sums are rounded by.
  for (index_t i = 1; i < x.size(); ++i) {
    ASSERT_NEAR(one.data()[i] - one.data()[i - 1], x.data()[i], 1e-12) << i;
  }
}

/// Oracle: docs/summation.md in plain loops.
TEST(scan_sweep, sums_are_added_in_the_order_written_down) {
  auto const sum = std::plus<double>{};
  array<double> const y = cm::reshape(cm::sin(cm::arange<double>(70000)), {70, 1000});
  array<double> const turned = cm::transpose(y);
  for (int axis : {0, 1}) {
    auto const expected = plain_scan<double>(y, axis, sum);
    expect_scan(cm::cumsum(y, axis), expected, "one after the other");
    expect_scan(cm::cumsum(cm::transpose(turned), axis), expected, "another layout");
  }
  array<double> const x = cm::sin(cm::arange<double>(30000));
  std::vector<double> expected(30000);
  double before = 0;
  for (index_t tile = 0; tile < 30000; tile += 1024) {
    double total = 0;
    double so_far = before;
    for (index_t i = tile; i < std::min<index_t>(tile + 1024, 30000); ++i) {
      total = i == tile ? x.data()[i] : total + x.data()[i];
      so_far = i == 0 ? x.data()[i] : so_far + x.data()[i];
      expected[i] = so_far;
    }
    before = tile == 0 ? total : before + total;
  }
  expect_scan(cm::cumsum(x), expected, "tiles");
  array<double> const backwards = x(slice(_, _, -1));
  expect_scan(cm::cumsum(backwards(slice(_, _, -1))), expected, "tiles, backwards in memory");
  // Rounded once: the sums themselves are doubles.
  array<float> const narrow = cm::astype<float>(x);
  array<float> const of_doubles = cm::astype<float>(cm::cumsum(cm::astype<double>(narrow)));
  EXPECT_TRUE(cm::array_equal(cm::cumsum(narrow), of_doubles));
}

TEST(scan_sweep, expressions_are_read_where_they_are) {
  array<double> const x = small_integers<double>({60, 50});
  array<double> const row = small_integers<double>({50});
  auto const sum = std::plus<double>{};
  array<double> const product = x * row + 1;
  for (int axis : {-1, 0, 1}) {
    auto const expected = plain_scan<double>(product, axis, sum);
    auto const e = x * row + 1;
    expect_scan(axis < 0 ? cm::cumsum(e) : cm::cumsum(e, axis), expected, "broadcast");
  }
  expect_scan(cm::cumsum(cm::arange<double>(30000)),
              plain_scan<double>(array<double>(cm::arange<double>(30000)), 0, sum), "generator");
  cm::ndarray<index_t> const index{3, 1, 1, 59, 0};
  array<double> const taken = cm::take(x, index, 0);
  expect_scan(cm::cumsum(cm::take(x, index, 0), 0), plain_scan<double>(taken, 0, sum), "gather");
  expect_scan(cm::cumsum(cm::take(x, index, 0), 1), plain_scan<double>(taken, 1, sum), "gather");
  EXPECT_THROW(cm::cumsum(cm::take(x, cm::ndarray<index_t>{60}, 0), 0), cm::index_error);
  // One row, again and again, and one element.
  auto const again = cm::broadcast_to(row, {40, 50});
  expect_scan(cm::cumsum(again, 0), plain_scan<double>(array<double>(again), 0, sum), "repeated");
  expect_scan(cm::cumsum(again), plain_scan<double>(array<double>(again), -1, sum), "repeated");
  auto const same = cm::broadcast_to(row(3), {9000});
  expect_scan(cm::cumsum(same), plain_scan<double>(array<double>(same), 0, sum), "one element");
}

TEST(scan_sweep, a_result_replaces_what_was_scanned) {
  array<double> x = small_integers<double>({50, 60});
  auto const expected = plain_scan<double>(x, 1, std::plus<double>{});
  array<double> y = x;
  x = cm::cumsum(x, 1);
  expect_scan(x, expected, "owner");
  y(_) = cm::cumsum(y, 1);
  expect_scan(y, expected, "view");
  y = small_integers<double>({50, 60});
  y(slice(1, _)) = cm::cumsum(y(slice(_, -1)), 0);
  array<double> const z = small_integers<double>({50, 60});
  auto const down = plain_scan<double>(z, 0, std::plus<double>{});
  for (index_t i = 0; i < 49 * 60; ++i) {
    ASSERT_EQ(y.data()[60 + i], down[i]) << i;
  }
}

struct throws_at_five {
  double operator()(double a, double b) const {
    if (b == 5) {
      throw std::runtime_error("five");
    }
    return a + b;
  }
};

TEST(scan_sweep, errors) {
  array<double> const x = small_integers<double>({200, 300});
  with_threads([&] { EXPECT_THROW(cm::scan(throws_at_five{}, x, 1), std::runtime_error); });
  try {
    cm::cumsum(x, 2);
    FAIL() << "no error";
  } catch (cm::axis_error const& e) {
    EXPECT_STREQ(e.what(), "cumsum: expected an axis in [-2, 2), got 2");
  }
  EXPECT_THROW(cm::cumprod(x, -3), cm::axis_error);
  EXPECT_THROW(cm::cumsum(array<double>(cm::shape{}), 0), cm::axis_error);
  try {
    cm::cumulative_sum(x);
    FAIL() << "no error";
  } catch (cm::axis_error const& e) {
    EXPECT_STREQ(e.what(), "cumulative_sum: expected an axis for shape (200, 300), got none");
  }
}

}  // namespace
