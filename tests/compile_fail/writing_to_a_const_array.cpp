// expect: this view reads only
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
#ifdef MUST_FAIL
  a(0).assign(1.0f);
#endif
}
