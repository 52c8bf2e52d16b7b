// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays of small integers, of which every result of a few operations is exact.

#include "cumulus/cumulus.hpp"

/// 0, 1, … modulus - 1, 0, 1, … in row-major order.
template <class T>
cumulus::ndarray<T> small_numbers(cumulus::shape const& s, cumulus::index_t modulus) {
  return cumulus::astype<T>(cumulus::reshape(cumulus::arange(s.size()) % modulus, s));
}
