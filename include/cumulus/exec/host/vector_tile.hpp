// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers on the host: 32 lanes over 1024 neighbours, or over 1024
// rows for many outputs at once. The order of additions is that of docs/summation.md.

#include "cumulus/exec/host/vector_columns.hpp"
#include "cumulus/exec/host/vector_rows.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The loops of accumulation A, in which the elements that `Missing` tells do not count.
template <class A, missing Missing>
struct vector_tile : vector_rows<A, Missing>, vector_columns<A, Missing> {
  using element = reduced_from_t<typename A::input>;
  static constexpr absent what = A::needs_shift ? absent::shifted : absent::replaced;
  static element nothing() { return vector_lanes<A>::nothing(); }
};

}  // namespace cumulus::inline CUMULUS_TARGET
