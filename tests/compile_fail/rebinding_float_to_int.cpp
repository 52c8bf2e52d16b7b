// expect: assignment would lose the fraction
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<int, cm::host> a{1, 2};
  cm::ndarray<float, cm::host> const b{1, 2};
#ifdef MUST_FAIL
  a = b * 2;
#endif
}
