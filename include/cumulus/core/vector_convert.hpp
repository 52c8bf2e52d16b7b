// SPDX-License-Identifier: Apache-2.0
#pragma once
// Vectors of the compiler from one element type to another. g++ takes many such conversions apart
// into halves or single elements; here they are the few instructions that x86 needs for them.

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "cumulus/core/config.hpp"
#include "cumulus/core/plain.hpp"

namespace cumulus::inline CUMULUS_TARGET::detail {

template <class T, int N> struct vector_of {
  typedef T type __attribute__((vector_size(sizeof(T) * N)));
};
template <class T, int N> using vector_t = typename vector_of<T, N>::type;

/// A type of the same size as a vector that an instruction takes in a register or from memory: g++
/// has none for vectors of 4 and 8 bytes.
template <class Vector>
using moved_as = std::conditional_t<sizeof(Vector) == 4, float,
                                    std::conditional_t<sizeof(Vector) == 8, double, Vector>>;

#if defined(__AVX2__) && !defined(__clang__)
inline constexpr bool converts_by_hand = true;
#else
inline constexpr bool converts_by_hand = false;
#endif

/// True if there are instructions for N elements of both types.
template <class To, class T, int N>
inline constexpr bool have_instructions_v =
    converts_by_hand && plain::min(sizeof(To), sizeof(T)) * N >= 4 &&
    plain::max(sizeof(To), sizeof(T)) * N >= 16 &&
    plain::max(sizeof(To), sizeof(T)) * N <= std::size_t{vector_bytes};
template <class To, class T>
inline constexpr bool are_integers_v = std::is_integral_v<To> && std::is_integral_v<T>;
/// True if there are for a wider type; for a narrower one.
template <class To, class T, int N>
inline constexpr bool widens_v = have_instructions_v<To, T, N> && sizeof(To) > sizeof(T) &&
                                 (are_integers_v<To, T> ||
                                  (std::is_same_v<To, double> &&
                                   (std::is_same_v<T, float> || std::is_same_v<T, std::int32_t>)));
template <class To, class T, int N>
inline constexpr bool narrows_v =
    have_instructions_v<To, T, N> && sizeof(To) < sizeof(T) && are_integers_v<To, T>;

#if defined(__AVX2__) && !defined(__clang__)

#  define CUMULUS_CONVERT(name) asm(name " {%1, %0|%0, %1}" : "=v"(to) : "vm"(from))
#  define CUMULUS_WIDEN(letters)          \
    if constexpr (std::is_signed_v<T>) {  \
      CUMULUS_CONVERT("vpmovsx" letters); \
    } else {                              \
      CUMULUS_CONVERT("vpmovzx" letters); \
    }

template <class To, class T, int N> vector_t<To, N> widened(vector_t<T, N> v) {
  moved_as<vector_t<T, N>> from;
  std::memcpy(&from, &v, sizeof(v));
  vector_t<To, N> to;
  constexpr int sizes = 10 * sizeof(T) + sizeof(To);
  if constexpr (std::is_same_v<T, float>) {
    CUMULUS_CONVERT("vcvtps2pd");
  } else if constexpr (std::is_same_v<To, double>) {
    CUMULUS_CONVERT("vcvtdq2pd");
  } else if constexpr (sizes == 12) {
    CUMULUS_WIDEN("bw")
  } else if constexpr (sizes == 14) {
    CUMULUS_WIDEN("bd")
  } else if constexpr (sizes == 18) {
    CUMULUS_WIDEN("bq")
  } else if constexpr (sizes == 24) {
    CUMULUS_WIDEN("wd")
  } else if constexpr (sizes == 28) {
    CUMULUS_WIDEN("wq")
  } else {
    static_assert(sizes == 48);
    CUMULUS_WIDEN("dq")
  }
  return to;
}

#  undef CUMULUS_WIDEN
#  undef CUMULUS_CONVERT

/// The low bytes of every element.
template <class To, class T, int N, std::size_t... I>
vector_t<To, N> narrowed(vector_t<T, N> v, std::index_sequence<I...>) {
  vector_t<To, N> to;
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
    std::memcpy(&to, &low, sizeof(to));
    return to;
  }
#  endif
  // __builtin_shufflevector would name them alone, but nvcc loses its pack of indices.
  constexpr int ratio = sizeof(T) / sizeof(To);
  using parts = vector_t<To, N * ratio>;
  parts const first = __builtin_shuffle((parts)v, parts{static_cast<To>(I % N * ratio)...});
  std::memcpy(&to, &first, sizeof(to));
  return to;
}

#endif

/// Every element as C++ converts it; of a float that does not fit an integer anything may come.
template <class To, class T, int N> vector_t<To, N> converted_vector(vector_t<T, N> v) {
  constexpr bool is_short = std::is_integral_v<T> && sizeof(T) < sizeof(std::int32_t);
  if constexpr (std::is_same_v<To, T>) {
    return v;
  } else if constexpr (is_short && std::is_floating_point_v<To>) {
    return converted_vector<To, std::int32_t, N>(converted_vector<std::int32_t, T, N>(v));
  } else if constexpr (widens_v<To, T, N>) {
    return widened<To, T, N>(v);
  } else if constexpr (narrows_v<To, T, N>) {
    return narrowed<To, T, N>(v, std::make_index_sequence<N * (sizeof(T) / sizeof(To))>{});
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
