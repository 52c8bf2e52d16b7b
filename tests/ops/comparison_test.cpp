// SPDX-License-Identifier: Apache-2.0
// array_equal, isclose and allclose. Oracle: NumPy's documented answers, written out.
#include <gtest/gtest.h>

#include <cmath>
#include <cumulus/cumulus.hpp>

namespace cm = cumulus;
using cm::host;

namespace {

double const nan = std::nan("");
double const inf = HUGE_VAL;

TEST(array_equal, compares_shapes_and_elements) {
  cm::ndarray<float, host> const a{1, 2, 3};
  EXPECT_TRUE(cm::array_equal(a, a));
  EXPECT_TRUE(cm::array_equal(a, cm::arange<int, host>(1, 4)));
  EXPECT_FALSE(cm::array_equal(a, a + 1));
  EXPECT_FALSE(cm::array_equal(a, cm::reshape(a, {1, 3})));
  EXPECT_TRUE(cm::array_equal(cm::zeros<float, host>({0, 3}), cm::ones<float, host>({0, 3})));
}

TEST(array_equal, nan_equals_nan_on_request) {
  cm::ndarray<double, host> const a{1, nan};
  EXPECT_FALSE(cm::array_equal(a, a));
  EXPECT_TRUE(cm::array_equal(a, a, {.equal_nan = true}));
  EXPECT_FALSE(cm::array_equal(a, cm::ndarray<double, host>{nan, nan}, {.equal_nan = true}));
}

TEST(isclose, is_relative_to_the_second_and_exact_for_infinities) {
  cm::ndarray<double, host> const x{1e10, 1e-8, inf, -inf, nan, 1};
  cm::ndarray<double, host> const y{1.00001e10, 1e-9, inf, inf, nan, inf};
  cm::ndarray<bool, host> const expected{true, true, true, false, false, false};
  EXPECT_TRUE(cm::array_equal(cm::isclose(x, y), expected));
  EXPECT_TRUE(cm::isclose(x, y, {.equal_nan = true}).shape() == cm::shape{6});
  cm::ndarray<bool, host> const with_nan = cm::isclose(x, y, {.equal_nan = true});
  EXPECT_TRUE(with_nan(4).item());
}

TEST(isclose, integers_do_not_wrap) {
  cm::ndarray<std::uint8_t, host> const one{1};
  cm::ndarray<std::uint8_t, host> const two{2};
  EXPECT_TRUE(cm::allclose(one, two, {.atol = 1}));
  cm::ndarray<std::int8_t, host> const low{-128};
  cm::ndarray<std::int8_t, host> const high{127};
  EXPECT_FALSE(cm::allclose(low, high, {.atol = 1}));
  EXPECT_TRUE(cm::allclose(cm::ndarray<bool, host>{true}, 1.0));
}

TEST(allclose, takes_expressions_and_complex_numbers) {
  cm::ndarray<float, host> const a{1, 2, 3};
  EXPECT_TRUE(cm::allclose(a + a + a, a * 3.0f));
  using complex = cm::complex<float>;
  cm::ndarray<complex, host> const z{complex(1, 2)};
  EXPECT_TRUE(cm::allclose(z, z * 1.000001));
  EXPECT_FALSE(cm::allclose(z, cm::conj(z)));
}

}  // namespace
