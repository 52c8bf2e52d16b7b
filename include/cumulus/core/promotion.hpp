// SPDX-License-Identifier: Apache-2.0
#pragma once
// Result types: NumPy's promotion of array types, and of an array with a weak C++ scalar (NEP 50).

#include <limits>
#include <string>

#include "cumulus/core/dtype.hpp"
#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {
namespace promotion {

template <int Bytes, bool Signed> constexpr auto integer_of_size() {
  if constexpr (Bytes == 1) {
    return std::conditional_t<Signed, std::int8_t, std::uint8_t>{};
  } else if constexpr (Bytes == 2) {
    return std::conditional_t<Signed, std::int16_t, std::uint16_t>{};
  } else if constexpr (Bytes == 4) {
    return std::conditional_t<Signed, std::int32_t, std::uint32_t>{};
  } else {
    return std::conditional_t<Signed, std::int64_t, std::uint64_t>{};
  }
}

/// The smallest real floating type that holds every value of an integer type as NumPy counts it.
template <class Int>
using float_for_integer = std::conditional_t<sizeof(Int) == 1, float16,
                                             std::conditional_t<sizeof(Int) == 2, float, double>>;

template <class A, class B> constexpr auto promote_integers() {
  if constexpr (std::is_signed_v<A> == std::is_signed_v<B>) {
    return std::conditional_t<(sizeof(A) >= sizeof(B)), A, B>{};
  } else {
    using Signed = std::conditional_t<std::is_signed_v<A>, A, B>;
    using Unsigned = std::conditional_t<std::is_signed_v<A>, B, A>;
    if constexpr (sizeof(Unsigned) < sizeof(Signed)) {
      return Signed{};
    } else if constexpr (sizeof(Unsigned) == 8) {
      return double{};
    } else {
      return integer_of_size<2 * sizeof(Unsigned), true>();
    }
  }
}

template <class A, class B> constexpr auto promote_floats() {
  if constexpr (std::is_same_v<A, B>) {
    return A{};
  } else if constexpr (sizeof(A) == sizeof(B)) {
    return float{};  // float16 with bfloat16
  } else {
    return std::conditional_t<(sizeof(A) > sizeof(B)), A, B>{};
  }
}

template <class Float, class Int> constexpr auto promote_float_integer() {
  if constexpr (std::is_same_v<Float, bfloat16> && sizeof(Int) == 1) {
    return bfloat16{};
  } else {
    return promote_floats<Float, float_for_integer<Int>>();
  }
}

template <class A, class B> constexpr auto promote() {
  if constexpr (std::is_same_v<A, B> || boolean<B>) {
    return A{};
  } else if constexpr (boolean<A>) {
    return B{};
  } else if constexpr (complex_floating<A> || complex_floating<B>) {
    using Real = decltype(promote<real_t<A>, real_t<B>>());
    if constexpr (std::is_same_v<Real, double>) {
      return complex<double>{};
    } else {
      return complex<float>{};
    }
  } else if constexpr (fixed_integer<A> && fixed_integer<B>) {
    return promote_integers<A, B>();
  } else if constexpr (fixed_integer<A>) {
    return promote_float_integer<B, A>();
  } else if constexpr (fixed_integer<B>) {
    return promote_float_integer<A, B>();
  } else {
    return promote_floats<A, B>();
  }
}

template <class S> constexpr auto own_dtype() {
  if constexpr (boolean<S> || complex_floating<S>) {
    return S{};
  } else if constexpr (std::is_integral_v<S>) {
    return integer_of_size<sizeof(S), std::is_signed_v<S>>();
  } else {
    return std::conditional_t<std::is_same_v<S, float>, float, double>{};
  }
}

template <class T, class S> constexpr auto promote_weak() {
  if constexpr (complex_floating<S>) {
    if constexpr (complex_floating<T>) {
      return T{};
    } else if constexpr (std::is_same_v<T, float> || is_storage_float_v<T>) {
      return complex<float>{};
    } else {
      return complex<double>{};
    }
  } else if constexpr (boolean<T> && !boolean<S>) {
    return std::conditional_t<std::is_integral_v<S>, std::int64_t, double>{};
  } else if constexpr (fixed_integer<T> && std::is_floating_point_v<S>) {
    return double{};
  } else {
    return T{};
  }
}

template <class T> constexpr int kind_rank() {
  return boolean<T>         ? 0
         : fixed_integer<T> ? (std::is_signed_v<T> ? 2 : 1)
         : real_floating<T> ? 3
                            : 4;
}

}  // namespace promotion

/// NumPy's result_type of two array types; bfloat16 stands beside float16, and both give float32.
template <dtype A, dtype B> using promote_t = decltype(promotion::promote<A, B>());

/// The type of a C++ number on its own: the array type it becomes when no array gives one.
template <weak_scalar S> using scalar_dtype_t = decltype(promotion::own_dtype<S>());

/// The type of an array of `T` combined with a weak scalar `S`: T, unless S is of a higher kind
/// (bool < integer < floating).
template <dtype T, weak_scalar S> using promote_weak_t = decltype(promotion::promote_weak<T, S>());

/// True if values of From may be assigned to To without astype (NumPy's same_kind rule).
template <dtype From, dtype To>
inline constexpr bool same_kind_v = promotion::kind_rank<From>() <= promotion::kind_rank<To>();

/// A weak scalar as an element of T.
/// Throws: value_error if an integer does not fit T, as NumPy 2 does.
template <dtype T, weak_scalar S> constexpr T weak_cast(S value, char const* function) {
  if constexpr (fixed_integer<T> && std::is_integral_v<S> && !boolean<S>) {
    bool const below =
        std::is_signed_v<S> && value < S{0} &&
        (std::is_unsigned_v<T> || static_cast<std::intmax_t>(value) <
                                      static_cast<std::intmax_t>(std::numeric_limits<T>::min()));
    bool const above =
        value > S{0} && static_cast<std::uintmax_t>(value) >
                            static_cast<std::uintmax_t>(std::numeric_limits<T>::max());
    if (below || above) {
      raise<value_error>(
          {function, ": expected an integer in the range of ", dtype_name<T>(), ", got ", value});
    }
    return static_cast<T>(value);
  } else if constexpr (complex_floating<S>) {
    return T(static_cast<real_t<T>>(value.re), static_cast<real_t<T>>(value.im));
  } else if constexpr (complex_floating<T>) {
    return T(static_cast<real_t<T>>(value));
  } else {
    return static_cast<T>(value);
  }
}

}  // namespace cumulus::inline v1
