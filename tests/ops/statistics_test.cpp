// SPDX-License-Identifier: Apache-2.0
// reduce_all_of: the bits of each reduction by itself, one evaluation of each element, its forms,
// and its errors. Oracles: closed forms, and the reductions that NumPy and tests/exec prove.

#include "cumulus/ops/statistics.hpp"

#include <atomic>
#include <random>

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
namespace statistics = cm::statistics;
using cm::_;
using cm::ndarray;
using cm::shape;
using cm::slice;

template <class Space> class statistics_of : public in_each_space<Space> {};
TYPED_TEST_SUITE(statistics_of, spaces);

/// The sign of a NaN is not promised.
template <class T> bool same_bits(ndarray<T, cm::host> const& a, ndarray<T, cm::host> const& b) {
  bool same = a.shape() == b.shape();
  for (index_t i = 0; same && i < a.size(); ++i) {
    bool const nan = cm::elementary::is_nan(a.data()[i]) && cm::elementary::is_nan(b.data()[i]);
    same = nan || std::memcmp(a.data() + i, b.data() + i, sizeof(T)) == 0;
  }
  return same;
}
template <class A, class B>
void expect_bits(A const& got, B const& expected, std::string const& what) {
  static_assert(std::is_same_v<A, B>);
  EXPECT_TRUE(same_bits(on_host(got), on_host(expected))) << what;
}

/// Values of mixed size, and NaN for one in `nan_every`.
template <class Space, class T> ndarray<T, Space> uneven(shape const& s, unsigned nan_every) {
  ndarray<T, cm::host> a(s);
  std::mt19937 random(11);
  for (index_t i = 0; i < a.size(); ++i) {
    double const unit = static_cast<double>(random()) / 4294967296.0 - 0.4;
    a.data()[i] = random() % nan_every == 0 ? std::numeric_limits<T>::quiet_NaN()
                                            : static_cast<T>(unit * std::pow(10.0, i % 7));
  }
  return ndarray<T, Space>(s, static_cast<ndarray<T, cm::host> const&>(a).data());
}

template <class X>
void expect_bits_alone(X const& x, std::vector<int> const& axes, std::string const& what) {
  std::span<int const> const over(axes);
  auto const [mean, sample, hi, at, number] = cm::reduce_all_of(
      x, over, {.keepdims = true}, statistics::mean, statistics::stddev({.ddof = 1}),
      statistics::max, statistics::argmin, statistics::count_valid);
  expect_bits(mean, cm::mean(x, over, {.keepdims = true}), what + ", mean");
  expect_bits(sample, cm::stddev(x, over, {.ddof = 1, .keepdims = true}), what + ", stddev");
  expect_bits(hi, cm::max(x, over, {.keepdims = true}), what + ", max");
  expect_bits(at, cm::argmin(x, over, {.keepdims = true}), what + ", argmin");
  expect_bits(number, cm::count_valid(x, over, {.keepdims = true}), what + ", count_valid");
  auto const [spread, skipping, some, total] =
      cm::reduce_all_of(x, over, statistics::var, statistics::nanvar, statistics::any,
                        statistics::nansum({.initial = 2}));
  expect_bits(spread, cm::var(x, over), what + ", var");
  expect_bits(skipping, cm::nanvar(x, over), what + ", nanvar");
  expect_bits(some, cm::any(x, over), what + ", any");
  expect_bits(total, cm::nansum(x, over, {.initial = 2}), what + ", nansum");
}

/// Rows, columns, panels of several widths, few columns, and several tiles; with and without NaN.
template <class Space, class T> void bits_alone() {
  for (shape const& s :
       {shape{1}, shape{7}, shape{5000}, shape{33, 70}, shape{1500, 3}, shape{2100, 40},
        shape{40, 2100}, shape{3, 1100, 5}, shape{20, 6000}, shape{6, 2, 9, 4}}) {
    for (unsigned nan_every : {1u << 30, 9u}) {
      ndarray<T, Space> const x = uneven<Space, T>(s, nan_every);
      std::string const what = to_string(s) + " of " + cm::dtype_name<T>();
      for (int k = 0; k < s.rank(); ++k) {
        expect_bits_alone(x, {k}, what + " over " + std::to_string(k));
      }
      std::vector<int> every(static_cast<std::size_t>(s.rank()));
      for (int k = 0; k < s.rank(); ++k) {
        every[static_cast<std::size_t>(k)] = k;
      }
      expect_bits_alone(x, every, what + " over all");
      expect_bits_alone(x * T(2) + T(1), {0}, what + ", an expression");
      expect_bits_alone(cm::transpose(x), {0}, what + " transposed");
      expect_bits_alone(x(slice(_, _, -1)), {s.rank() - 1}, what + " backwards");
      ndarray<bool, Space> const odd = cm::arange<int, Space>(s[s.rank() - 1]) % 2 == 1;
      ndarray<bool, Space> const negative = x < T(0);
      if (s[0] >= 33) {  // else a slice may have no valid element
        expect_bits_alone(cm::masked(x, negative), {0}, what + " masked");
        expect_bits_alone(cm::masked(x, odd || negative), every, what + " masked, over all");
      }
    }
  }
}
TYPED_TEST(statistics_of, float_has_the_bits_alone) { bits_alone<TypeParam, float>(); }
TYPED_TEST(statistics_of, double_has_the_bits_alone) {
  if constexpr (tested_with_options_v<double>) {
    bits_alone<TypeParam, double>();
  }
}

/// The option .where is a mask of all statistics; positions then need a valid element.
template <class Space> void where() {
  for (auto const& s : {shape{2500, 70}, shape{70, 2500}}) {
    auto const x = uneven<Space, float>(s, 9);
    ndarray<bool, Space> const taken = x < 1e4f;
    ndarray<bool, Space> const of_columns = cm::arange<int, Space>(s[1]) % 3 != 1;
    for (int axis : {0, 1}) {
      auto const [mean, spread, lo, at] =
          cm::reduce_all_of(x, axis, {.where = taken}, statistics::mean, statistics::nanstd,
                            statistics::min({.initial = 7}), statistics::argmax);
      expect_bits(mean, cm::mean(x, axis, {.where = taken}), "mean where");
      expect_bits(spread, cm::nanstd(x, axis, {.where = taken}), "nanstd where");
      expect_bits(lo, cm::min(x, axis, {.initial = 7, .where = taken}), "min where");
      expect_bits(at, cm::argmax(cm::masked(x, taken), axis), "argmax where");
    }
    auto const [sum, count] = cm::reduce_all_of(x + 1, 1, {.keepdims = true, .where = of_columns},
                                                statistics::nansum, statistics::count_nonzero);
    expect_bits(sum, cm::nansum(x + 1, 1, {.keepdims = true, .where = of_columns}), "nansum");
    expect_bits(count, cm::count_nonzero(x + 1, 1, {.keepdims = true, .where = of_columns}),
                "count_nonzero");
  }
}
TYPED_TEST(statistics_of, where_masks_all) { where<TypeParam>(); }

/// Closed forms: the numbers 0 … 23 in four rows.
template <class Space> void forms() {
  auto const t = counting<Space, float>({4, 6});
  auto const [m, s, hi] = cm::reduce_all_of(t, 0, {.keepdims = true}, statistics::mean,
                                            statistics::stddev({.ddof = 1}), statistics::max);
  EXPECT_EQ(m.shape(), (shape{1, 6}));
  EXPECT_EQ(values_of(m), (std::vector<float>{9, 10, 11, 12, 13, 14}));
  EXPECT_EQ(values_of(s), std::vector<float>(6, static_cast<float>(std::sqrt(60.0))));
  EXPECT_EQ(values_of(hi), (std::vector<float>{18, 19, 20, 21, 22, 23}));
  auto const [total, last] = cm::reduce_all_of(t, statistics::sum, statistics::argmax);
  EXPECT_EQ(total.rank(), 0);
  EXPECT_EQ(total.item(), 276.0f);
  EXPECT_EQ(last.item(), 23);
  auto const [lo] = cm::reduce_all_of(t, {0, 1}, {.keepdims = true}, statistics::min);
  EXPECT_EQ(lo.shape(), (shape{1, 1}));
  auto const [all, any] = cm::reduce_all_of(t > 2, -1, statistics::all, statistics::any);
  EXPECT_EQ(values_of(all), (std::vector<unsigned char>{0, 1, 1, 1}));
  EXPECT_EQ(values_of(any), (std::vector<unsigned char>{1, 1, 1, 1}));
  auto const [kept] = cm::reduce_all_of(t, {.keepdims = true}, statistics::mean);
  EXPECT_EQ(kept.shape(), (shape{1, 1}));
  auto const [count] = cm::reduce_all_of(t, {0, 1}, statistics::count_nonzero);
  EXPECT_EQ(count.item(), 23);
  // Rank 0, and a reduction over no axis.
  auto const [number, place] = cm::reduce_all_of(t(3, 5), statistics::mean, statistics::argmin);
  EXPECT_EQ(number.item(), 23.0f);
  EXPECT_EQ(place.item(), 0);
  auto const [same] = cm::reduce_all_of(t, std::span<int const>(), statistics::sum);
  EXPECT_EQ(values_of(same), values_of(t));
}
TYPED_TEST(statistics_of, forms_and_closed_forms) { forms<TypeParam>(); }

template <class Space> void nothing() {
  ndarray<float, Space> const none(shape{0, 5});
  auto const [mean, total, every] =
      cm::reduce_all_of(none, 0, statistics::mean, statistics::sum, statistics::all);
  EXPECT_EQ(values_of(cm::isnan(mean)), std::vector<unsigned char>(5, 1));
  EXPECT_EQ(values_of(total), std::vector<float>(5, 0.0f));
  EXPECT_EQ(values_of(every), std::vector<unsigned char>(5, 1));
  auto const [no_mean, no_place] = cm::reduce_all_of(none, 1, statistics::mean, statistics::argmax);
  EXPECT_EQ(no_mean.shape(), shape{0});
  EXPECT_EQ(no_place.shape(), shape{0});
  EXPECT_THROW(cm::reduce_all_of(none, 0, statistics::mean, statistics::max), cm::value_error);
}
TYPED_TEST(statistics_of, nothing_to_reduce_or_to_store) { nothing<TypeParam>(); }

template <class Space> void errors() {
  auto const t = counting<Space, std::int32_t>({4, 6});
  auto const message = [](auto const& f) {
    try {
      f();
    } catch (cm::error const& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_EQ(message([&] { cm::reduce_all_of(t, 2, statistics::mean); }),
            message([&] { cm::mean(t, 2); }).replace(0, 4, "reduce_all_of"));
  EXPECT_EQ(message([&] {
              cm::reduce_all_of(t, 0, {.where = t > 2}, statistics::mean, statistics::max);
            }),
            "max: expected an initial value beside .where, got none");
  // A row without a valid element has no smallest integer, and no position.
  auto const valid = cm::masked(t, t > 5);
  EXPECT_EQ(message([&] { cm::reduce_all_of(valid, 1, statistics::mean, statistics::min); }),
            message([&] { cm::min(valid, 1); }));
  EXPECT_EQ(message([&] { cm::reduce_all_of(valid, 1, statistics::mean, statistics::argmin); }),
            message([&] { cm::argmin(valid, 1); }));
  EXPECT_EQ(message([&] {
              cm::reduce_all_of(t, 1, {.where = t > 5}, statistics::mean, statistics::argmin);
            }),
            message([&] { cm::argmin(valid, 1); }));
  auto const [lo] = cm::reduce_all_of(valid, 1, statistics::min({.initial = 9}));
  EXPECT_EQ(values_of(lo), (std::vector<std::int32_t>{9, 6, 9, 9}));
  auto const [least] = cm::reduce_all_of(valid, 0, statistics::min);
  EXPECT_EQ(values_of(least), (std::vector<std::int32_t>{6, 7, 8, 9, 10, 11}));
  EXPECT_THROW(cm::reduce_all_of(t, 0, statistics::max({.initial = std::int64_t{1} << 40})),
               cm::value_error);
  EXPECT_THROW(cm::reduce_all_of(t, 0, statistics::sum({.initial = cm::complex<float>(1, 2)})),
               cm::value_error);
}
TYPED_TEST(statistics_of, errors_name_the_statistic) { errors<TypeParam>(); }

std::atomic<index_t> calls{0};
struct counted_twice {
  float operator()(float x) const noexcept {
    ++calls;
    return 2 * x;
  }
};
// Oracle: the number of elements.
TEST(Statistics, EachElementIsComputedOnce) {
  auto const t = counting<cm::host, float>({1030, 128});
  for (int axis : {0, 1}) {
    calls = 0;
    auto const [m, v, at] = cm::reduce_all_of(cm::map(counted_twice{}, t), axis, statistics::mean,
                                              statistics::nanvar, statistics::argmax);
    EXPECT_EQ(calls, t.size()) << "over axis " << axis;
    EXPECT_EQ(values_of(m), values_of(cm::mean(t * 2, axis)));
  }
}

}  // namespace
