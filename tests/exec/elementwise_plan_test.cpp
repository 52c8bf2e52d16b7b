// SPDX-License-Identifier: Apache-2.0
// The plans of elementwise sweeps as text, and walking more rows than 32 bits count. Every expected
// plan is worked out by hand from the strides.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::operand;
using cm::shape;
using cm::strides;

operand at(std::uintptr_t address, strides const& st, cm::leaf_kind kind = cm::leaf_kind::array) {
  operand o{};
  o.data = reinterpret_cast<std::byte const*>(address);
  o.item_bytes = 4;
  o.kind = kind;
  for (int k = 0; k < st.rank(); ++k) {
    o.stride[k] = st[k];
  }
  return o;
}

std::string plan_of(shape const& s, std::vector<operand> operands) {
  return to_string(cm::plan_elementwise(s, operands));
}
std::string plan_of(shape const& s, strides const& out, strides const& in) {
  return plan_of(s, {at(4096, out), at(8192, in)});
}

TEST(elementwise_plan, merges_what_lies_side_by_side) {
  EXPECT_EQ(plan_of({2, 3, 4}, {12, 4, 1}, {12, 4, 1}), "contiguous (24,)");
  EXPECT_EQ(plan_of({2, 1, 4}, {4, 99, 1}, {4, 7, 1}), "contiguous (8,)");
  EXPECT_EQ(plan_of({2, 3, 4}, {24, 4, 1}, {24, 4, 1}), "inner_contiguous (2, 12)");
  EXPECT_EQ(plan_of({2, 3, 4}, {12, 4, 1}, {24, 4, 1}), "inner_contiguous (2, 12)");
  EXPECT_EQ(plan_of({2, 3, 4}, {12, 4, 1}, {50, 9, 2}), "general (2, 3, 4)");
  EXPECT_EQ(plan_of({2, 3, 4}, {12, 4, 1}, {24, 8, 2}), "general (24,)");
}

TEST(elementwise_plan, follows_the_memory_of_the_output) {
  EXPECT_EQ(plan_of({3, 4}, {1, 3}, {1, 3}), "contiguous (12,)");
  EXPECT_EQ(plan_of({2, 3, 4}, {1, 2, 6}, {1, 2, 6}), "contiguous (24,)");
  EXPECT_EQ(plan_of({2, 3, 4}, {4, 8, 1}, {4, 8, 1}), "contiguous (24,)");
  EXPECT_EQ(plan_of({3, 4}, {4, 1}, {1, 3}), "general (3, 4)");
  EXPECT_EQ(plan_of({3, 4}, {1, 3}, {4, 1}), "general (4, 3)");
}

TEST(elementwise_plan, sees_an_anomaly_as_rows) {
  // (time, lat, lon) minus a (lat, lon) climatology, and minus one number per time.
  EXPECT_EQ(plan_of({240, 73, 144}, {73 * 144, 144, 1}, {0, 144, 1}),
            "inner_contiguous (240, 10512)");
  EXPECT_EQ(plan_of({240, 73, 144}, {73 * 144, 144, 1}, {1, 0, 0}),
            "inner_contiguous (240, 10512)");
  EXPECT_EQ(plan_of({240, 73, 144}, {73 * 144, 144, 1}, {0, 0, 0}), "inner_contiguous (2522880,)");
}

TEST(elementwise_plan, transposes_what_has_its_neighbours_elsewhere) {
  EXPECT_EQ(plan_of({80, 70}, {70, 1}, {1, 80}), "transposed (80, 70)");
  EXPECT_EQ(plan_of({80, 70}, {at(4096, {70, 1}), at(8192, {70, 1}), at(9999, {1, 80})}),
            "transposed (80, 70)");
  EXPECT_EQ(plan_of({64, 30, 40}, {1200, 40, 1}, {1, 2560, 64}), "transposed (64, 1200)");
  EXPECT_EQ(plan_of({64, 30, 90}, {2700, 90, 1}, {1, 64, 1920}), "transposed (64, 30, 90)");
  // Short axes, steps everywhere, and arrays that are not read in packs.
  EXPECT_EQ(plan_of({80, 63}, {63, 1}, {1, 80}), "general (80, 63)");
  EXPECT_EQ(plan_of({63, 80}, {80, 1}, {1, 63}), "general (63, 80)");
  EXPECT_EQ(plan_of({80, 70}, {70, 1}, {2, 160}), "general (80, 70)");
  EXPECT_EQ(plan_of({80, 70}, {at(4096, {70, 1}), at(8192, {1, 80}, cm::leaf_kind::indirect)}),
            "general (80, 70)");
}

TEST(elementwise_plan, turns_axes_that_run_backwards) {
  EXPECT_EQ(plan_of({6}, {-1}, {-1}), "contiguous (6,)");
  EXPECT_EQ(plan_of({6}, {-1}, {1}), "general (6,)");
  EXPECT_EQ(plan_of({2, 3}, {-3, -1}, {-3, -1}), "contiguous (6,)");
  EXPECT_EQ(plan_of({2, 3}, {-3, 1}, {3, 1}), "inner_contiguous (2, 3)");
  std::vector<operand> both{at(4096, {-1}), at(8192, {-1})};
  cm::plan_elementwise({6}, both);
  EXPECT_EQ(both[0].data, at(4096 - 5 * 4, {}).data);
  EXPECT_EQ(both[1].data, at(8192 - 5 * 4, {}).data);
  EXPECT_EQ(both[0].stride[0], 1);
  EXPECT_EQ(both[1].stride[0], 1);
}

TEST(elementwise_plan, degenerate_shapes) {
  EXPECT_EQ(plan_of({}, {}, {}), "contiguous (1,)");
  EXPECT_EQ(plan_of({1, 1}, {5, 9}, {0, 0}), "contiguous (1,)");
  EXPECT_EQ(plan_of({0}, {1}, {1}), "empty ()");
  EXPECT_EQ(plan_of({3, 0, 2}, {0, 2, 1}, {0, 2, 1}), "empty ()");
  EXPECT_EQ(plan_of({2, 2, 2, 2, 2, 2, 2, 2}, {128, 64, 32, 16, 8, 4, 2, 1},
                    {128, 64, 32, 16, 8, 4, 2, 1}),
            "contiguous (256,)");
}

TEST(elementwise_plan, constants_and_generators_have_no_memory_to_follow) {
  EXPECT_EQ(plan_of({3, 4}, {at(4096, {4, 1}), at(0, {0, 0}, cm::leaf_kind::constant)}),
            "contiguous (12,)");
  EXPECT_EQ(plan_of({12}, {at(4096, {1}), at(0, {-2}, cm::leaf_kind::generator)}),
            "contiguous (12,)");
  EXPECT_EQ(plan_of({3, 4}, {at(4096, {4, 1}), at(0, {-1, 1}, cm::leaf_kind::generator)}),
            "inner_contiguous (3, 4)");
}

TEST(elementwise_plan, counts_beyond_32_bits) {
  index_t const big = (index_t{1} << 32) + 3;
  EXPECT_EQ(plan_of({big}, {1}, {1}), "contiguous (4294967299,)");
  EXPECT_EQ(plan_of({2, big}, {big, 1}, {0, 1}), "inner_contiguous (2, 4294967299)");
}

// Oracle: the row's number written in the mixed radix of the extents.
TEST(row_walker, finds_its_rows_beyond_32_bits) {
  std::vector<operand> const operands{at(0, {1 << 20, 1 << 10, 1}), at(1 << 20, {0, -7, 1})};
  index_t const extent[] = {index_t{1} << 20, index_t{1} << 15, 5};
  index_t const row = (index_t{1} << 33) + 32767;
  cm::row_walker walker(3, extent, operands, row);
  for (index_t r : {row, row + 1, row + 2}) {
    index_t const i = r >> 15;
    index_t const j = r & 32767;
    EXPECT_EQ(reinterpret_cast<std::intptr_t>(walker.at()[0]), 4 * (i * (1 << 20) + j * (1 << 10)));
    EXPECT_EQ(reinterpret_cast<std::intptr_t>(walker.at()[1]), (1 << 20) - 4 * 7 * j);
    walker.next();
  }
}

// Virtual arrays: lazy sequences longer than memory, of which a window is evaluated.

template <class Space> void windows_of_long_sequences() {
  using cm::_;
  using cm::slice;
  index_t const length = index_t{1} << 33;
  auto const count = cm::arange<std::int64_t, Space>(length);
  EXPECT_EQ(count.size(), length);
  EXPECT_EQ(values_of(count(slice(-3, _))),
            (std::vector<std::int64_t>{length - 3, length - 2, length - 1}));
  EXPECT_EQ(
      values_of(count(slice(_, _, index_t{1} << 31))),
      (std::vector<std::int64_t>{0, index_t{1} << 31, index_t{1} << 32, 3 * (index_t{1} << 31)}));
  EXPECT_EQ(values_of(cm::flip(count)(slice(_, 2))),
            (std::vector<std::int64_t>{length - 1, length - 2}));
  auto const table = cm::expand_dims(count, 1) + cm::arange<std::int64_t, Space>(5) * 10;
  EXPECT_EQ(table.size(), 5 * length);
  EXPECT_EQ(values_of(table(-1, slice(3, _))),
            (std::vector<std::int64_t>{length + 29, length + 39}));
  EXPECT_EQ(
      values_of(cm::transpose(table)(4, slice((index_t{1} << 31) + 1, (index_t{1} << 31) + 2))),
      (std::vector<std::int64_t>{(index_t{1} << 31) + 41}));

  auto const one = array_of<Space>(shape{1, 3}, std::vector<float>{1, 2, 3});
  auto const stretched = cm::broadcast_to(one, shape{length, 3}) * 2;
  EXPECT_EQ(values_of(stretched(length - 1)), (std::vector<float>{2, 4, 6}));
  EXPECT_EQ(values_of(stretched(slice(_, _, length - 1), 1)), (std::vector<float>{4, 4}));
  auto const identity = cm::eye<std::int8_t, Space>(length / 4);
  EXPECT_EQ(values_of(identity(length / 4 - 2, slice(-3, _))), (std::vector<std::int8_t>{0, 1, 0}));
}

template <class Space> void sizes_that_overflow_are_refused() {
  index_t const big = index_t{1} << 32;
  EXPECT_THROW((cm::ndarray<float, Space>(shape{big, big})), cm::shape_error);
  EXPECT_THROW((cm::empty<double, Space>(shape{big, big / 2, 0, 2})), cm::shape_error);
  EXPECT_THROW((cm::zeros<float, Space>(shape{big, big})), cm::shape_error);
  auto const long_row = cm::arange<std::int64_t, Space>(big);
  EXPECT_THROW(long_row + cm::expand_dims(long_row, 1), cm::shape_error);
  EXPECT_THROW(cm::broadcast_to(long_row, shape{big, big}), cm::shape_error);
}

template <class Space> class virtual_arrays : public in_each_space<Space> {};
TYPED_TEST_SUITE(virtual_arrays, spaces);
TYPED_TEST(virtual_arrays, windows_of_long_sequences) { windows_of_long_sequences<TypeParam>(); }
TYPED_TEST(virtual_arrays, sizes_that_overflow_are_refused) {
  sizes_that_overflow_are_refused<TypeParam>();
}

}  // namespace
