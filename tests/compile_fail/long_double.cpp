// expect: array elements are bool
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<double, cm::host> b;
#ifdef MUST_FAIL
  cm::ndarray<long double, cm::host> a;
#endif
}
