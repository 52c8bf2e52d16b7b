// expect: an array is neither true nor false
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  if (cm::array_equal(a, a)) {
    a(0) = 1;
  }
#ifdef MUST_FAIL
  if (a == a) {
    a(0) = 2;
  }
#endif
}
