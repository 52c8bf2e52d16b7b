// expect: assignment would lose the fraction
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
  cm::ndarray<int, cm::host> c = cm::astype<int>(a);
#ifdef MUST_FAIL
  cm::ndarray<int, cm::host> b = a;
#endif
}
