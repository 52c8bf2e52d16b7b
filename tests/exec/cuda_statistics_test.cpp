// SPDX-License-Identifier: Apache-2.0
// Several statistics in one kernel, on an emulated grid. Oracle: the host's loops for each
// reduction by itself, which tests/exec/summation_tree_test.cpp and tests/ops prove; the bits must
// be equal.

#include "cumulus/exec/cuda/statistics_reducer.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "cumulus/cumulus.hpp"
#include "cumulus/exec/reduce_all.hpp"
#include "tests/exec/emulated_reduction.hpp"

namespace {

namespace cm = cumulus;
namespace red = cm::reducers;
using cm::_;
using cm::index_t;
using cm::reduction;
using cm::slice;
using emulated_grid::grid;
using emulated_grid::run_reduction;
using emulated_grid::thread_order;
template <class T> using array = cm::ndarray<T, cm::host>;

constexpr grid grids[] = {{1, 256, thread_order::forward},
                          {2, 128, thread_order::reverse},
                          {7, 32, thread_order::random}};

/// One reduction of e by itself, on the host.
template <class Statistic, class E>
auto alone(E const& e, cm::axis_set const& set, cm::reduce_target target,
           Statistic const& statistic) {
  array<typename Statistic::accumulation::result> out(cm::reduced_shape(e.shape(), set, true));
  target.op.data = reinterpret_cast<std::byte const*>(out.data());
  target.op.item_bytes = sizeof(*out.data());
  if constexpr (Statistic::skips_nan) {
    cm::reduce(cm::skip_nan(e), set, target, statistic.reducer);
  } else {
    cm::reduce(e, set, target, statistic.reducer);
  }
  return out;
}

template <class T> void fill_with_rubbish(array<T>& a) {
  std::memset(static_cast<void*>(a.data()), 0x5a, static_cast<std::size_t>(a.size()) * sizeof(T));
}
/// The sign of a NaN is not promised.
template <class T> bool same_bits(array<T> const& a, array<T> const& b) {
  for (index_t i = 0; i < a.size(); ++i) {
    using C = cm::compute_t<T>;
    bool const nan = cm::elementary::is_nan(static_cast<C>(a.data()[i])) &&
                     cm::elementary::is_nan(static_cast<C>(b.data()[i]));
    if (!nan && std::memcmp(a.data() + i, b.data() + i, sizeof(T)) != 0) {
      return false;
    }
  }
  return true;
}

/// All statistics of e over `axes` in one kernel, against each by itself.
template <class E, class... Statistic>
void expect_bits_alone(E const& source, std::vector<int> const& axes, reduction what,
                       array<bool> const* mask, Statistic const&... statistic) {
  auto const e = cm::as_expression(source);
  using Tree = cm::tree_of<E const&>;
  cm::axis_set const set = cm::normalize_axes(axes, e.rank(), "test");
  cm::leaf mask_leaf;
  cm::reduce_target target;
  if (mask != nullptr) {
    mask_leaf = *mask->to_expression().leaves();
    target.mask = &mask_leaf;
  }
  cm::shape const out_shape = cm::reduced_shape(e.shape(), set, true);
  cm::strides const st = cm::row_major_strides(out_shape);
  target.op.kind = cm::leaf_kind::array;
  for (int k = 0; k < e.rank(); ++k) {
    target.op.stride[k] = set.member[k] ? 0 : st[k];
  }
  std::tuple const expected(alone(e, set, target, statistic)...);
  auto results = expected;

  constexpr int count = Tree::leaf_count;
  cm::operand operands[2 + count];
  operands[0] = target.op;
  operands[0].data = reinterpret_cast<std::byte const*>(std::get<0>(results).data());
  operands[0].item_bytes = sizeof(*std::get<0>(results).data());
  for (int k = 0; k < count; ++k) {
    operands[1 + k] = e.leaves()[k].op;
  }
  operands[1 + count] = mask_leaf.op;
  std::span<cm::operand> const all(operands, 1 + count + (mask != nullptr ? 1 : 0));
  cm::reduce_plan const plan = cm::plan_reduction(e.shape(), set, all, mask != nullptr);
  ASSERT_EQ(plan.what, what) << to_string(plan);
  for (grid const& g : grids) {
    std::apply(
        [&](auto&... result) {
          (fill_with_rubbish(result), ...);
          std::byte* const outs[] = {reinterpret_cast<std::byte*>(result.data())...};
          run_reduction<Tree>(plan, all, cm::make_statistics_reducer(outs, statistic...), g);
        },
        results);
    bool const same = [&]<std::size_t... K>(std::index_sequence<K...>) {
      return (same_bits(std::get<K>(results), std::get<K>(expected)) && ...);
    }(std::index_sequence_for<Statistic...>{});
    ASSERT_TRUE(same) << to_string(plan) << ", " << g.blocks << " x " << g.threads;
  }
}

template <class Reducer> using every = cm::one_statistic<Reducer, false>;
template <class Reducer> using numbers = cm::one_statistic<Reducer, true>;

/// Values of mixed sign and size with some NaN, so that order and skipping show in the result.
template <class T> array<T> uneven(cm::shape const& s, int nan_every = 0) {
  array<T> a(s);
  std::mt19937 random(7);
  for (index_t i = 0; i < a.size(); ++i) {
    double const unit = static_cast<double>(random()) / 4294967296.0 - 0.4;
    double const x = unit * std::pow(10.0, std::is_integral_v<T> ? 2 : i % 7);
    bool const missing = nan_every > 0 && random() % static_cast<unsigned>(nan_every) == 0;
    if constexpr (cm::complex_floating<T>) {
      a.data()[i] = T(static_cast<cm::real_t<T>>(x), missing ? std::nanf("") : 1.0f);
    } else if constexpr (std::is_integral_v<T>) {
      a.data()[i] = static_cast<T>(x);
    } else {
      a.data()[i] = missing ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(x);
    }
  }
  return a;
}

/// Statistics with and without NaN, with one shift and with two.
template <class T, class E>
void expect_mixtures(E const& e, std::vector<int> const& axes, reduction what,
                     array<bool> const* mask = nullptr) {
  red::stddev<T> sample;
  sample.ddof = 1;
  expect_bits_alone(e, axes, what, mask, every<red::mean<T>>{}, every<red::var<T>>{{sample}},
                    every<red::max<T>>{}, every<red::argmin<T>>{}, every<red::count_valid<T>>{});
  expect_bits_alone(e, axes, what, mask, numbers<red::var<T>>{}, every<red::any<T>>{},
                    numbers<red::argmax<T>>{}, numbers<red::count_valid<T>>{},
                    every<red::prod<T>>{});
  expect_bits_alone(e, axes, what, mask, every<red::var<T>>{}, numbers<red::stddev<T>>{{sample}},
                    numbers<red::sum<T>>{});
  expect_bits_alone(e, axes, what, mask, numbers<red::min<T>>{});
}

TEST(CudaStatistics, EveryCase) {
  array<float> const a = uneven<float>({3, 1100, 5}, 9);
  expect_mixtures<float>(a, {0, 1, 2}, reduction::whole);
  expect_mixtures<float>(a, {1}, reduction::columns);
  expect_mixtures<float>(a, {0, 2}, reduction::rows);
  array<float> const wide = uneven<float>({70, 2, 1030}, 9);
  expect_mixtures<float>(wide, {2}, reduction::rows);
  expect_mixtures<float>(wide(_, _, slice(_, _, -2)), {0}, reduction::general);
  expect_mixtures<float>(cm::transpose(wide), {0, 1}, reduction::general);
}

TEST(CudaStatistics, OtherTypes) {
  expect_mixtures<double>(uneven<double>({33, 1500}, 5), {0}, reduction::columns);
  expect_mixtures<cm::complex<float>>(uneven<cm::complex<float>>({5, 1500}, 5), {1},
                                      reduction::rows);
  expect_mixtures<std::int32_t>(uneven<std::int32_t>({33, 1500}), {0}, reduction::columns);
  expect_mixtures<cm::float16>(array<cm::float16>(uneven<float>({40, 1100}, 5)), {1},
                               reduction::rows);
}

TEST(CudaStatistics, MasksAndExpressions) {
  array<float> const a = uneven<float>({40, 2100}, 9);
  array<bool> some = uneven<float>({40, 2100}) > 0.0f;
  some(7, _) = false;
  some(_, slice(1024, 2048)) = false;
  some(_, 3) = false;
  array<bool> const other = uneven<float>({40, 2100}) < 100.0f;
  expect_mixtures<float>(cm::masked(a * 2, some), {1}, reduction::rows);
  expect_mixtures<float>(cm::masked(a, some), {0}, reduction::columns, &other);
  expect_mixtures<float>(a + 1, {1}, reduction::rows, &some);
}

TEST(CudaStatistics, AllNanAndNothing) {
  array<double> a = uneven<double>({4, 1500});
  a(1, _) = std::numeric_limits<double>::quiet_NaN();
  expect_mixtures<double>(a, {1}, reduction::rows);
  expect_mixtures<double>(a, {0}, reduction::columns);
  expect_bits_alone(array<double>(cm::shape{7, 0}), {1}, reduction::rows, nullptr,
                    every<red::sum<double>>{}, every<red::var<double>>{},
                    numbers<red::mean<double>>{});
}

}  // namespace
