// SPDX-License-Identifier: Apache-2.0
// How scans are swept. Oracle: the layouts of the cases, reasoned out beside each.

#include "cumulus/exec/plan/scan_plan.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

namespace cm = cumulus;
using cm::index_t;

cm::operand operand_with(std::vector<index_t> const& strides) {
  return cm::array_operand(nullptr, 8,
                           cm::strides(std::span<index_t const>(strides.data(), strides.size())));
}

struct planned {
  std::vector<cm::operand> operands;
  cm::scan_plan plan;
};

/// Plans the scan of an array along axes, with a row-major output.
planned plan_of(cm::shape const& s, std::vector<int> const& axes,
                std::vector<index_t> const& strides) {
  cm::axis_set const set = cm::normalize_axes(axes, s.rank(), "test");
  cm::strides const out = cm::row_major_strides(s);
  planned p;
  p.operands = {operand_with({out.begin(), out.end()}), operand_with(strides)};
  p.plan = cm::plan_scan(s, set, p.operands);
  return p;
}

TEST(scan_plan, the_last_axis_is_scanned_along_lines) {
  auto const p = plan_of({4, 50, 60}, {2}, {3000, 60, 1});
  EXPECT_EQ(to_string(p.plan), "lines: kept (200,) scanned (60,)");
  EXPECT_FALSE(p.plan.across);
  EXPECT_EQ(p.plan.series, 200);
  EXPECT_EQ(p.plan.length, 60);
  EXPECT_EQ(p.operands[1].stride[0], 60);
  EXPECT_EQ(p.operands[1].stride[1], 1);
}

TEST(scan_plan, other_axes_are_scanned_across_columns) {
  auto const first = plan_of({240, 180, 360}, {0}, {64800, 360, 1});
  EXPECT_EQ(to_string(first.plan), "columns: kept (64800,) scanned (240,)");
  EXPECT_TRUE(first.plan.across);
  // The axes around the scanned one do not merge.
  auto const middle = plan_of({4, 50, 60}, {1}, {3000, 60, 1});
  EXPECT_EQ(to_string(middle.plan), "columns: kept (4, 60) scanned (50,)");
}

TEST(scan_plan, few_neighbours_are_lines_at_a_step) {
  auto const p = plan_of({20, 50, 7}, {1}, {350, 7, 1});
  EXPECT_EQ(to_string(p.plan), "lines: kept (20, 7) scanned (50,)");
}

TEST(scan_plan, few_long_series_are_split_into_tiles) {
  EXPECT_EQ(to_string(plan_of({100000}, {0}, {1}).plan), "tiles: kept () scanned (100000,)");
  EXPECT_EQ(plan_of({100000}, {0}, {1}).plan.tiles(), 98);
  EXPECT_EQ(to_string(plan_of({8192}, {0}, {1}).plan), "lines: kept () scanned (8192,)");
  EXPECT_EQ(plan_of({8193, 15}, {0}, {15, 1}).plan.what, cm::scan_case::tiles);
  EXPECT_EQ(plan_of({8193, 16}, {0}, {16, 1}).plan.what, cm::scan_case::columns);
  EXPECT_EQ(plan_of({16, 8193}, {1}, {8193, 1}).plan.what, cm::scan_case::lines);
  // Neighbours of different series stay known where tiles are not for the host.
  EXPECT_TRUE(plan_of({8193, 15}, {0}, {15, 1}).plan.across);
}

TEST(scan_plan, all_axes_are_one_where_memory_allows) {
  EXPECT_EQ(to_string(plan_of({3, 4, 5}, {0, 1, 2}, {20, 5, 1}).plan),
            "lines: kept () scanned (60,)");
  // Every second row of a larger array.
  EXPECT_EQ(to_string(plan_of({3, 4, 5}, {0, 1, 2}, {40, 10, 1}).plan),
            "lines: kept () scanned (12, 5)");
}

TEST(scan_plan, transposed_arrays_keep_the_order_of_the_result) {
  auto const p = plan_of({30, 40}, {0}, {1, 30});
  EXPECT_EQ(to_string(p.plan), "columns: kept (40,) scanned (30,)");
}

TEST(scan_plan, one_element_and_none) {
  EXPECT_EQ(to_string(plan_of({}, {}, {}).plan), "lines: kept () scanned (1,)");
  EXPECT_EQ(to_string(plan_of({1, 1}, {1}, {1, 1}).plan), "lines: kept () scanned (1,)");
  EXPECT_EQ(to_string(plan_of({30, 1}, {1}, {1, 1}).plan), "columns: kept (30,) scanned (1,)");
  EXPECT_EQ(plan_of({0, 3}, {0}, {3, 1}).plan.what, cm::scan_case::empty);
  EXPECT_EQ(plan_of({3, 0}, {0}, {1, 1}).plan.what, cm::scan_case::empty);
}

}  // namespace
