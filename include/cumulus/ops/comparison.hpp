// SPDX-License-Identifier: Apache-2.0
#pragma once
// Comparing whole arrays: array_equal, isclose and allclose.

#include "cumulus/ops/elementwise.hpp"
#include "cumulus/ops/reductions.hpp"

namespace cumulus::inline CUMULUS_TARGET {

struct equal_options {
  bool equal_nan = false;  ///< whether NaN equals NaN
};

/// True if x and y have the same shape and equal elements. Waits for the device.
/// Source: numpy.array_equal.
template <array_like X, array_like Y>
bool array_equal(X const& x, Y const& y, equal_options options = {}) {
  if (x.shape() != y.shape()) {
    return false;
  }
  return options.equal_nan ? all(x == y || (isnan(x) && isnan(y))).item() : all(x == y).item();
}

struct close_options {
  double rtol = 1e-5;      ///< relative to |y|
  double atol = 1e-8;      ///< absolute, in the unit of the elements
  bool equal_nan = false;  ///< whether NaN is close to NaN
};

/// |x - y| <= atol + rtol |y|, element by element; infinities are close to themselves.
/// Shape:  broadcast.    Dtype: bool.    Source: numpy.isclose.
template <array_like X, array_like Y>
auto isclose(X const& x, Y const& y, close_options options = {}) {
  auto const near = abs(x - y) <= options.atol + options.rtol * abs(y);
  return (near && isfinite(y)) || x == y || (isnan(x) && isnan(y) && options.equal_nan);
}

/// True if every element is close. Waits for the device.    Source: numpy.allclose.
template <array_like X, array_like Y>
bool allclose(X const& x, Y const& y, close_options options = {}) {
  return all(isclose(x, y, options)).item();
}

}  // namespace cumulus::inline CUMULUS_TARGET
