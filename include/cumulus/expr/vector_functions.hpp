// SPDX-License-Identifier: Apache-2.0
#pragma once
// Functions of the maths library on packs of float and double: glibc's vector library (libmvec,
// which libm brings along) where there is one, else element by element. Every pack goes through the
// widest function of the instruction set, so that a value does not depend on where it stands.

#include <cmath>

#include "cumulus/core/simd.hpp"

#if defined(__x86_64__) && defined(__GLIBC__)
#  if __GLIBC_PREREQ(2, 35)
#    define CUMULUS_LIBMVEC
#  endif
#endif

// What the vector ABI calls a function: _ZGV, instruction set, N, elements, a v for each argument.
#if defined(CUMULUS_LIBMVEC)
#  if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && \
      defined(__AVX512VL__)
#    define CUMULUS_MVEC_FLOAT(arguments, name) _ZGVeN16##arguments##_##name##f
#    define CUMULUS_MVEC_DOUBLE(arguments, name) _ZGVeN8##arguments##_##name
#  elif defined(__AVX2__)
#    define CUMULUS_MVEC_FLOAT(arguments, name) _ZGVdN8##arguments##_##name##f
#    define CUMULUS_MVEC_DOUBLE(arguments, name) _ZGVdN4##arguments##_##name
#  elif defined(__AVX__)
#    define CUMULUS_MVEC_FLOAT(arguments, name) _ZGVcN8##arguments##_##name##f
#    define CUMULUS_MVEC_DOUBLE(arguments, name) _ZGVcN4##arguments##_##name
#  else
#    define CUMULUS_MVEC_FLOAT(arguments, name) _ZGVbN4##arguments##_##name##f
#    define CUMULUS_MVEC_DOUBLE(arguments, name) _ZGVbN2##arguments##_##name
#  endif
#endif

namespace cumulus::inline CUMULUS_TARGET {
namespace vector_functions {

/// A whole register of float and of double.
using floats = typename simd<float, vector_bytes / 4>::vec;
using doubles = typename simd<double, vector_bytes / 8>::vec;

#if defined(CUMULUS_LIBMVEC)
#  define CUMULUS_UNARY(name)                                                  \
    extern "C" floats CUMULUS_MVEC_FLOAT(v, name)(floats);                     \
    extern "C" doubles CUMULUS_MVEC_DOUBLE(v, name)(doubles);                  \
    struct name {                                                              \
      static floats of(floats x) { return CUMULUS_MVEC_FLOAT(v, name)(x); }    \
      static doubles of(doubles x) { return CUMULUS_MVEC_DOUBLE(v, name)(x); } \
    };
#  define CUMULUS_BINARY(name)                                                                \
    extern "C" floats CUMULUS_MVEC_FLOAT(vv, name)(floats, floats);                           \
    extern "C" doubles CUMULUS_MVEC_DOUBLE(vv, name)(doubles, doubles);                       \
    struct name {                                                                             \
      static floats of(floats x, floats y) { return CUMULUS_MVEC_FLOAT(vv, name)(x, y); }     \
      static doubles of(doubles x, doubles y) { return CUMULUS_MVEC_DOUBLE(vv, name)(x, y); } \
    };
#else
#  define CUMULUS_UNARY(name)                                     \
    struct name {                                                 \
      template <class V> static V of(V x) {                       \
        for (int l = 0; l < int(sizeof(x) / sizeof(x[0])); ++l) { \
          x[l] = std::name(x[l]);                                 \
        }                                                         \
        return x;                                                 \
      }                                                           \
    };
#  define CUMULUS_BINARY(name)                                    \
    struct name {                                                 \
      template <class V> static V of(V x, V y) {                  \
        for (int l = 0; l < int(sizeof(x) / sizeof(x[0])); ++l) { \
          x[l] = std::name(x[l], y[l]);                           \
        }                                                         \
        return x;                                                 \
      }                                                           \
    };
#endif

CUMULUS_UNARY(exp)
CUMULUS_UNARY(exp2)
CUMULUS_UNARY(expm1)
CUMULUS_UNARY(log)
CUMULUS_UNARY(log2)
CUMULUS_UNARY(log10)
CUMULUS_UNARY(log1p)
CUMULUS_UNARY(sin)
CUMULUS_UNARY(cos)
CUMULUS_UNARY(tan)
CUMULUS_UNARY(asin)
CUMULUS_UNARY(acos)
CUMULUS_UNARY(atan)
CUMULUS_UNARY(sinh)
CUMULUS_UNARY(cosh)
CUMULUS_UNARY(tanh)
CUMULUS_UNARY(asinh)
CUMULUS_UNARY(acosh)
CUMULUS_UNARY(atanh)
CUMULUS_BINARY(pow)
CUMULUS_BINARY(atan2)
CUMULUS_BINARY(hypot)
#undef CUMULUS_UNARY
#undef CUMULUS_BINARY
#if defined(CUMULUS_LIBMVEC)
#  undef CUMULUS_MVEC_FLOAT
#  undef CUMULUS_MVEC_DOUBLE
#  undef CUMULUS_LIBMVEC
#endif

/// A register with the elements of a pack from `first` on; what is left repeats one of them, so
/// that no special case is computed for nothing.
template <class T, int N> auto register_from(simd<T, N> const& pack, int first) {
  constexpr int width = vector_bytes / static_cast<int>(sizeof(T));
  int const count = N - first < width ? N - first : width;
  auto v = simd<T, width>::splat(pack[first]).v();
  auto const all = pack.v();
  std::memcpy(&v, reinterpret_cast<char const*>(&all) + first * sizeof(T), count * sizeof(T));
  return v;
}

/// F applied to packs of any length, a register at a time.
template <class F, class T, int N, class... Rest>
simd<T, N> apply(simd<T, N> const& pack, Rest const&... rest) {
  constexpr int width = vector_bytes / static_cast<int>(sizeof(T));
  if constexpr (N == width) {
    return {F::of(pack.v(), rest.v()...)};
  } else {
    simd<T, N> result;
    for (int first = 0; first < N; first += width) {
      auto const y = F::of(register_from(pack, first), register_from(rest, first)...);
      for (int l = 0; l < width && first + l < N; ++l) {
        result.set(first + l, y[l]);
      }
    }
    return result;
  }
}

}  // namespace vector_functions
}  // namespace cumulus::inline CUMULUS_TARGET
