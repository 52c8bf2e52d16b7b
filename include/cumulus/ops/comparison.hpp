// SPDX-License-Identifier: Apache-2.0
#pragma once
// Comparing whole arrays: array_equal, isclose and allclose.

#include "cumulus/ops/elementwise.hpp"
#include "cumulus/ops/map.hpp"
#include "cumulus/ops/reductions.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The optional argument of array_equal.
struct equal_options {
  bool equal_nan = false;  ///< whether NaN equals NaN
};

/// The optional arguments of isclose and allclose.
struct close_options {
  double rtol = 1e-5;      ///< relative to |y|
  double atol = 1e-8;      ///< absolute, in the unit of the elements
  bool equal_nan = false;  ///< whether NaN is close to NaN
};

namespace detail {

struct equal_elements {
  bool equal_nan;
  template <class X, class Y> CUMULUS_HD bool operator()(X x, Y y) const noexcept {
    return elementary::equal(x, y) || (equal_nan && elementary::is_nan(x) && elementary::is_nan(y));
  }
};

/// In double (complex<double>), so that neither a difference nor a bound wraps.
struct close_elements {
  close_options options;
  template <class X, class Y> CUMULUS_HD bool operator()(X x, Y y) const noexcept {
    using C =
        std::conditional_t<complex_floating<X> || complex_floating<Y>, complex<double>, double>;
    C const a = elementary::cast<C>(x);
    C const b = elementary::cast<C>(y);
    if (elementary::is_nan(a) || elementary::is_nan(b)) {
      return options.equal_nan && elementary::is_nan(a) && elementary::is_nan(b);
    }
    return a == b || (elementary::is_finite(b) &&
                      elementary::absolute(a - b) <=
                          add_rn(options.atol, mul_rn(options.rtol, elementary::absolute(b))));
  }
};

}  // namespace detail

/// True if x and y have the same shape and equal elements.
///     if (array_equal(a, b, {.equal_nan = true})) { … }
/// Shape:  a bool, no array.    NaN: differs from NaN unless .equal_nan.    Empty: true.
/// Cost:   one read of each; waits for the device.    Source: numpy.array_equal.
template <array_like X, array_like Y>
bool array_equal(X const& x, Y const& y, equal_options options = {}) {
  return x.shape() == y.shape() && all(map(detail::equal_elements{options.equal_nan}, x, y)).item();
}

/// |x - y| <= atol + rtol |y|, element by element, computed in double; infinities are close to
/// themselves.
/// Shape:  broadcast.    Dtype: bool.    NaN: close to nothing unless .equal_nan.    Cost: lazy.
/// Throws: shape_error if x and y do not broadcast.    Source: numpy.isclose.
template <operand_like X, operand_like Y>
  requires any_array_like_v<X, Y>
auto isclose(X&& x, Y&& y, close_options options = {}) {
  return map(detail::close_elements{options}, std::forward<X>(x), std::forward<Y>(y));
}

/// True if every element is close.
/// Shape:  a bool, no array.    NaN: close to nothing unless .equal_nan.    Empty: true.
/// Cost:   one read of each; waits for the device.
/// Throws: shape_error if x and y do not broadcast.    Source: numpy.allclose.
template <operand_like X, operand_like Y>
  requires any_array_like_v<X, Y>
bool allclose(X&& x, Y&& y, close_options options = {}) {
  return all(isclose(std::forward<X>(x), std::forward<Y>(y), options)).item();
}

}  // namespace cumulus::inline CUMULUS_TARGET
