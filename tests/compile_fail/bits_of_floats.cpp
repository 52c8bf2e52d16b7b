// expect: does not take arrays of this element type
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
#ifdef MUST_FAIL
  auto e = a & a;
#endif
}
