// SPDX-License-Identifier: Apache-2.0
#pragma once
// NumPy's broadcasting: shapes are aligned at their last axis and extent 1 stretches.

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// The common shape of a and b.
/// Throws: shape_error naming `function`, both shapes and the first axis that differs, or if the
/// common shape has 2^63 elements or more.
inline shape broadcast_shapes(shape const& a, shape const& b, char const* function) {
  shape const& longer = a.rank() >= b.rank() ? a : b;
  shape const& shorter = a.rank() >= b.rank() ? b : a;
  int const shift = longer.rank() - shorter.rank();
  shape result = longer;
  for (int k = 0; k < shorter.rank(); ++k) {
    index_t const m = longer[k + shift];
    index_t const n = shorter[k];
    if (m != n && m != 1 && n != 1) {
      raise<shape_error>({function, ": cannot broadcast ", a, " with ", b, ": axis ", k + shift,
                          " is ", a.rank() >= b.rank() ? m : n, " and ",
                          a.rank() >= b.rank() ? n : m});
    }
    result[k + shift] = m == 1 ? n : m;
  }
  checked_size(result, 1, function);
  return result;
}

/// Strides that read an array of shape `from` as if it had shape `to`.
/// Throws: shape_error if `from` cannot be stretched to `to`.
[[gnu::noinline]] inline strides broadcast_strides(shape const& from, strides const& st,
                                                   shape const& to, char const* function) {
  int const shift = to.rank() - from.rank();
  bool fits = shift >= 0;
  strides result = strides::filled(to.rank(), 0);
  for (int k = 0; fits && k < from.rank(); ++k) {
    fits = from[k] == to[k + shift] || from[k] == 1;
    result[k + shift] = from[k] == 1 ? 0 : st[k];
  }
  if (!fits) {
    raise<shape_error>({function, ": cannot broadcast ", from, " to ", to});
  }
  return result;
}

}  // namespace cumulus::inline v1
