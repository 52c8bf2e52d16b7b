// SPDX-License-Identifier: Apache-2.0
#pragma once
// The complex element type: the layout of std::complex and of C's _Complex, usable in kernels, and
// free of <complex>. Products are formed as NumPy forms them and never contracted.

#include <type_traits>

#include "cumulus/core/config.hpp"
#include "cumulus/core/uncontracted.hpp"

namespace cumulus::inline v1 {

template <class T> struct complex {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "complex<T>: T must be float or double");
  using value_type = T;

  T re = 0;
  T im = 0;

  constexpr complex() = default;
  CUMULUS_HD constexpr complex(T real, T imag = 0) : re(real), im(imag) {}
  template <class U>
    requires(std::is_arithmetic_v<U> && !std::is_same_v<U, T>)
  CUMULUS_HD explicit(std::is_same_v<T, float> &&
                      std::is_same_v<U, double>) constexpr complex(U real)
      : re(static_cast<T>(real)) {}
  template <class U>
    requires(!std::is_same_v<U, T>)
  CUMULUS_HD explicit(sizeof(U) > sizeof(T)) constexpr complex(complex<U> z)
      : re(static_cast<T>(z.re)), im(static_cast<T>(z.im)) {}
  /// From std::complex and its like, without naming them.
  template <class Z>
    requires(!std::is_arithmetic_v<Z> && std::is_same_v<typename Z::value_type, T> &&
             requires(Z const& z) {
               z.real();
               z.imag();
             } && !std::is_same_v<Z, complex>)
  constexpr complex(Z const& z) : re(z.real()), im(z.imag()) {}

  CUMULUS_HD constexpr T real() const { return re; }
  CUMULUS_HD constexpr T imag() const { return im; }

  /// To std::complex<T> and its like.
  template <class Z>
    requires(std::is_same_v<typename Z::value_type, T> && std::is_constructible_v<Z, T, T>)
  constexpr operator Z() const {
    return Z(re, im);
  }

  friend CUMULUS_HD constexpr bool operator==(complex a, complex b) {
    return a.re == b.re && a.im == b.im;
  }
  friend CUMULUS_HD complex operator+(complex a, complex b) {
    return {add_rn(a.re, b.re), add_rn(a.im, b.im)};
  }
  friend CUMULUS_HD complex operator-(complex a, complex b) {
    return {add_rn(a.re, -b.re), add_rn(a.im, -b.im)};
  }
  friend CUMULUS_HD complex operator-(complex a) { return {-a.re, -a.im}; }
  friend CUMULUS_HD complex operator*(complex a, complex b) {
    return {add_rn(mul_rn(a.re, b.re), -mul_rn(a.im, b.im)),
            add_rn(mul_rn(a.re, b.im), mul_rn(a.im, b.re))};
  }
  /// Smith's algorithm, with NumPy's order of operations.
  friend CUMULUS_HD complex operator/(complex a, complex b) {
    T const abs_re = b.re < 0 ? -b.re : b.re;
    T const abs_im = b.im < 0 ? -b.im : b.im;
    if (abs_re >= abs_im) {
      if (abs_re == 0 && abs_im == 0) {
        return {a.re / abs_re, a.im / abs_re};
      }
      T const ratio = b.im / b.re;
      T const scale = T(1) / add_rn(b.re, mul_rn(b.im, ratio));
      return {mul_rn(add_rn(a.re, mul_rn(a.im, ratio)), scale),
              mul_rn(add_rn(a.im, -mul_rn(a.re, ratio)), scale)};
    }
    T const ratio = b.re / b.im;
    T const scale = T(1) / add_rn(b.im, mul_rn(b.re, ratio));
    return {mul_rn(add_rn(mul_rn(a.re, ratio), a.im), scale),
            mul_rn(add_rn(mul_rn(a.im, ratio), -a.re), scale)};
  }
};

}  // namespace cumulus::inline v1
