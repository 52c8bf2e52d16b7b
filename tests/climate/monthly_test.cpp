// SPDX-License-Identifier: Apache-2.0
// Monthly climatologies and anomalies against values worked out by hand.

#include "cumulus/climate/monthly.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

namespace cm = cumulus;
namespace climate = cumulus::climate;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class X> std::vector<double> values_of(X const& x) {
  cm::ndarray const a = cm::astype<double>(x);
  return {a.begin(), a.end()};
}

TEST(GroupByMonth, KeepsTheMonthsThatOccurInAscendingOrder) {
  auto const groups = climate::group_by_month(std::vector<int>{12, 3, 3, 1, 12});
  EXPECT_EQ(groups.months, (std::vector<int>{1, 3, 12}));
  EXPECT_EQ(groups.position, (std::vector<cm::index_t>{2, 1, 1, 0, 2}));
  EXPECT_EQ(groups.count(), 3);
  EXPECT_EQ(climate::group_by_month(std::vector<int>{}).count(), 0);
}

TEST(GroupByMonth, RefusesWhatIsNoMonth) {
  for (int const bad : {0, 13, -1, 1000}) {
    try {
      climate::group_by_month(std::vector<int>{1, bad});
      ADD_FAILURE() << bad;
    } catch (cm::value_error const& e) {
      EXPECT_NE(std::string(e.what()).find("got " + std::to_string(bad) + " at index 1"),
                std::string::npos)
          << e.what();
    }
  }
}

template <class T> class Monthly : public testing::Test {};
using types = testing::Types<float, double>;
TYPED_TEST_SUITE(Monthly, types);

TYPED_TEST(Monthly, MeansDeviationsAndAnomaliesOfEachMonth) {
  using T = TypeParam;
  auto const groups = climate::group_by_month(std::vector<int>{2, 1, 2, 1, 2});
  cm::ndarray<T> const x{{1, 10}, {2, 20}, {3, 30}, {6, 60}, {5, 80}};
  cm::ndarray const clim = climate::monthly_climatology(x, groups);
  static_assert(std::is_same_v<typename decltype(clim)::value_type, T>);
  EXPECT_EQ(values_of(clim), (std::vector<double>{4, 40, 3, 40}));
  cm::ndarray const a = climate::anomaly(x, clim, groups);
  EXPECT_EQ(values_of(a), (std::vector<double>{-2, -30, -2, -20, 0, -10, 2, 20, 2, 40}));
  // Squared departures: January 4 + 4, 400 + 400; February 4 + 4, 900 + 100 + 1600.
  cm::ndarray const sd = climate::monthly_stddev(x, groups, 0, 1);
  EXPECT_EQ(values_of(sd),
            (std::vector<double>{T(std::sqrt(8.0)), T(std::sqrt(800.0)), 2, T(std::sqrt(1300.0))}));
  EXPECT_EQ(values_of(climate::monthly_stddev(x, groups, 0, 0))[0], 2);
  cm::ndarray const z = climate::standardised_anomaly(x, clim, sd, groups);
  EXPECT_EQ(values_of(z)[0], -1);
  EXPECT_EQ(values_of(z)[9], T(40) / T(std::sqrt(1300.0)));
}

TYPED_TEST(Monthly, AnyAxisAndAnyView) {
  using T = TypeParam;
  auto const groups = climate::group_by_month(std::vector<int>{5, 5, 7});
  cm::ndarray<T> const x{{1, 3, 8}, {2, 6, 9}};
  for (int const axis : {1, -1}) {
    cm::ndarray const clim = climate::monthly_climatology(x, groups, axis);
    EXPECT_EQ(values_of(clim), (std::vector<double>{2, 8, 4, 9}));
    EXPECT_EQ(values_of(climate::anomaly(x, clim, groups, axis)),
              (std::vector<double>{-1, 1, 0, -2, 2, 0}));
  }
  cm::ndarray const across = climate::monthly_climatology(cm::transpose(x), groups);
  EXPECT_EQ(values_of(across), (std::vector<double>{2, 4, 8, 9}));
  EXPECT_EQ(values_of(climate::anomaly(cm::transpose(x), across, groups)),
            (std::vector<double>{-1, -2, 1, 2, 0, 0}));
}

TYPED_TEST(Monthly, MissingValuesAreSkipped) {
  using T = TypeParam;
  T const none = std::numeric_limits<T>::quiet_NaN();
  auto const groups = climate::group_by_month(std::vector<int>{1, 1, 1});
  cm::ndarray<T> const x{{1, none, none, 7}, {none, none, none, 7}, {3, none, 5, 7}};
  cm::ndarray const clim = climate::monthly_climatology(x, groups);
  EXPECT_EQ(clim(0, 0).item(), 2);
  EXPECT_TRUE(std::isnan(clim(0, 1).item()));
  EXPECT_EQ(clim(0, 2).item(), 5);
  cm::ndarray const a = climate::anomaly(x, clim, groups);
  EXPECT_EQ(a(2, 0).item(), 1);
  EXPECT_TRUE(std::isnan(a(1, 0).item()));
  cm::ndarray const sd = climate::monthly_stddev(x, groups, 0, 1);
  cm::ndarray const z = climate::standardised_anomaly(x, clim, sd, groups);
  EXPECT_EQ(z(2, 0).item(), T(1) / T(std::sqrt(2.0)));
  EXPECT_TRUE(std::isnan(z(2, 2).item()));  // of one value there is no deviation
  for (cm::index_t i = 0; i < 3; ++i) {
    EXPECT_EQ(a(i, 3).item(), 0);
    EXPECT_TRUE(std::isnan(z(i, 3).item()));  // the deviation is 0
  }
}

TEST(MonthlyClimatology, OfIntegersIsDouble) {
  auto const groups = climate::group_by_month(std::vector<int>{4, 4});
  cm::ndarray<std::int16_t> const x{1, 2};
  cm::ndarray const clim = climate::monthly_climatology(x, groups);
  static_assert(std::is_same_v<decltype(clim)::value_type, double>);
  EXPECT_EQ(clim(0).item(), 1.5);
}

TEST(MonthlyClimatology, AccumulatesInDouble) {
  // In float 2^24 + 1 is 2^24.
  auto const groups = climate::group_by_month(std::vector<int>{1, 1, 1, 1});
  cm::ndarray<float> const x{16777216.0F, 1.0F, 1.0F, 2.0F};
  EXPECT_EQ(climate::monthly_climatology(x, groups)(0).item(), 4194305.0F);
}

TEST(MonthlyClimatology, RefusesMonthsThatDoNotFit) {
  auto const groups = climate::group_by_month(std::vector<int>{1, 2});
  cm::ndarray<double> const x{{1, 2, nan}};
  EXPECT_THROW(climate::monthly_climatology(x, groups), cm::shape_error);
  EXPECT_THROW(climate::monthly_climatology(x, groups, 2), cm::axis_error);
  cm::ndarray<double> const clim{{1, 2, 3}, {4, 5, 6}};
  EXPECT_THROW(cm::ndarray<double>(
                   climate::anomaly(cm::ndarray<double>{{1, 2}, {1, 2}, {1, 2}}, clim, groups)),
               cm::shape_error);
}

}  // namespace
