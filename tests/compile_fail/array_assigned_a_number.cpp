// expect: an array is not assigned a number
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  a(cm::_) = 1;
#ifdef MUST_FAIL
  a = 2;
#endif
}
