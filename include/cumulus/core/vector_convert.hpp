// SPDX-License-Identifier: Apache-2.0
#pragma once
// Vectors of the compiler from one element type to another. g++ takes many such conversions apart
// into halves or single elements; here they are the instructions that x86 has for them.

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "cumulus/core/config.hpp"

namespace cumulus::inline CUMULUS_TARGET::detail {

template <class T, int N> struct vector_of {
  typedef T type __attribute__((vector_size(sizeof(T) * N)));
};
template <class T, int N> using vector_t = typename vector_of<T, N>::type;

/// What a vector register moves of a size.
template <class Vector>
using moved_as = std::conditional_t<sizeof(Vector) == 4, float,
                                    std::conditional_t<sizeof(Vector) == 8, double, Vector>>;

/// True if one instruction makes N elements of `To` from as many narrower ones.
template <class To, class T, int N> constexpr bool widens_at_once() {
#if defined(__AVX2__) && !defined(__clang__)
  constexpr int wide = sizeof(To) * N;
  constexpr int narrow = sizeof(T) * N;
  constexpr bool numbers = std::is_same_v<To, double>
                               ? std::is_same_v<T, float> || std::is_same_v<T, std::int32_t>
                               : std::is_integral_v<To> && std::is_integral_v<T>;
  return numbers && narrow < wide && narrow >= 4 && wide >= 16 && wide <= vector_bytes;
#else
  return false;
#endif
}

/// True if there is more to gain than what the compiler makes of N integers as narrower ones.
template <class To, class T, int N> constexpr bool narrows_at_once() {
#if defined(__AVX2__) && !defined(__clang__)
  constexpr int wide = sizeof(T) * N;
  constexpr int narrow = sizeof(To) * N;
  constexpr bool integers = std::is_integral_v<To> && std::is_integral_v<T>;
  return integers && narrow < wide && narrow >= 4 && wide >= 16 && wide <= vector_bytes;
#else
  return false;
#endif
}

#if defined(__AVX2__) && !defined(__clang__)

#  define CUMULUS_WIDEN(bytes, wider, letters)                             \
    else if constexpr (sizeof(T) == (bytes) && sizeof(To) == (wider)) {    \
      if constexpr (std::is_signed_v<T>) {                                 \
        asm("vpmovsx" letters " {%1, %0|%0, %1}" : "=v"(to) : "vm"(from)); \
      } else {                                                             \
        asm("vpmovzx" letters " {%1, %0|%0, %1}" : "=v"(to) : "vm"(from)); \
      }                                                                    \
    }

template <class To, class T, int N> vector_t<To, N> widened(vector_t<T, N> v) {
  moved_as<vector_t<T, N>> from;
  std::memcpy(&from, &v, sizeof(v));
  vector_t<To, N> to;
  if constexpr (std::is_same_v<T, float>) {
    asm("vcvtps2pd {%1, %0|%0, %1}" : "=v"(to) : "vm"(from));
  } else if constexpr (std::is_same_v<To, double>) {
    asm("vcvtdq2pd {%1, %0|%0, %1}" : "=v"(to) : "vm"(from));
  }
  CUMULUS_WIDEN(1, 2, "bw")
  CUMULUS_WIDEN(1, 4, "bd")
  CUMULUS_WIDEN(1, 8, "bq")
  CUMULUS_WIDEN(2, 4, "wd")
  CUMULUS_WIDEN(2, 8, "wq")
  CUMULUS_WIDEN(4, 8, "dq")
  return to;
}

#  undef CUMULUS_WIDEN

/// The low bytes of every element.
template <class To, class T, int N, std::size_t... I>
vector_t<To, N> narrowed(vector_t<T, N> v, std::index_sequence<I...>) {
#  if defined(__AVX512F__)
  if constexpr (vector_bytes == 64 && sizeof(To) == 1) {
    moved_as<vector_t<To, N>> low;
    if constexpr (sizeof(T) == 2) {
      asm("vpmovwb {%1, %0|%0, %1}" : "=v"(low) : "v"(v));
    } else if constexpr (sizeof(T) == 4) {
      asm("vpmovdb {%1, %0|%0, %1}" : "=v"(low) : "v"(v));
    } else {
      asm("vpmovqb {%1, %0|%0, %1}" : "=v"(low) : "v"(v));
    }
    vector_t<To, N> to;
    std::memcpy(&to, &low, sizeof(to));
    return to;
  }
#  endif
  constexpr std::size_t ratio = sizeof(T) / sizeof(To);
  auto const parts = (vector_t<To, N* int{ratio}>)v;
  return __builtin_shufflevector(parts, parts, (I * ratio)...);
}

#endif

/// Every element as C++ converts it; of a float that does not fit an integer anything may come.
template <class To, class T, int N> vector_t<To, N> converted(vector_t<T, N> v) {
  constexpr bool is_short = std::is_integral_v<T> && sizeof(T) < sizeof(std::int32_t);
  if constexpr (std::is_same_v<To, T>) {
    return v;
  } else if constexpr (is_short && std::is_floating_point_v<To>) {
    return converted<To, std::int32_t, N>(converted<std::int32_t, T, N>(v));
  } else if constexpr (widens_at_once<To, T, N>()) {
    return widened<To, T, N>(v);
  } else if constexpr (narrows_at_once<To, T, N>()) {
    return narrowed<To, T, N>(v, std::make_index_sequence<N>{});
#if defined(__AVX512F__) && !defined(__clang__)
  } else if constexpr (std::is_same_v<T, double> && std::is_same_v<To, float> && N == 8) {
    vector_t<float, N> narrow;  // g++ makes two halves
    asm("vcvtpd2ps {%1, %0|%0, %1}" : "=v"(narrow) : "v"(v));
    return narrow;
#endif
  } else {
    return __builtin_convertvector(v, vector_t<To, N>);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET::detail
