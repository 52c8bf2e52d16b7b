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

template <class... T> struct types {
  template <class F> static void each(F const& f) { (f(T{}), ...); }
};

// The ends of every integer type and what lies next to 0, against 128-bit integers.
TEST(elementary_comparison, is_exact_for_all_pairs_of_integer_types) {
  __extension__ typedef __int128 wide;
  using integers = types<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                         std::uint16_t, std::uint32_t, std::uint64_t>;
  integers::each([]<class A>(A) {
    integers::each([]<class B>(B) {
      using a_limits = std::numeric_limits<A>;
      using b_limits = std::numeric_limits<B>;
      for (A const a : {a_limits::min(), A(0), A(1), A(a_limits::max() / 2), a_limits::max()}) {
        for (B const b : {b_limits::min(), B(0), B(1), B(b_limits::max() / 2), b_limits::max()}) {
          std::string const pair = std::string(cm::dtype_name<A>()) + " " + cm::dtype_name<B>() +
                                   " " + std::to_string(a) + " " + std::to_string(b);
          EXPECT_EQ(cm::elementary::less(a, b), wide(a) < wide(b)) << pair;
          EXPECT_EQ(cm::elementary::less_equal(a, b), wide(a) <= wide(b)) << pair;
          EXPECT_EQ(cm::elementary::equal(a, b), wide(a) == wide(b)) << pair;
        }
      }
    });
  });
}

TEST(array_equal, takes_integers_of_two_types) {
  cm::ndarray<std::int8_t, host> const a{-1, 0, 1};
  EXPECT_TRUE(cm::array_equal(a, cm::ndarray<std::int64_t, host>{-1, 0, 1}));
  EXPECT_FALSE(cm::array_equal(a, cm::ndarray<std::int64_t, host>{255, 0, 1}));
  EXPECT_FALSE(cm::array_equal(a, cm::ndarray<std::uint64_t, host>{~std::uint64_t{0}, 0, 1}));
  cm::ndarray<std::uint16_t, host> const b{0, 65535};
  EXPECT_TRUE(cm::array_equal(b, cm::ndarray<std::uint32_t, host>{0, 65535}));
  EXPECT_TRUE(
      cm::array_equal(cm::ndarray<std::uint8_t, host>{0, 1}, cm::ndarray<bool, host>{false, true}));
}

}  // namespace
