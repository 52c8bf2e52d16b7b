// SPDX-License-Identifier: Apache-2.0
// Area means against values worked out by hand; the example's tests compare with CDO and NCO.

#include "cumulus/climate/area_mean.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cumulus/climate/cell_area.hpp"

namespace {

namespace cm = cumulus;
using cm::climate::area_mean;

template <class T> class AreaMean : public testing::Test {};
using types = testing::Types<float, double, std::int32_t>;
TYPED_TEST_SUITE(AreaMean, types);

TYPED_TEST(AreaMean, DividesTheWeightedSumByTheWeights) {
  cm::ndarray<TypeParam> const x{{{1, 2, 3}, {4, 5, 6}}, {{0, 0, 0}, {0, 0, 10}}};
  cm::ndarray<double> const w{{1, 1, 2}, {1, 2, 3}};
  cm::ndarray const series = area_mean(x, w);
  static_assert(std::is_same_v<decltype(series), cm::ndarray<double> const>);
  ASSERT_EQ(series.shape(), cm::shape{2});
  EXPECT_EQ(series(0).item(), (1 + 2 + 6 + 4 + 10 + 18) / 10.0);
  EXPECT_EQ(series(1).item(), 3.0);
}

TYPED_TEST(AreaMean, FindsTheGridOnAnyAxes) {
  cm::ndarray<TypeParam> const x{{{1, 2, 3}, {4, 5, 6}}, {{0, 0, 0}, {0, 0, 10}}};
  cm::ndarray<double> const w{{1, 1, 2}, {1, 2, 3}};
  cm::ndarray const moved = cm::transpose(x, {2, 0, 1});  // (lon, time, lat)
  for (auto const& axes : {cm::climate::grid_axes{2, 0}, cm::climate::grid_axes{-1, -3}}) {
    cm::ndarray const series = area_mean(moved, w, axes);
    ASSERT_EQ(series.shape(), cm::shape{2});
    EXPECT_EQ(series(0).item(), 4.1);
    EXPECT_EQ(series(1).item(), 3.0);
  }
  // Levels stay: (lat, level, lon).
  cm::ndarray const levels = area_mean(cm::transpose(x, {1, 0, 2}), w, {0, 2});
  EXPECT_EQ(levels(0).item(), 4.1);
  EXPECT_EQ(area_mean(x(0), w).item(), 4.1);
}

TEST(AreaMeanOfGaps, SkipsMissingCellsWithTheirWeights) {
  double const none = std::numeric_limits<double>::quiet_NaN();
  cm::ndarray<double> const x{
      {{1, none}, {4, 7}}, {{none, none}, {none, none}}, {{9, none}, {none, none}}};
  cm::ndarray<double> const w{{1, 100}, {2, 0}};
  cm::ndarray const series = area_mean(x, w);
  EXPECT_EQ(series(0).item(), 3.0);
  EXPECT_TRUE(std::isnan(series(1).item()));
  EXPECT_EQ(series(2).item(), 9.0);
  // Only a cell without weight is valid.
  EXPECT_TRUE(std::isnan(area_mean(cm::ndarray<double>{{none, none}, {none, 1}}, w).item()));
}

TEST(AreaMeanOfTheSphere, OfTheSineOfLatitudeSquaredIsAThird) {
  std::vector<double> lat;
  std::vector<double> lon;
  for (int j = 0; j < 180; ++j) {
    lat.push_back(-89.5 + j);
  }
  for (int i = 0; i < 8; ++i) {
    lon.push_back(45.0 * i);
  }
  auto const area = cm::climate::cell_area(lat, lon, cm::climate::sin_band);
  cm::ndarray<double> const w = cm::from_span(std::span(area), {180, 8});
  cm::ndarray<double> const y = cm::from_vector(lat) * (3.14159265358979323846 / 180);
  cm::ndarray const field = cm::broadcast_to(cm::expand_dims(cm::square(cm::sin(y)), 1), {180, 8});
  // The midpoint rule with 180 rows errs by about (pi / 180)^2 / 6.
  EXPECT_NEAR(area_mean(field, w).item(), 1.0 / 3, 6e-5);
}

TEST(AreaMeanErrors, NameTheShapes) {
  cm::ndarray<double> const x = cm::zeros({4, 2, 3});
  cm::ndarray<double> const w = cm::ones({3, 2});
  try {
    area_mean(x, w);
    ADD_FAILURE();
  } catch (cm::shape_error const& e) {
    EXPECT_STREQ(e.what(),
                 "area_mean: expected weights of shape (2, 3) for the grid of (4, 2, 3), got (3, "
                 "2)");
  }
  EXPECT_THROW(area_mean(x, w, {1, -2}), cm::axis_error);
  EXPECT_THROW(area_mean(x, w, {3, 1}), cm::axis_error);
}

}  // namespace
