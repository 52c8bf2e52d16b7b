// expect: does not take arrays of this element type
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<bool, cm::host> const a{true, false};
#ifdef MUST_FAIL
  auto e = -a;
#endif
}
