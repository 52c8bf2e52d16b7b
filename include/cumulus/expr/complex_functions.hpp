// SPDX-License-Identifier: Apache-2.0
#pragma once
// Functions of complex numbers: the C library's on the host (C99 Annex G in every special case),
// the textbook formulas in kernels.

#include <cmath>

#include "cumulus/core/complex.hpp"

namespace cumulus::inline CUMULUS_TARGET::elementary {

template <class T> CUMULUS_HD T complex_abs(complex<T> z) { return std::hypot(z.re, z.im); }

/// 1 / z by Smith's algorithm, in NumPy's order of operations.
template <class T> CUMULUS_HD complex<T> complex_reciprocal(complex<T> z) {
  if (std::fabs(z.im) <= std::fabs(z.re)) {
    T const ratio = z.im / z.re;
    T const size = add_rn(z.re, mul_rn(z.im, ratio));
    return {T(1) / size, -ratio / size};
  }
  T const ratio = z.re / z.im;
  T const size = add_rn(mul_rn(z.re, ratio), z.im);
  return {ratio / size, T(-1) / size};
}

/// Formulas that hold for finite arguments away from overflow; kernels use them, and tests compare
/// them with the C library.
namespace formula {

template <class T> CUMULUS_HD complex<T> exp(complex<T> z) {
  T const size = std::exp(z.re);
  return z.im == 0 ? complex<T>(size, z.im)
                   : complex<T>(size * std::cos(z.im), size * std::sin(z.im));
}
template <class T> CUMULUS_HD complex<T> log(complex<T> z) {
  return {std::log(std::hypot(z.re, z.im)), std::atan2(z.im, z.re)};
}
template <class T> CUMULUS_HD complex<T> sqrt(complex<T> z) {
  if (z.re == 0 && z.im == 0) {
    return {T(0), z.im};
  }
  T const root = std::sqrt((std::hypot(z.re, z.im) + std::fabs(z.re)) / 2);
  T const other = std::fabs(z.im) / (2 * root);
  return z.re >= 0 ? complex<T>(root, std::copysign(other, z.im))
                   : complex<T>(other, std::copysign(root, z.im));
}
template <class T> CUMULUS_HD complex<T> sin(complex<T> z) {
  return {std::sin(z.re) * std::cosh(z.im), std::cos(z.re) * std::sinh(z.im)};
}
template <class T> CUMULUS_HD complex<T> cos(complex<T> z) {
  return {std::cos(z.re) * std::cosh(z.im), -(std::sin(z.re) * std::sinh(z.im))};
}
template <class T> CUMULUS_HD complex<T> tan(complex<T> z) {
  return formula::sin(z) / formula::cos(z);
}
template <class T> CUMULUS_HD complex<T> pow(complex<T> z, complex<T> w) {
  return formula::exp(w * formula::log(z));
}

}  // namespace formula

namespace detail {

// The C library's complex type; its functions are reached as builtins, without <complex.h>.
typedef __complex__ float c_float;
typedef __complex__ double c_double;

inline c_float to_c(complex<float> z) {
  c_float c;
  __real__ c = z.re;
  __imag__ c = z.im;
  return c;
}
inline c_double to_c(complex<double> z) {
  c_double c;
  __real__ c = z.re;
  __imag__ c = z.im;
  return c;
}
inline complex<float> from_c(c_float c) { return {__real__ c, __imag__ c}; }
inline complex<double> from_c(c_double c) { return {__real__ c, __imag__ c}; }

}  // namespace detail

#if defined(__CUDA_ARCH__)
#  define CUMULUS_COMPLEX_FUNCTION(name)                                    \
    template <class T> CUMULUS_HD complex<T> complex_##name(complex<T> z) { \
      return formula::name(z);                                              \
    }
#else
#  define CUMULUS_COMPLEX_FUNCTION(name)                                    \
    template <class T> CUMULUS_HD complex<T> complex_##name(complex<T> z) { \
      if constexpr (std::is_same_v<T, float>) {                             \
        return detail::from_c(__builtin_c##name##f(detail::to_c(z)));       \
      } else {                                                              \
        return detail::from_c(__builtin_c##name(detail::to_c(z)));          \
      }                                                                     \
    }
#endif

CUMULUS_COMPLEX_FUNCTION(exp)
CUMULUS_COMPLEX_FUNCTION(log)
CUMULUS_COMPLEX_FUNCTION(sqrt)
CUMULUS_COMPLEX_FUNCTION(sin)
CUMULUS_COMPLEX_FUNCTION(cos)
CUMULUS_COMPLEX_FUNCTION(tan)
#undef CUMULUS_COMPLEX_FUNCTION

template <class T> CUMULUS_HD complex<T> complex_pow(complex<T> z, complex<T> w) {
  if (w.re == 0 && w.im == 0) {
    return complex<T>(1);
  }
#if defined(__CUDA_ARCH__)
  return formula::pow(z, w);
#else
  if constexpr (std::is_same_v<T, float>) {
    return detail::from_c(__builtin_cpowf(detail::to_c(z), detail::to_c(w)));
  } else {
    return detail::from_c(__builtin_cpow(detail::to_c(z), detail::to_c(w)));
  }
#endif
}

}  // namespace cumulus::inline CUMULUS_TARGET::elementary
