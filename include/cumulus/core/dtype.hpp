// SPDX-License-Identifier: Apache-2.0
#pragma once
// The element types of arrays, their kinds and their NumPy names.

#include "cumulus/core/complex.hpp"
#include "cumulus/core/float16.hpp"

namespace cumulus::inline v1 {

template <class T> inline constexpr bool is_complex_v = false;
template <class T> inline constexpr bool is_complex_v<complex<T>> = true;

template <class T>
inline constexpr bool is_storage_float_v =
    std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>;

template <class T>
concept real_floating =
    std::is_same_v<T, float> || std::is_same_v<T, double> || is_storage_float_v<T>;

template <class T>
concept boolean = std::is_same_v<T, bool>;

template <class T>
concept fixed_integer = std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::int16_t> ||
                        std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t> ||
                        std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::uint16_t> ||
                        std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t>;

template <class T>
concept complex_floating = is_complex_v<T>;

/// The types an array may hold.
template <class T>
concept dtype = boolean<T> || fixed_integer<T> || real_floating<T> || complex_floating<T>;

/// A C++ number written beside an array: it adapts to the array's type (NEP 50's weak scalars).
template <class T>
concept weak_scalar = std::is_arithmetic_v<T> || is_complex_v<T>;

/// What an operation on T computes in: float for the storage types, T itself otherwise.
template <class T> struct compute_type {
  using type = T;
};
template <> struct compute_type<float16> {
  using type = float;
};
template <> struct compute_type<bfloat16> {
  using type = float;
};
template <class T> using compute_t = typename compute_type<T>::type;

/// The type of the real part: T for real types.
template <class T> struct real_type {
  using type = T;
};
template <class T> struct real_type<complex<T>> {
  using type = T;
};
template <class T> using real_t = typename real_type<T>::type;

/// NumPy's name of an element type, for messages and files.
template <dtype T> constexpr char const* dtype_name() {
  if constexpr (boolean<T>) {
    return "bool";
  } else if constexpr (fixed_integer<T>) {
    constexpr char const* names[2][4] = {{"uint8", "uint16", "uint32", "uint64"},
                                         {"int8", "int16", "int32", "int64"}};
    return names[std::is_signed_v<T>][std::countr_zero(sizeof(T))];
  } else if constexpr (std::is_same_v<T, float16>) {
    return "float16";
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return "bfloat16";
  } else if constexpr (std::is_same_v<T, float>) {
    return "float32";
  } else if constexpr (std::is_same_v<T, double>) {
    return "float64";
  } else {
    return sizeof(T) == 8 ? "complex64" : "complex128";
  }
}

}  // namespace cumulus::inline v1
