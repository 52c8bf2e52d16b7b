// SPDX-License-Identifier: Apache-2.0
// The kernel bodies of reductions on an emulated grid. Oracles: plain_summation.hpp, which is
// docs/summation.md in plain loops, for the bits of sums and variances; plain loops here for the
// rest; and the host's loops, which tests/exec/summation_tree_test.cpp proves, for every layout.

#include "cumulus/exec/cuda/reduce_arguments.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "cumulus/cumulus.hpp"
#include "tests/exec/emulated_reduction.hpp"
#include "tests/exec/plain_summation.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;
using emulated_grid::grid;
using emulated_grid::run_reduction;
using emulated_grid::thread_order;
template <class T> using array = cm::ndarray<T, cm::host>;

constexpr grid grids[] = {{1, 256, thread_order::forward}, {2, 128, thread_order::reverse},
                          {7, 32, thread_order::random},   {7, 256, thread_order::random},
                          {2, 256, thread_order::reverse}, {1, 32, thread_order::forward}};

/// The members of groups, as ops/group_reduce.hpp makes them.
struct groups_of_members {
  std::vector<index_t> first{0};
  std::vector<index_t> members;

  explicit groups_of_members(std::vector<std::vector<index_t>> const& groups) {
    for (std::vector<index_t> const& g : groups) {
      members.insert(members.end(), g.begin(), g.end());
      first.push_back(static_cast<index_t>(members.size()));
    }
  }
};

/// e reduced over `axes` on the host and on emulated grids; the bits must be equal.
template <class Reducer, class E>
void expect_host_bits(E const& source, std::vector<int> const& axes, cm::reduction what,
                      Reducer const& reducer = {}, array<bool> const* mask = nullptr,
                      groups_of_members const* groups = nullptr) {
  auto const e = cm::as_expression(source);
  using Tree = cm::tree_of<E const&>;
  using R = typename Reducer::result;
  cm::axis_set const set = cm::normalize_axes(axes, e.rank(), "test");
  cm::leaf mask_leaf;
  cm::shape out_shape = cm::reduced_shape(e.shape(), set, true);
  cm::group_plan const group_plan(groups != nullptr ? groups->first : std::vector<index_t>{0, 0});
  cm::group_table table{.plan = &group_plan, .bounds = group_plan.bounds().data()};
  if (groups != nullptr) {
    out_shape[axes[0]] = group_plan.groups();
    table.members = groups->members.data();
    table.stride = cm::row_major_strides(out_shape)[axes[0]];
  }
  array<R> host_out(out_shape);
  array<R> out(out_shape);
  cm::reduce_target target{
      .op = cm::operand{.data = nullptr, .item_bytes = sizeof(R), .kind = cm::leaf_kind::array}};
  for (int k = 0; k < e.rank(); ++k) {
    target.op.stride[k] = set.member[k] ? 0 : out.strides()[k];
  }
  if (mask != nullptr) {
    mask_leaf = *mask->to_expression().leaves();
    target.mask = &mask_leaf;
  }
  target.groups = groups != nullptr ? &table : nullptr;
  target.op.data = reinterpret_cast<std::byte const*>(host_out.data());
  cm::reduce(e, set, target, reducer);

  constexpr int count = Tree::leaf_count;
  cm::operand operands[2 + count];
  operands[0] = target.op;
  operands[0].data = reinterpret_cast<std::byte const*>(out.data());
  for (int k = 0; k < count; ++k) {
    operands[1 + k] = e.leaves()[k].op;
  }
  operands[1 + count] = mask_leaf.op;
  std::span<cm::operand> const all(operands, 1 + count + (mask != nullptr ? 1 : 0));
  cm::reduce_plan const plan =
      cm::plan_reduction(e.shape(), set, all, mask != nullptr, target.groups);
  ASSERT_EQ(plan.what, what) << to_string(plan);
  for (grid const& g : grids) {
    std::fill_n(reinterpret_cast<unsigned char*>(out.data()),
                static_cast<std::size_t>(out.size()) * sizeof(R), static_cast<unsigned char>(0x5a));
    run_reduction<Tree>(plan, all, reducer, g);
    for (index_t i = 0; i < out.size(); ++i) {
      ASSERT_EQ(std::memcmp(out.data() + i, host_out.data() + i, sizeof(R)), 0)
          << to_string(plan) << ", output " << i << " of " << out.size() << ", " << g.blocks
          << " x " << g.threads;
    }
  }
}

/// Values of mixed sign and size, so that the order of additions shows in the result.
template <class T> array<T> uneven(cm::shape const& s, unsigned seed = 1) {
  array<T> a(s);
  std::mt19937 numbers(seed);
  for (index_t i = 0; i < a.size(); ++i) {
    double const unit = static_cast<double>(numbers()) / 4294967296.0 - 0.4;
    if constexpr (cm::complex_floating<T>) {
      a.data()[i] = T(static_cast<cm::real_t<T>>(unit * std::pow(10.0, i % 7)), 1);
    } else {
      a.data()[i] = static_cast<T>(unit * std::pow(10.0, std::is_integral_v<T> ? 2 : i % 7));
    }
  }
  return a;
}

namespace red = cm::reducers;
using cm::reduction;

// Oracle: plain_summation.
template <class T> void expect_sums_as_written_down() {
  for (index_t n : {0, 1, 2, 31, 32, 33, 1000, 1023, 1024, 1025, 2048, 5000, 263173}) {
    array<T> const a = uneven<T>({n});
    plain_summation::sequence<double> s;
    for (index_t i = 0; i < n; ++i) {
      s.x.push_back(static_cast<double>(a.data()[i]));
    }
    T const expected = static_cast<T>(plain_summation::total(s).value);
    auto const e = a.to_expression();
    cm::operand operands[2] = {cm::operand{.item_bytes = sizeof(T), .kind = cm::leaf_kind::array},
                               e.leaves()->op};
    T result;
    operands[0].data = reinterpret_cast<std::byte const*>(&result);
    cm::axis_set set;
    set.member[0] = true;
    auto const plan = cm::plan_reduction(a.shape(), set, operands, false);
    for (grid const& g : grids) {
      result = T(77);
      run_reduction<cm::tree::array<T>>(plan, operands, red::sum<T>{}, g);
      ASSERT_EQ(std::memcmp(&result, &expected, sizeof(T)), 0)
          << n << " elements: " << result << ", expected " << expected;
    }
  }
}
TEST(CudaReduce, SumOfFloatIsTheOneWrittenDown) { expect_sums_as_written_down<float>(); }
TEST(CudaReduce, SumOfDoubleIsTheOneWrittenDown) { expect_sums_as_written_down<double>(); }

template <class T> void expect_every_case() {
  array<T> const a = uneven<T>({3, 1100, 5});
  expect_host_bits<red::sum<T>>(a, {0, 1, 2}, reduction::whole);
  expect_host_bits<red::sum<T>>(a, {1}, reduction::columns);
  expect_host_bits<red::sum<T>>(a, {0}, reduction::columns);
  expect_host_bits<red::sum<T>>(a, {0, 2}, reduction::rows);
  expect_host_bits<red::sum<T>>(a, {2}, reduction::rows);
  expect_host_bits<red::mean<T>>(a, {0, 1}, reduction::columns);
  array<T> const wide = uneven<T>({70, 2, 1030});
  expect_host_bits<red::sum<T>>(wide, {0}, reduction::columns);
  expect_host_bits<red::sum<T>>(wide, {2}, reduction::rows);
  expect_host_bits<red::sum<T>>(wide, {1, 2}, reduction::rows);
  // Steps of two elements in either direction, and from the other end.
  expect_host_bits<red::sum<T>>(wide(_, _, slice(_, _, 2)), {0}, reduction::general);
  expect_host_bits<red::sum<T>>(wide(_, _, slice(_, _, -2)), {2}, reduction::general);
  expect_host_bits<red::sum<T>>(cm::transpose(wide), {0, 1}, reduction::general);
  // Reduced axes on both sides of a kept one.
  expect_host_bits<red::sum<T>>(wide, {0, 2}, reduction::rows);
  expect_host_bits<red::sum<T>>(wide * wide + T(1), {0, 2}, reduction::rows);
}
TEST(CudaReduce, SumsOfFloatHaveTheHostsBits) { expect_every_case<float>(); }
TEST(CudaReduce, SumsOfDoubleHaveTheHostsBits) { expect_every_case<double>(); }

TEST(CudaReduce, OtherTypes) {
  array<std::int8_t> const bytes = uneven<std::int8_t>({33, 1500});
  expect_host_bits<red::sum<std::int8_t>>(bytes, {0}, reduction::columns);
  expect_host_bits<red::prod<std::int8_t>>(bytes, {1}, reduction::rows);
  array<cm::complex<float>> const z = uneven<cm::complex<float>>({9, 1500});
  expect_host_bits<red::sum<cm::complex<float>>>(z, {1}, reduction::rows);
  expect_host_bits<red::var<cm::complex<float>>>(z, {0}, reduction::columns);
  array<bool> const truth = uneven<float>({9, 1500}) > 0.0f;
  expect_host_bits<red::any<bool>>(truth, {1}, reduction::rows);
  expect_host_bits<red::all<bool>>(truth, {0}, reduction::columns);
}

TEST(CudaReduce, VarianceShiftsByTheFirstElementOfATile) {
  for (index_t n : {1, 5, 1024, 3000}) {
    array<double> const a = uneven<double>({n, 37});
    red::var<double> var;
    var.ddof = 1;
    expect_host_bits(a, {0}, reduction::columns, var);
    expect_host_bits(cm::transpose(a), {1}, reduction::columns, var);
    expect_host_bits<red::stddev<double>>(a, {0, 1}, reduction::whole);
  }
  expect_host_bits<red::var<float>>(uneven<float>({4, 2050}), {1}, reduction::rows);
}

TEST(CudaReduce, ExtremesAndTheirPlaces) {
  array<float> a = uneven<float>({3, 2500, 4});
  expect_host_bits<red::max<float>>(a, {1}, reduction::columns);
  expect_host_bits<red::argmin<float>>(a, {1}, reduction::columns);
  expect_host_bits<red::argmax<float>>(a, {0, 1, 2}, reduction::whole);
  // Oracle: the NaN is the result, and the first one its place.
  a(1, 2000, 3) = std::numeric_limits<float>::quiet_NaN();
  expect_host_bits<red::min<float>>(a, {1, 2}, reduction::rows);
  expect_host_bits<red::argmax<float>>(a, {1, 2}, reduction::rows);
}

TEST(CudaReduce, MaskedElementsKeepTheirIndex) {
  array<float> const a = uneven<float>({40, 2100});
  array<bool> some = uneven<float>({40, 2100}, 3) > 0.0f;
  some(7, _) = false;
  some(_, slice(1024, 2048)) = false;
  auto const valid = cm::masked(a, some);
  expect_host_bits<red::sum<float>>(valid, {1}, reduction::rows);
  expect_host_bits<red::mean<float>>(valid, {0}, reduction::columns);
  expect_host_bits<red::var<float>>(valid, {1}, reduction::rows);
  expect_host_bits<red::var<float>>(valid, {0}, reduction::columns);
  expect_host_bits<red::count_valid<float>>(valid, {0, 1}, reduction::whole);
  expect_host_bits<red::argmax<float>>(valid, {1}, reduction::rows);
  // The option .where, alone and beside a masked expression.
  array<bool> const other = uneven<float>({40, 2100}, 4) > 1.0f;
  expect_host_bits<red::sum<float>>(a, {1}, reduction::rows, {}, &other);
  expect_host_bits<red::var<float>>(valid, {0}, reduction::columns, {}, &other);
  expect_host_bits<red::sum<float>>(cm::skip_nan(cm::sqrt(a)), {0}, reduction::columns);
}

TEST(CudaReduce, GroupsCountByRank) {
  array<double> const a = uneven<double>({5, 3000, 6});
  std::vector<index_t> march;
  for (index_t i = 2; i < 3000; i += 1 + i % 3) {
    march.push_back(i);
  }
  // Groups of two tiles, of one, of none, of the last element.
  groups_of_members const groups({march, {}, {0, 7, 8, 100, 2000}, {2999}, {}});
  expect_host_bits<red::sum<double>>(a, {1}, reduction::columns, {}, nullptr, &groups);
  expect_host_bits<red::var<double>>(cm::transpose(a), {1}, reduction::columns, {}, nullptr,
                                     &groups);
  expect_host_bits<red::mean<double>>(array<double>(cm::moveaxis(a, 1, 2)), {2}, reduction::rows,
                                      {}, nullptr, &groups);
  groups_of_members const none(std::vector<std::vector<index_t>>(1));
  expect_host_bits<red::sum<double>>(a, {1}, reduction::columns, {}, nullptr, &none);
  groups_of_members const short_ones({{3, 4}, {1}, {}});
  expect_host_bits<red::sum<double>>(array<double>(cm::moveaxis(a, 1, 2)), {2}, reduction::rows, {},
                                     nullptr, &short_ones);
}

TEST(CudaReduce, GroupsOfDaysWithMasksAndPlaces) {
  array<float> const a = uneven<float>({1461, 11});
  std::vector<std::vector<index_t>> days(366);
  for (index_t i = 0; i < 1461; ++i) {
    if (i % 100 != 3) {  // belongs to no group
      days[static_cast<std::size_t>(i * 7 % 366)].push_back(i);
    }
  }
  groups_of_members const groups(days);
  array<bool> some = uneven<float>({1461, 11}, 3) > 0.0f;
  array<bool> const other = uneven<float>({1461, 11}, 5) > 0.0f;
  expect_host_bits<red::mean<float>>(a, {0}, reduction::columns, {}, nullptr, &groups);
  expect_host_bits<red::argmax<float>>(a, {0}, reduction::columns, {}, nullptr, &groups);
  expect_host_bits<red::var<float>>(cm::masked(a, some), {0}, reduction::columns, {}, &other,
                                    &groups);
  expect_host_bits<red::sum<float>>(array<float>(cm::transpose(a)), {1}, reduction::rows, {},
                                    nullptr, &groups);
}

// Several levels of merges, of groups that need fewer of them too.
TEST(CudaReduce, LongGroups) {
  constexpr index_t n = 600000;
  array<float> const a = uneven<float>({n, 2});
  std::vector<index_t> most;
  std::vector<index_t> some;
  for (index_t i = 0; i < n; ++i) {
    (i % 50 == 0 ? some : most).push_back(i);
  }
  groups_of_members const groups({some, {5}, most, {}});
  expect_host_bits<red::sum<float>>(a, {0}, reduction::columns, {}, nullptr, &groups);
}

TEST(CudaReduce, NothingToReduceOrToStore) {
  expect_host_bits<red::sum<double>>(array<double>(cm::shape{7, 0}), {1}, reduction::rows);
  expect_host_bits<red::mean<double>>(array<double>(cm::shape{0}), {0}, reduction::whole);
  expect_host_bits<red::sum<double>>(array<double>(cm::shape{0, 4}), {1}, reduction::empty);
  // No axis is reduced.
  expect_host_bits<red::sum<double>>(uneven<double>({7, 5}), {}, reduction::columns);
}

// Oracle: counted by hand.
TEST(CudaReducePlan, BlocksOfWork) {
  cm::reduce_plan plan;
  plan.outputs = 1;
  plan.length = 1024 * 9;
  EXPECT_EQ(cm::work_blocks_of(plan), 2);  // 9 tiles, a warp each, 8 warps to a block
  plan.across = true;
  plan.outputs = 65;
  EXPECT_EQ(cm::work_blocks_of(plan), 27);  // 3 groups of 32 outputs, 9 tiles
  plan.length = 0;
  EXPECT_EQ(cm::work_blocks_of(plan), 3);
  // A warp to each row of 4 would be idle.
  plan.across = false;
  plan.length = 4;
  EXPECT_EQ(cm::case_of(plan), cm::reduce_case::columns);
  plan.outputs = 1;
  EXPECT_EQ(cm::case_of(plan), cm::reduce_case::rows);
  EXPECT_EQ(cm::merge_chunk(2), 2);
  EXPECT_EQ(cm::merge_chunk(9), 16);
  EXPECT_EQ(cm::merge_chunk(257), 256);
}

}  // namespace
