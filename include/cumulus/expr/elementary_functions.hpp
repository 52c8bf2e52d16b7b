// SPDX-License-Identifier: Apache-2.0
#pragma once
// Functions of the maths library on one element, real and complex, and rounding.

#include <cmath>
#include <type_traits>

#include "cumulus/core/dtype.hpp"
#include "cumulus/expr/complex_functions.hpp"

namespace cumulus::inline CUMULUS_TARGET::elementary {

#define CUMULUS_ELEMENTARY(name)              \
  template <class T> CUMULUS_HD T name(T x) { \
    if constexpr (complex_floating<T>) {      \
      return complex_##name(x);               \
    } else {                                  \
      return std::name(x);                    \
    }                                         \
  }
CUMULUS_ELEMENTARY(sqrt)
CUMULUS_ELEMENTARY(exp)
CUMULUS_ELEMENTARY(log)
#undef CUMULUS_ELEMENTARY

// From far_angle on CUDA's functions of float reduce their argument in a hundred instructions.
// Where the same question was asked before, these are a function that a kernel holds once, instead
// of once for each element that a thread has.
inline constexpr float far_angle = 105615.0f;
#if defined(__CUDA_ARCH__)
template <class T> inline constexpr bool asks_for_far_angles = std::is_same_v<T, float>;
#else
template <class T> inline constexpr bool asks_for_far_angles = false;
#endif

#define CUMULUS_CIRCULAR(name)                                                           \
  [[gnu::noinline]] CUMULUS_HD inline float far_##name(float x) { return std::name(x); } \
  template <class T> CUMULUS_HD T name(T x) {                                            \
    if constexpr (complex_floating<T>) {                                                 \
      return complex_##name(x);                                                          \
    } else {                                                                             \
      if constexpr (asks_for_far_angles<T>) {                                            \
        if (std::fabs(x) >= far_angle) {                                                 \
          return far_##name(x);                                                          \
        }                                                                                \
      }                                                                                  \
      return std::name(x);                                                               \
    }                                                                                    \
  }
CUMULUS_CIRCULAR(sin)
CUMULUS_CIRCULAR(cos)
CUMULUS_CIRCULAR(tan)
#undef CUMULUS_CIRCULAR

#define CUMULUS_REAL(name) \
  template <class T> CUMULUS_HD T name(T x) { return std::name(x); }
CUMULUS_REAL(exp2)
CUMULUS_REAL(expm1)
CUMULUS_REAL(log2)
CUMULUS_REAL(log1p)
CUMULUS_REAL(asin)
CUMULUS_REAL(acos)
CUMULUS_REAL(atan)
CUMULUS_REAL(sinh)
CUMULUS_REAL(cosh)
CUMULUS_REAL(tanh)
CUMULUS_REAL(asinh)
CUMULUS_REAL(acosh)
CUMULUS_REAL(atanh)
#undef CUMULUS_REAL
template <class T> CUMULUS_HD T atan2(T y, T x) { return std::atan2(y, x); }
template <class T> CUMULUS_HD T hypot(T x, T y) { return std::hypot(x, y); }

template <class T> CUMULUS_HD T log10(T x) {
  if constexpr (complex_floating<T>) {
    using R = real_t<T>;
    T const natural = complex_log(x);
    constexpr R log10_e = R(0.434294481903251827651128918916605082L);
    return {mul_rn(natural.re, log10_e), mul_rn(natural.im, log10_e)};
  } else {
    return std::log10(x);
  }
}

// Rounding; an integer is its own.

#define CUMULUS_ROUNDING(name, function)      \
  template <class T> CUMULUS_HD T name(T x) { \
    if constexpr (std::is_integral_v<T>) {    \
      return x;                               \
    } else {                                  \
      return std::function(x);                \
    }                                         \
  }
CUMULUS_ROUNDING(floor, floor)
CUMULUS_ROUNDING(ceil, ceil)
CUMULUS_ROUNDING(trunc, trunc)
CUMULUS_ROUNDING(round_half_even, nearbyint)
#undef CUMULUS_ROUNDING

}  // namespace cumulus::inline CUMULUS_TARGET::elementary
