// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of scans share: inputs whose every partial result is exact, a scan in plain loops,
// and an operation that tells in which order elements were joined.

#include <gtest/gtest.h>

#include <vector>

#include "cumulus/cumulus.hpp"

namespace scan_cases {

namespace cm = cumulus;
using cm::index_t;
template <class T> using array = cm::ndarray<T, cm::host>;

/// x -> re * x + im, one after the other: associative, not commutative, and exact while re is 1 or
/// -1 and im a small integer.
struct affine {
  template <class T> CUMULUS_HD T operator()(T a, T b) const noexcept {
    return T(a.re * b.re, b.re * a.im + b.im);
  }
};

/// Small integers in no simple pattern.
template <class T> array<T> small_integers(cm::shape const& s) {
  array<T> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    index_t const n = (i * 7919 + i / 13) % 11 - 5;
    if constexpr (cm::complex_floating<T>) {
      a.data()[i] = T(n % 2 == 0 ? 1 : -1, static_cast<cm::real_t<T>>(n));
    } else {
      a.data()[i] = static_cast<T>(n);
    }
  }
  return a;
}

/// The scan of a row-major array along an axis, or of all its elements: one after the other.
template <class R, class T, class Join>
std::vector<R> plain_scan(array<T> const& x, int axis, Join const& join) {
  index_t inner = 1;
  index_t length = x.size();
  if (axis >= 0) {
    length = x.shape()[axis];
    for (int k = axis + 1; k < x.rank(); ++k) {
      inner *= x.shape()[k];
    }
  }
  std::vector<R> result(static_cast<std::size_t>(x.size()));
  for (index_t i = 0; i < x.size(); ++i) {
    R const own = static_cast<R>(x.data()[i]);
    result[i] = i / inner % length == 0 ? own : join(result[i - inner], own);
  }
  return result;
}

}  // namespace scan_cases
