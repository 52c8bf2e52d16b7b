// SPDX-License-Identifier: Apache-2.0
// How reductions are swept. Oracle: the layouts of the cases, reasoned out beside each.

#include "cumulus/exec/plan/reduce_plan.hpp"

#include <gtest/gtest.h>

namespace {

namespace cm = cumulus;
using cm::index_t;

/// An array leaf of doubles with the given strides.
cm::operand operand_with(std::initializer_list<index_t> strides) {
  return cm::array_operand(nullptr, 8,
                           cm::strides(std::span<index_t const>(strides.begin(), strides.size())));
}

struct planned {
  std::vector<cm::operand> operands;
  cm::reduce_plan plan;
};

/// Plans the reduction of arrays over axes, with a row-major output.
planned plan_of(cm::shape const& s, std::initializer_list<int> axes,
                std::vector<cm::operand> const& leaves, bool has_mask = false) {
  cm::axis_set const set = cm::normalize_axes({axes.begin(), axes.size()}, s.rank(), "test");
  cm::operand out{.data = nullptr, .item_bytes = 8, .kind = cm::leaf_kind::array};
  index_t stride = 1;
  for (int k = s.rank() - 1; k >= 0; --k) {
    if (!set.member[k]) {
      out.stride[k] = stride;
      stride *= s[k];
    }
  }
  planned p;
  p.operands.push_back(out);
  p.operands.insert(p.operands.end(), leaves.begin(), leaves.end());
  p.plan = cm::plan_reduction(s, set, p.operands, has_mask);
  return p;
}

TEST(reduce_plan, whole_arrays_are_one_row) {
  auto const p = plan_of({4, 5, 6}, {0, 1, 2}, {operand_with({30, 6, 1})});
  EXPECT_EQ(to_string(p.plan), "whole: kept () reduced (120,)");
  EXPECT_FALSE(p.plan.across);
  EXPECT_EQ(p.plan.length, 120);
  EXPECT_EQ(p.plan.outputs, 1);
  EXPECT_EQ(p.plan.tiles(), 1);
}

TEST(reduce_plan, last_axes_are_rows) {
  auto const p = plan_of({4, 5, 6}, {1, 2}, {operand_with({30, 6, 1})});
  EXPECT_EQ(to_string(p.plan), "rows: kept (4,) reduced (30,)");
}

TEST(reduce_plan, first_axes_are_columns) {
  auto const p = plan_of({240, 180, 360}, {0}, {operand_with({64800, 360, 1})});
  EXPECT_EQ(to_string(p.plan), "columns: kept (64800,) reduced (240,)");
  EXPECT_TRUE(p.plan.across);
  EXPECT_EQ(p.plan.columns(), 64800);
  EXPECT_EQ(p.operands[0].stride[0], 1);
  EXPECT_EQ(p.operands[1].stride[1], 64800);
}

TEST(reduce_plan, a_middle_axis_keeps_the_outer_one) {
  auto const p = plan_of({4, 5, 6}, {1}, {operand_with({30, 6, 1})});
  EXPECT_EQ(to_string(p.plan), "columns: kept (4, 6) reduced (5,)");
}

// A transposed array's axis 0 is its memory's last one.
TEST(reduce_plan, transposed_arrays_swap_rows_and_columns) {
  auto const rows = plan_of({6, 5}, {0}, {operand_with({1, 6})});
  EXPECT_EQ(to_string(rows.plan), "rows: kept (5,) reduced (6,)");
  auto const columns = plan_of({6, 5}, {1}, {operand_with({1, 6})});
  EXPECT_EQ(to_string(columns.plan), "columns: kept (6,) reduced (5,)");
}

// The order of a sum is the shape's: reduced axes are never sorted, even where memory would like
// it; they do not merge either.
TEST(reduce_plan, reduced_axes_stay_in_the_order_of_the_shape) {
  auto const p = plan_of({6, 5}, {0, 1}, {operand_with({1, 6})});
  EXPECT_EQ(to_string(p.plan), "general: kept () reduced (6, 5)");
}

// Kept axes are sorted, so that neighbours in memory are swept together; they would merge but for
// the output, which is row-major in the order of the shape.
TEST(reduce_plan, kept_axes_go_by_memory) {
  auto const p = plan_of({5, 7, 6}, {1}, {operand_with({1, 30, 5})});
  EXPECT_EQ(to_string(p.plan), "columns: kept (6, 5) reduced (7,)");
  EXPECT_EQ(p.operands[1].stride[0], 5);
  EXPECT_EQ(p.operands[1].stride[1], 1);
  EXPECT_EQ(p.operands[0].stride[0], 1);
  EXPECT_EQ(p.operands[0].stride[1], 6);
}

TEST(reduce_plan, extents_of_one_vanish) {
  auto const p = plan_of({1, 5, 1, 6}, {0, 3}, {operand_with({999, 6, 77, 1})});
  EXPECT_EQ(to_string(p.plan), "rows: kept (5,) reduced (6,)");
}

TEST(reduce_plan, one_element_for_each_output) {
  auto const p = plan_of({5, 1}, {1}, {operand_with({1, 1})});
  EXPECT_EQ(p.plan.length, 1);
  EXPECT_EQ(p.plan.outputs, 5);
  auto const scalar = plan_of(cm::shape{}, {}, {operand_with({})});
  EXPECT_EQ(scalar.plan.length, 1);
  EXPECT_EQ(scalar.plan.outputs, 1);
  EXPECT_EQ(scalar.plan.reduced_rank, 1);
}

TEST(reduce_plan, empty_outputs_and_empty_sums) {
  EXPECT_EQ(plan_of({0, 5}, {1}, {operand_with({5, 1})}).plan.what, cm::reduction::empty);
  auto const p = plan_of({5, 0}, {1}, {operand_with({1, 1})});
  EXPECT_NE(p.plan.what, cm::reduction::empty);
  EXPECT_EQ(p.plan.length, 0);
  EXPECT_EQ(p.plan.tiles(), 0);
}

TEST(reduce_plan, steps_backwards_are_general) {
  auto const p = plan_of({5, 6}, {1}, {operand_with({6, -1})});
  EXPECT_EQ(p.plan.what, cm::reduction::general);
  EXPECT_FALSE(p.plan.across);
}

// Axes merge only where every operand continues: this mask does not.
TEST(reduce_plan, a_broadcast_mask_keeps_axes_apart) {
  cm::operand mask = operand_with({0, 1});
  mask.item_bytes = 1;
  auto const p = plan_of({5, 6}, {0, 1}, {operand_with({6, 1}), mask}, true);
  EXPECT_EQ(p.plan.reduced_rank, 2);
  EXPECT_TRUE(p.plan.has_mask);
}

TEST(reduce_plan, groups_have_the_length_of_the_largest) {
  cm::shape const s{10, 4};
  cm::axis_set set;
  set.member[0] = true;
  std::vector<index_t> const members{2, 3, 9, 0};
  std::vector<index_t> const first{0, 3, 3, 4};
  cm::group_plan const plan_of_groups(first);
  cm::group_table const groups{.plan = &plan_of_groups, .members = members.data()};
  std::vector<cm::operand> operands{operand_with({0, 1}), operand_with({4, 1})};
  auto const plan = cm::plan_reduction(s, set, operands, false, &groups);
  EXPECT_EQ(plan.length, 3);
  EXPECT_EQ(plan.groups, &groups);
  EXPECT_EQ(to_string(plan), "columns: kept (4,) reduced (10,)");
}

// Oracle: counted by hand.
TEST(group_plan, levels) {
  std::vector<index_t> const small{0, 3, 3, 1027};
  cm::group_plan const one(small);
  EXPECT_EQ(one.groups(), 3);
  EXPECT_EQ(one.levels(), 2);
  EXPECT_EQ(one.longest(), 1024);
  EXPECT_EQ(one.tiles(), 3);
  EXPECT_EQ(one.most(1), 1);
  // 1, 1, 3 and 300 tiles; chunks of 256 of them; then of 2.
  index_t const k = 1024;
  std::vector<index_t> const large{0, k, k, 4 * k - 5, 304 * k - 5};
  cm::group_plan const many(large);
  EXPECT_EQ(many.levels(), 4);
  EXPECT_EQ(many.tiles(), 305);
  EXPECT_EQ(many.most(1), 300);
  EXPECT_EQ(many.most(2), 2);
  EXPECT_EQ(many.most(3), 1);
  EXPECT_EQ(many.level(2)[4], 5);
  EXPECT_EQ(many.level(3)[4], 4);
  std::vector<index_t> const none{0};
  EXPECT_EQ(cm::group_plan(none).groups(), 0);
}

}  // namespace
