// SPDX-License-Identifier: Apache-2.0
// Time series of figures, by the pixels of the PNG. Oracles: the linear scales of the axes.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/io/decoded_png.hpp"

namespace plot = cumulus::plot;
using numbers = std::vector<double>;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
// The frame of a series without a map above it.
constexpr int left = 84;
constexpr int top = 40;
constexpr int width = 1032;
constexpr int height = 190;

figure_test::decoded_png drawn_series(numbers const& time, numbers const& values) {
  return figure_test::drawn(
      {.rows = {{.map = std::nullopt, .series = plot::series_panel{"t", "K", time, values}}}});
}

// The line is blue; grid, zero line and frame are greys.
bool inked(plot::rgb c) { return c.blue > c.red + 40; }

// Rows of a column of pixels that the line covers: first and one past the last; {0, 0} if none.
std::pair<int, int> line_in_column(figure_test::decoded_png const& png, int x) {
  std::pair<int, int> rows{0, 0};
  for (int y = top; y < top + height; ++y) {
    if (inked(png.at(x, y))) {
      rows = {rows.second == 0 ? y : rows.first, y + 1};
    }
  }
  return rows;
}

// Where the axis, one hundredth wider than the data on each side, has a share of the data's range.
int column(double share) { return left + static_cast<int>((share + 0.01) / 1.02 * width); }

}  // namespace

TEST(series_panel, values_stand_at_their_height) {
  // A ramp from -1 to 1; the axis is 6 % wider than the values on each side.
  auto const png = drawn_series({2000, 2010}, {-1, 1});
  for (double share : {0.1, 0.25, 0.5, 0.9}) {
    auto const rows = line_in_column(png, column(share));
    double const expected = top + height * (1 - (share + 0.06) / 1.12);
    EXPECT_NEAR((rows.first + rows.second) / 2.0, expected, 1.5) << share;
  }
}

TEST(series_panel, a_missing_step_is_a_gap) {
  numbers time;
  numbers values;
  for (int i = 0; i <= 200; ++i) {
    time.push_back(1800 + i);
    values.push_back(i > 160 && i < 180 ? missing : std::sin(i));
  }
  auto const png = drawn_series(time, values);
  for (int i = 1; i < 200; ++i) {
    bool const gap = i >= 160 && i < 180;
    EXPECT_EQ(line_in_column(png, column((i + 0.4) / 200)).second == 0, gap) << i;
  }
}

TEST(series_panel, a_value_between_two_gaps_is_a_dot) {
  auto const png = drawn_series({2000, 2001, 2002, 2003, 2004}, {1, missing, 2, missing, 3});
  EXPECT_NE(line_in_column(png, column(0.5)).second, 0);
  EXPECT_EQ(line_in_column(png, column(0.25)).second, 0);
}

TEST(series_panel, a_constant_stands_in_the_middle) {
  for (double value : {0.0, 1.0, 288.15, -3e-20, 1e300, -1e308}) {
    auto const png = drawn_series({2000, 2001, 2002}, {value, value, value});
    auto const rows = line_in_column(png, column(0.3));
    EXPECT_NEAR((rows.first + rows.second) / 2.0, top + height / 2, 1.5) << value;
  }
}

TEST(series_panel, one_step_is_a_dot_in_the_middle) {
  auto const png = drawn_series({0.5}, {0});
  EXPECT_TRUE(inked(png.at(left + width / 2, top + height / 2)));
}

TEST(series_panel, a_single_spike_in_a_long_series_is_drawn) {
  // 200 values a pixel: only the least and greatest of them can be seen.
  numbers time;
  numbers values;
  for (int i = 0; i < 200000; ++i) {
    time.push_back(1000 + i / 365.0);
    values.push_back(i == 77777 ? 1 : i == 150001 ? -1 : 0);
  }
  auto const png = drawn_series(time, values);
  int highest = top + height;
  int lowest = top;
  for (int x = column(77777 / 200000.0) - 2; x <= column(77777 / 200000.0) + 2; ++x) {
    highest = std::min(highest, line_in_column(png, x).first);
  }
  for (int x = column(150001 / 200000.0) - 2; x <= column(150001 / 200000.0) + 2; ++x) {
    lowest = std::max(lowest, line_in_column(png, x).second);
  }
  EXPECT_NEAR(highest, top + height * 0.06 / 1.12, 2);
  EXPECT_NEAR(lowest, top + height * 1.06 / 1.12, 2);
}

TEST(series_panel, the_zero_line_is_there_where_zero_is) {
  // The share of zero in the axis: (0 - low) / (high - low) with 6 % more on each side.
  constexpr plot::rgb zero_line{120, 120, 120};
  auto const across = drawn_series({2000, 2010}, {-1, 3});
  int const y = top + static_cast<int>(height * (1 - (1 + 0.24) / 4.48));
  EXPECT_GT(across.count(left, y, width, 1, zero_line), width / 2);
  auto const above = drawn_series({2000, 2010}, {2, 3});
  EXPECT_EQ(above.count(left, top, width, height, zero_line), 0);
}
