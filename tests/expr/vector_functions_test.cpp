// SPDX-License-Identifier: Apache-2.0
// Functions of the maths library on whole registers. Oracle: the C library's long double functions
// (float: double), of which the answers may be 4 units in the last place away, over the whole range
// of the type.

#include "cumulus/expr/vector_functions.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <climits>
#include <cmath>
#include <random>
#include <vector>

#include "cumulus/cumulus.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;
template <class T> using array = cm::ndarray<T, cm::host>;

/// Numbers of every size and sign, and those where functions change their course.
template <class T> array<T> numbers(std::uint64_t seed) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  std::vector<T> x{0,
                   -T(0),
                   1,
                   -1,
                   T(0.5),
                   T(-0.5),
                   2,
                   -3,
                   infinity,
                   -infinity,
                   std::numeric_limits<T>::quiet_NaN(),
                   std::numeric_limits<T>::denorm_min(),
                   -std::numeric_limits<T>::min(),
                   std::numeric_limits<T>::max(),
                   std::numeric_limits<T>::lowest()};
  std::mt19937_64 bits(seed);
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  while (x.size() < 40001) {
    x.push_back(std::bit_cast<T>(static_cast<Bits>(bits())));
    double const unit = static_cast<double>(bits() >> 11) / 4503599627370496.0 - 1;  // -1 to 1
    x.push_back(static_cast<T>(unit));
    x.push_back(static_cast<T>(unit * 100));
    x.push_back(static_cast<T>(1 + unit / 8));
  }
  return array<T>(cm::shape{static_cast<index_t>(x.size())}, x.data());
}

/// How far got is from exact, in units of the last place of T; a sign of zero counts as far.
template <class T> double distance(T got, long double exact) {
  T const rounded = static_cast<T>(exact);
  if (std::isnan(exact) || std::isnan(got)) {
    return std::isnan(exact) && std::isnan(got) ? 0 : INFINITY;
  }
  if (std::signbit(rounded) != std::signbit(got)) {
    return INFINITY;
  }
  if (rounded == got) {
    return 0;
  }
  if (std::isinf(rounded) || std::isinf(got)) {
    return std::min(std::fabs(rounded), std::fabs(got)) == std::numeric_limits<T>::max() ? 1
                                                                                         : INFINITY;
  }
  int const exponent =
      std::max(exact == 0 ? INT_MIN : std::ilogb(exact), std::numeric_limits<T>::min_exponent - 1);
  long double const unit = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits + 1);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) / unit);
}

template <class T, class Function, class Exact>
void check(char const* name, Function const& function, Exact const& exact) {
  array<T> const x = numbers<T>(1);
  array<T> const y = numbers<T>(2);
  array<T> const got = function(x, y);
  double worst = 0;
  for (index_t i = 0; i < x.size(); ++i) {
    T const a = x.data()[i];
    T const b = y.data()[i];
    double const error = distance(got.data()[i], exact(a, b));
    worst = std::max(worst, error);
    ASSERT_LE(error, 4) << name << "(" << a << ", " << b << ") is " << exact(a, b) << ", got "
                        << got.data()[i];
  }
  testing::Test::RecordProperty(std::string(name) + (sizeof(T) == 4 ? "_float" : "_double"),
                                std::to_string(worst));
  // A value does not depend on where it stands: in a short row, at a step, beside wider numbers.
  array<T> const third = function(x(slice(2, _, 3)), y(slice(2, _, 3)));
  array<double> const wide = cm::zeros<double>({x.size()});  // added, it would lose a sign
  array<double> const beside = cm::where(wide == wide, cm::astype<double>(function(x, y)), wide);
  array<T> const few = function(x(slice(16, 19)), y(slice(16, 19)));
  for (index_t i = 0; i < x.size(); ++i) {
    T const value = got.data()[i];
    auto const same = [&](T other) {
      return std::isnan(value) ? std::isnan(other)
                               : value == other && std::signbit(value) == std::signbit(other);
    };
    ASSERT_TRUE(same(static_cast<T>(beside.data()[i]))) << name << " beside doubles, " << i;
    if (i % 3 == 2) {
      ASSERT_TRUE(same(third.data()[i / 3])) << name << " at a step, " << i;
    }
    if (i >= 16 && i < 19) {
      ASSERT_TRUE(same(few.data()[i - 16])) << name << " in a short row, " << i;
    }
  }
}

#define CHECK_UNARY(fn)                                                       \
  TEST(VectorFunctions, fn) {                                                 \
    auto const f = [](auto const& x, auto const&) { return cm::fn(x); };      \
    auto const exact = [](long double x, long double) { return std::fn(x); }; \
    check<float>(#fn, f, exact);                                              \
    check<double>(#fn, f, exact);                                             \
  }
#define CHECK_BINARY(fn)                                                           \
  TEST(VectorFunctions, fn) {                                                      \
    auto const f = [](auto const& x, auto const& y) { return cm::fn(x, y); };      \
    auto const exact = [](long double x, long double y) { return std::fn(x, y); }; \
    check<float>(#fn, f, exact);                                                   \
    check<double>(#fn, f, exact);                                                  \
  }
CHECK_UNARY(exp)
CHECK_UNARY(sin)
CHECK_BINARY(pow)
#if !(CUMULUS_HAS_CUDA && defined(CUMULUS_TEST_SAMPLE))
CHECK_UNARY(exp2)
CHECK_UNARY(expm1)
CHECK_UNARY(log)
CHECK_UNARY(log2)
CHECK_UNARY(log10)
CHECK_UNARY(log1p)
CHECK_UNARY(cos)
CHECK_UNARY(tan)
CHECK_UNARY(asin)
CHECK_UNARY(acos)
CHECK_UNARY(atan)
CHECK_UNARY(sinh)
CHECK_UNARY(cosh)
CHECK_UNARY(tanh)
CHECK_UNARY(asinh)
CHECK_UNARY(acosh)
CHECK_UNARY(atanh)
CHECK_BINARY(atan2)
CHECK_BINARY(hypot)
#endif

}  // namespace
