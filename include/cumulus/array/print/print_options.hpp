// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a caller may choose about the text of an array.

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1 {

/// NumPy's print options of the same names, with its defaults.
struct print_options {
  int precision = 8;            ///< most digits behind the point
  index_t threshold = 1000;     ///< arrays of more elements are summarised
  index_t edgeitems = 3;        ///< elements at each end of a summarised axis
  int linewidth = 75;           ///< columns of a line
  bool suppress_small = false;  ///< no powers of ten because of small values
};

}  // namespace cumulus::inline v1
