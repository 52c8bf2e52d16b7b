// SPDX-License-Identifier: Apache-2.0
// Maps of figures, by the pixels of the PNG. Oracles: the published colours of ColorBrewer's RdBu,
// and where plate carrée puts a place.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/io/decoded_png.hpp"

namespace plot = cumulus::plot;
using figure_test::drawn;
using numbers = std::vector<double>;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();
// ColorBrewer RdBu, 11 classes: #053061, #f7f7f7, #67001f.
constexpr plot::rgb bluest{0x05, 0x30, 0x61};
constexpr plot::rgb white{0xf7, 0xf7, 0xf7};
constexpr plot::rgb reddest{0x67, 0x00, 0x1f};

figure_test::decoded_png drawn_map(numbers const& values, numbers const& lat, numbers const& lon,
                                   double limit = 0) {
  return drawn({.rows = {{.map = plot::map_panel{"map", "K", values, lat, lon, limit},
                          .series = std::nullopt}}});
}

double luminance(plot::rgb c) { return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue; }

}  // namespace

TEST(colour_map, passes_through_the_published_colours) {
  constexpr unsigned published[] = {0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
                                    0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f};
  for (int i = 0; i <= 10; ++i) {
    plot::rgb const c = plot::diverging_colour(i / 5.0 - 1);
    EXPECT_NEAR(c.red, published[i] >> 16, 2) << i;
    EXPECT_NEAR(c.green, published[i] >> 8 & 255, 2) << i;
    EXPECT_NEAR(c.blue, published[i] & 255, 2) << i;
  }
}

TEST(colour_map, is_lightest_at_zero_and_darkens_to_both_ends) {
  for (int i = 1; i <= 100; ++i) {
    for (double sign : {-1.0, 1.0}) {
      EXPECT_LE(luminance(plot::diverging_colour(sign * i / 100)),
                luminance(plot::diverging_colour(sign * (i - 1) / 100)))
          << sign * i;
    }
  }
}

TEST(map_panel, zero_limits_extremes_and_missing_have_their_colours) {
  numbers const lat{-90, 0, 90};
  numbers const lon{-180, -90, 0, 90, 180};
  auto const png = drawn_map({-2, 0, 2, missing, -5, 1e300, inf, -inf}, lat, lon, 2);
  EXPECT_EQ(png.at_place(-135, -45, -180), bluest);
  EXPECT_EQ(png.at_place(-45, -45, -180), white);
  EXPECT_EQ(png.at_place(45, -45, -180), reddest);
  EXPECT_EQ(png.at_place(135, -45, -180), plot::missing_colour);
  EXPECT_EQ(png.at_place(-135, 45, -180), bluest);
  EXPECT_EQ(png.at_place(-45, 45, -180), reddest);
  EXPECT_EQ(png.at_place(45, 45, -180), reddest);
  EXPECT_EQ(png.at_place(135, 45, -180), bluest);
}

TEST(map_panel, north_is_up_and_east_is_right_whichever_way_the_axes_run) {
  for (bool south_to_north : {true, false}) {
    for (bool west_to_east : {true, false}) {
      for (double west : {0.0, -180.0, 20.0}) {
        numbers lat;
        numbers lon;
        for (int i = 0; i <= 18; ++i) {
          lat.push_back(south_to_north ? -90 + 10 * i : 90 - 10 * i);
        }
        for (int j = 0; j <= 36; ++j) {
          lon.push_back(west_to_east ? west + 10 * j : west + 360 - 10 * j);
        }
        // The cell 30..40 degrees north, 50..60 degrees east of the western end.
        numbers values(18 * 36, 0);
        values[(south_to_north ? 12 : 5) * 36 + (west_to_east ? 5 : 30)] = 1;
        auto const png = drawn_map(values, lat, lon, 1);
        EXPECT_EQ(png.at_place(west + 55, 35, west), reddest) << south_to_north << west_to_east;
        EXPECT_EQ(png.count(84, 58, 1032, 516, reddest), 29 * 29)
            << "10 by 10 degrees are 28.67 by 28.67 pixels, and 29 by 29 centres";
      }
    }
  }
}

TEST(map_panel, cells_reach_to_their_true_edges) {
  numbers const lat{90, 80, -10, -90};  // uneven, descending
  numbers const lon{0, 33, 360};
  auto const png = drawn_map({1, 1, -1, -1, 1, 1}, lat, lon, 1);
  // 516 pixels for 180 degrees: a latitude is at 58 + (90 - lat) * 2.8667.
  for (double edge : {80.0, -10.0}) {
    double const y = 58 + (90 - edge) / 180 * 516;
    EXPECT_NE(png.at(400, std::floor(y) - 1), png.at(400, std::ceil(y) + 1)) << edge;
    EXPECT_EQ(png.at(400, std::floor(y) - 1), edge > 0 ? reddest : bluest);
    EXPECT_EQ(png.at(400, std::ceil(y) + 1), edge > 0 ? bluest : reddest);
  }
}

TEST(map_panel, a_region_across_the_antimeridian_stays_in_one_piece) {
  numbers const lat{0, 10, 20};
  numbers const lon{170, 175, 180, 190};
  auto const png = drawn_map({-1, 0, 1, -1, 0, 1}, lat, lon, 1);
  // 20 by 20 degrees: 516 by 516 pixels in the middle of 1032.
  EXPECT_EQ(png.at(84 + 258 + 516 * 0.12, 300), bluest);
  EXPECT_EQ(png.at(84 + 258 + 516 * 0.37, 300), white);
  EXPECT_EQ(png.at(84 + 258 + 516 * 0.88, 300), reddest);
  EXPECT_EQ(png.at(84 + 200, 300), (plot::rgb{255, 255, 255}));
}

TEST(map_panel, grids_finer_than_the_picture_are_averaged) {
  // Four by four cells a pixel. West: +1 and -1 in a chessboard, mean 0. East: 1 or missing, one
  // quarter and three quarters of the cells.
  int const rows = 4 * 516;
  int const columns = 4 * 1032;
  numbers lat;
  numbers lon;
  for (int i = 0; i <= rows; ++i) {
    lat.push_back(-90 + 180.0 * i / rows);
  }
  for (int j = 0; j <= columns; ++j) {
    lon.push_back(360.0 * j / columns);
  }
  numbers values;
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) {
      bool const mostly = i < rows / 2;
      values.push_back(j < columns / 2                        ? ((i + j) % 2 == 0 ? 1 : -1)
                       : (i % 2 == 0 && j % 2 == 0) == mostly ? missing
                                                              : 1);
    }
  }
  auto const png = drawn_map(values, lat, lon, 1);
  EXPECT_EQ(png.at_place(100, 50, 0), white);
  EXPECT_EQ(png.at_place(250, -50, 0), reddest);
  EXPECT_EQ(png.at_place(250, 50, 0), plot::missing_colour);
}

TEST(map_panel, pointed_ends_only_where_values_lie_beyond_the_scale) {
  numbers const lat{-90, 90};
  numbers const lon{0, 180, 360};
  int const y = 58 + 516 + 48 + 8;
  int const left = 84 + 20 - 5;
  int const right = 84 + 20 + 640 + 4;
  plot::rgb const paper{255, 255, 255};
  auto const inside = drawn_map({-1, 1}, lat, lon, 1);
  EXPECT_EQ(inside.at(left, y), paper);
  EXPECT_EQ(inside.at(right, y), paper);
  auto const above = drawn_map({-1, 1.5}, lat, lon, 1);
  EXPECT_EQ(above.at(left, y), paper);
  EXPECT_EQ(above.at(right, y), reddest);
  auto const below = drawn_map({-1.5, 1}, lat, lon, 1);
  EXPECT_EQ(below.at(left, y), bluest);
  EXPECT_EQ(below.at(right, y), paper);
}

TEST(map_panel, missing_cells_have_a_legend) {
  numbers const lat{-90, 90};
  numbers const lon{0, 180, 360};
  int const y = 58 + 516 + 48;
  EXPECT_EQ(drawn_map({0, 1}, lat, lon).count(1000, y, 100, 16, plot::missing_colour), 0);
  EXPECT_EQ(drawn_map({0, missing}, lat, lon).count(1000, y, 100, 16, plot::missing_colour),
            22 * 16);
}

TEST(map_panel, automatic_limits_are_the_98th_percentile_rounded_up) {
  numbers values;
  for (int i = 1; i <= 100; ++i) {
    values.push_back(i % 2 == 0 ? i : -i);
  }
  EXPECT_DOUBLE_EQ(plot::automatic_limit(values), 100);  // rank 98 is 98
  for (double& value : values) {
    value = std::abs(value) > 98 ? 1e9 : value / 98 * 3;
  }
  EXPECT_DOUBLE_EQ(plot::automatic_limit(values), 3);
  numbers sparse(1000, 0);
  sparse[7] = -0.7;
  EXPECT_DOUBLE_EQ(plot::automatic_limit(sparse), 0.8);
  EXPECT_DOUBLE_EQ(plot::automatic_limit(numbers{missing, inf, 2.2}), 2.5);
  EXPECT_DOUBLE_EQ(plot::automatic_limit(numbers{missing, inf}), 1);
  EXPECT_DOUBLE_EQ(plot::automatic_limit(numbers{0, 0}), 1);
  EXPECT_DOUBLE_EQ(plot::automatic_limit(numbers{}), 1);
}
