// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every row of expr/elementwise.def against NumPy, for one element type: result type and values, on
// arrays that lie side by side and on views that do not. The elementwise_*_test.cpp share it, each
// for some types, so that they compile side by side.

#include <string>
#include <string_view>

#include "tests/answers_file.hpp"

namespace elementwise_cases {

using namespace typed_arrays;

/// Functions of the maths library; all others are exact.
constexpr bool is_library_function(std::string_view name) {
  constexpr std::string_view names[] = {
      "pow", "hypot", "exp",  "exp2", "expm1", "log",  "log2", "log10", "log1p", "sin",   "cos",
      "tan", "asin",  "acos", "atan", "atan2", "sinh", "cosh", "tanh",  "asinh", "acosh", "atanh"};
  for (std::string_view n : names) {
    if (n == name) {
      return true;
    }
  }
  return false;
}

#define CUMULUS_UNARY(fn, rule_, width, expression, domain, doc)                       \
  struct call_##fn {                                                                   \
    static constexpr char const* name = #fn;                                           \
    static constexpr bool library = is_library_function(#fn);                          \
    template <class T> static constexpr bool accepted = cm::rules::rule_<T>::accepted; \
    template <class X> auto operator()(X const& x) const { return cm::fn(x); }         \
  };
#define CUMULUS_BINARY(fn, rule_, width, expression, domain, doc)                             \
  struct call_##fn {                                                                          \
    static constexpr char const* name = #fn;                                                  \
    static constexpr bool library = is_library_function(#fn);                                 \
    template <class T> static constexpr bool accepted = cm::rules::rule_<T>::accepted;        \
    template <class X> auto operator()(X const& x, X const& y) const { return cm::fn(x, y); } \
  };
#include "cumulus/expr/elementwise.def"

/// Units in the last place, docs/decisions/0011-vector-functions.md; the 16-bit types are rounded
/// from float.
template <class T> double tolerance() {
  return std::is_same_v<T, float> || std::is_same_v<T, double> ? 4 : 1;
}

/// Of two zeros NumPy's maximum gives one or the other, depending on the instruction set.
inline bool ignores_sign_of_zero(std::string const& name) {
  return name == "maximum" || name == "minimum" || name == "fmax" || name == "fmin";
}

template <class T>
bool agrees(std::string const& name, T got, T expected, [[maybe_unused]] double size) {
  if constexpr (cm::complex_floating<T>) {
    using R = typename T::value_type;
    if (!is_library_function(name)) {
      return agrees(name, got.re, expected.re, 0) && agrees(name, got.im, expected.im, 0);
    }
    auto const component = [&](R a, R b) {
      if (!std::isfinite(a) || !std::isfinite(b)) {
        return (is_nan(a) && is_nan(b)) || a == b;
      }
      // Relative to the modulus: a few roundings in each of the two or three real functions that
      // glibc combines; `size` counts what the argument of a power's exponential magnifies.
      double const re = is_nan(expected.re) ? 0 : expected.re;
      double const im = is_nan(expected.im) ? 0 : expected.im;
      double const modulus = std::hypot(re, im);
      double const smallest = std::numeric_limits<R>::min();
      return std::fabs(double(a) - double(b)) <=
             (4 + size) * std::numeric_limits<R>::epsilon() * std::max(modulus, smallest);
    };
    return component(got.re, expected.re) && component(got.im, expected.im);
  } else if constexpr (cm::real_floating<T>) {
    if (is_library_function(name) || name == "abs") {
      return ulps_between(got, expected) <= tolerance<T>();
    }
    if (ignores_sign_of_zero(name) && static_cast<float>(got) == 0) {
      return static_cast<float>(expected) == 0;
    }
    return same_bits(got, expected);
  } else {
    return got == expected;
  }
}

/// How much a complex power magnifies the rounding of its logarithm.
template <class T> double magnification(std::string const& name, T x, T y) {
  if constexpr (cm::complex_floating<T>) {
    if (name == "pow") {
      double const modulus = std::hypot(double(x.re), double(x.im));
      return 4 * std::hypot(double(y.re), double(y.im)) * (std::fabs(std::log(modulus)) + 3.15);
    }
  }
  return 0;
}

template <class T> bool overflows(T x) {
  if constexpr (cm::complex_floating<T>) {
    using R = typename T::value_type;
    return !(std::hypot(x.re, x.im) < std::numeric_limits<R>::max() / 2);
  }
  return false;
}

template <class R, class T>
void compare(std::string const& name, cm::ndarray<R, cm::host> const& got,
             oracle::named_array const& expected_bytes, cm::ndarray<T, cm::host> const& x,
             cm::ndarray<T, cm::host> const& y, char const* layout) {
  ASSERT_EQ(expected_bytes.dtype, cm::dtype_name<R>()) << name << " of " << cm::dtype_name<T>();
  auto const expected = expected_bytes.as<R>();
  ASSERT_EQ(got.size(), expected.size()) << name;
  int wrong = 0;
  for (index_t i = 0; i < got.size() && wrong < 5; ++i) {
    T const a = x.data()[i];
    T const b = y.data()[i];
    double const size = magnification(name, a, b);
    if (!(size * std::numeric_limits<float>::epsilon() < 0.1) ||
        (size > 0 && overflows(expected.data()[i]))) {
      continue;  // the angle of such a power is noise, and NumPy's special cases follow no standard
    }
    if (!agrees(name, got.data()[i], expected.data()[i], size)) {
      ++wrong;
      ADD_FAILURE() << name << " of " << cm::dtype_name<T>() << " " << printed(a) << ", "
                    << printed(b) << " (" << layout << "): expected " << printed(expected.data()[i])
                    << ", got " << printed(got.data()[i]);
    }
  }
}

/// The same elements at every second place, from behind.
template <class Space, class T> cm::ndarray<T, Space> spread(cm::ndarray<T, cm::host> const& a) {
  cm::ndarray<T, cm::host> wide(cm::shape{2 * a.size()});
  for (index_t i = 0; i < a.size(); ++i) {
    wide.data()[2 * i] = T(1);
    wide.data()[2 * i + 1] = a.data()[a.size() - 1 - i];
  }
  return cm::ndarray<T, Space>(wide.shape(),
                               static_cast<cm::ndarray<T, cm::host> const&>(wide).data());
}

/// Functions of the maths library convert integers first; that is compiled for a few types only,
/// and for the others only their result type.
template <class T, class Call> constexpr bool is_evaluated() {
  return !cm::fixed_integer<T> || !Call::library || std::is_same_v<T, std::uint8_t> ||
         std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>;
}

template <class Space, class T, class Call>
void check_unary(oracle::answers const& answers, Call const& call) {
  std::string const key = std::string(Call::name) + "/" + cm::dtype_name<T>();
  if constexpr (!Call::template accepted<T>) {
    // NumPy has the inverse and hyperbolic functions of complex numbers and a few of bool.
    EXPECT_TRUE(answers.contains("rejected/" + key) || cm::complex_floating<T> || cm::boolean<T>)
        << key;
  } else if constexpr (!is_evaluated<T, Call>()) {
    cm::ndarray<T, Space> const a;
    using Result = cm::value_type_of<decltype(call(a))>;
    ASSERT_TRUE(answers.contains(key)) << key;
    EXPECT_EQ(answers.at(key).dtype, cm::dtype_name<Result>()) << key;
  } else {
    ASSERT_TRUE(answers.contains(key)) << key;
    auto const x = answers.at("x/" + key).template as<T>();
    auto const& expected = answers.at(key);
    cm::ndarray<T, Space> const side_by_side(x.shape(), x.data());
    compare(Call::name, on_host(call(side_by_side)), expected, x, x, "contiguous");
    auto const wide = spread<Space>(x);
    auto const view = wide(cm::slice(cm::_, cm::_, -2));
    compare(Call::name, on_host(call(view)), expected, x, x, "every second, reversed");
  }
}

template <class Space, class T, class Call>
void check_binary(oracle::answers const& answers, Call const& call) {
  std::string const key = std::string(Call::name) + "/" + cm::dtype_name<T>();
  if constexpr (!Call::template accepted<T>) {
    EXPECT_TRUE(answers.contains("rejected/" + key)) << key;
  } else if constexpr (!is_evaluated<T, Call>()) {
    cm::ndarray<T, Space> const a;
    using Result = cm::value_type_of<decltype(call(a, a))>;
    ASSERT_TRUE(answers.contains(key)) << key;
    EXPECT_EQ(answers.at(key).dtype, cm::dtype_name<Result>()) << key;
  } else {
    ASSERT_TRUE(answers.contains(key)) << key;
    auto const x = answers.at("x/" + key).template as<T>();
    auto const y = answers.at("y/" + key).template as<T>();
    auto const& expected = answers.at(key);
    cm::ndarray<T, Space> const left(x.shape(), x.data());
    cm::ndarray<T, Space> const right(y.shape(), y.data());
    compare(Call::name, on_host(call(left.view(), right.view())), expected, x, y, "contiguous");
    auto const wide_left = spread<Space>(x);
    auto const wide_right = spread<Space>(y);
    compare(Call::name,
            on_host(call(wide_left(cm::slice(cm::_, cm::_, -2)),
                         wide_right(cm::slice(cm::_, cm::_, -2)))),
            expected, x, y, "every second, reversed");
  }
}

/// Oracle: NumPy, see tests/ops/elementwise_answers.py.
template <class Space, class T> void check_every_row() {
  if constexpr (!tested_v<T>) {
    GTEST_SKIP() << "not among the sampled dtypes";
  } else {
    auto const& answers = oracle::answers_of("ops/elementwise_answers.py", cm::dtype_name<T>());
#define CUMULUS_UNARY(fn, rule, width, expression, domain, doc) \
  check_unary<Space, T>(answers, call_##fn{});
#define CUMULUS_BINARY(fn, rule, width, expression, domain, doc) \
  check_binary<Space, T>(answers, call_##fn{});
#include "cumulus/expr/elementwise.def"
  }
}

}  // namespace elementwise_cases
