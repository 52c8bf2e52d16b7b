// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a scatter writes where: exec/scatter.hpp and the loops of each space share it.

#include "cumulus/exec/plan/overlap.hpp"

namespace cumulus::inline v1 {

/// For each position of `shape` in row-major order: the element of `value` goes to the element of
/// `target` that lies `index` elements further. All three have strides over shape; target and value
/// hold elements of the same type. The last position that names an element wins.
struct scatter_plan {
  cumulus::shape shape;
  leaf index;
  leaf target;
  leaf value;
  address_range reach;    ///< the addresses that may be written
  bool distinct = false;  ///< no two positions name the same element
};

}  // namespace cumulus::inline v1
