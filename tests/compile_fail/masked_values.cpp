// expect: a masked expression has no values to store
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
#ifdef MUST_FAIL
  cm::ndarray<float, cm::host> b = cm::masked(a, a > 0);
#endif
}
