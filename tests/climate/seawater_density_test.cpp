// SPDX-License-Identifier: Apache-2.0
// The density of seawater. Oracle: the check values that the Gibbs Seawater toolbox publishes.

#include "cumulus/climate/seawater_density.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "cumulus/cumulus.hpp"

namespace {

namespace cm = cumulus;
using cm::climate::seawater_density;
using cm::climate::seawater_density_by_pressure;

struct check_value {
  double sa, ct, p, density, by_pressure;  // the last per dbar
};

std::vector<check_value> check_values() {
  std::ifstream file(CUMULUS_SOURCE_DIR "/tests/climate/seawater_density_values.txt");
  std::vector<check_value> values;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    check_value v{};
    if (fields >> v.sa >> v.ct >> v.p >> v.density >> v.by_pressure) {
      constexpr double pascals_of_dbar = 1e4;
      v.by_pressure *= pascals_of_dbar;
      values.push_back(v);
    }
  }
  return values;
}

template <class T> class SeawaterDensity : public testing::Test {
 protected:
  static constexpr double epsilon = std::numeric_limits<T>::epsilon();

  /// Relative to the published value; NaN is not near anything.
  static void expect_near(T got, double wanted, double epsilons) {
    EXPECT_LE(std::abs(static_cast<double>(got) / wanted - 1), epsilons * epsilon) << wanted;
    EXPECT_FALSE(std::isnan(got));
  }
};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(SeawaterDensity, Floats);

// Numerator and denominator are sums of terms of either sign; the difference of two products near
// 10^3, which the derivative is, loses three digits.
constexpr double density_epsilons = 8;
constexpr double derivative_epsilons = 100;

TYPED_TEST(SeawaterDensity, OfNumbersIsThePublishedOne) {
  using T = TypeParam;
  auto const values = check_values();
  ASSERT_EQ(values.size(), 10u);
  for (auto const& v : values) {
    T const sa = static_cast<T>(v.sa);
    T const ct = static_cast<T>(v.ct);
    T const p = static_cast<T>(v.p);
    static_assert(std::is_same_v<decltype(seawater_density(sa, ct, p)), T>);
    this->expect_near(seawater_density(sa, ct, p), v.density, density_epsilons);
    this->expect_near(seawater_density_by_pressure(sa, ct, p), v.by_pressure, derivative_epsilons);
  }
}

// In packs and beside them, broadcast and from views.
TYPED_TEST(SeawaterDensity, OfArraysIsThePublishedOne) {
  using T = TypeParam;
  auto const values = check_values();
  auto const rows = static_cast<cm::index_t>(values.size());
  constexpr cm::index_t columns = 37;
  cm::ndarray<T, cm::host> sa(cm::shape{rows, 1});
  cm::ndarray<T, cm::host> p(cm::shape{rows, 1});
  cm::ndarray<T, cm::host> ct(cm::shape{rows, 2 * columns});
  for (cm::index_t i = 0; i < rows; ++i) {
    auto const& v = values[static_cast<std::size_t>(i)];
    sa(i, 0) = static_cast<T>(v.sa);
    p(i, 0) = static_cast<T>(v.p);
    ct(i, cm::_) = static_cast<T>(v.ct);
  }
  for (int step : {1, 2}) {
    auto const part = ct(cm::_, cm::slice(cm::_, step * columns, step));
    cm::ndarray const rho = cm::map(seawater_density, sa, part, p);
    cm::ndarray const rho_p = cm::map(seawater_density_by_pressure, sa, part, p);
    ASSERT_EQ(rho.shape(), (cm::shape{rows, columns}));
    for (cm::index_t i = 0; i < rows; ++i) {
      for (cm::index_t k = 0; k < columns; ++k) {
        auto const& v = values[static_cast<std::size_t>(i)];
        this->expect_near(rho.data()[i * columns + k], v.density, density_epsilons);
        this->expect_near(rho_p.data()[i * columns + k], v.by_pressure, derivative_epsilons);
      }
    }
  }
}

TYPED_TEST(SeawaterDensity, IsNaNWhereItIsNotDefined) {
  using T = TypeParam;
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  for (auto const& [sa, ct, p] :
       {std::tuple<T, T, T>{nan, 10, 0}, {35, nan, 0}, {35, 10, nan}, {T(-0.001), 10, 0}}) {
    EXPECT_TRUE(std::isnan(seawater_density(sa, ct, p)));
    EXPECT_TRUE(std::isnan(seawater_density_by_pressure(sa, ct, p)));
  }
  EXPECT_NEAR(static_cast<double>(seawater_density(T(0), T(4), T(0))), 1000, 0.1);  // fresh water
}

}  // namespace
