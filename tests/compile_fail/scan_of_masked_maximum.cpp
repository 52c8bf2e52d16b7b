// expect: only sums and products of a masked expression can be scanned
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
  cm::ndarray<float, cm::host> const sums = cm::cumsum(cm::masked(a, a > 0), 0);
#ifdef MUST_FAIL
  cm::ndarray<float, cm::host> const largest = cm::cumulative_max(cm::masked(a, a > 0), 0);
#endif
}
