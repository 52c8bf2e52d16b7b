// expect: an array is neither true nor false
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  if (cm::any(a).item()) {
    a(0) = 1;
  }
#ifdef MUST_FAIL
  if (cm::any(a)) {
    a(0) = 2;
  }
#endif
}
