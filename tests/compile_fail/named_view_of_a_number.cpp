// expect: a named view is not assigned to
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  auto v = a(0);
  v(cm::_) = 1;
#ifdef MUST_FAIL
  v = 2.0f;
#endif
}
