// expect: assignment would lose the fraction
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<int, cm::host> a{1, 2};
  a(cm::_) = 1;
#ifdef MUST_FAIL
  a(cm::_) = 1.5;
#endif
}
