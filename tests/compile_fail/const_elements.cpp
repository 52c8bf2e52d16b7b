// expect: an ndarray owns writable elements
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
#ifdef MUST_FAIL
  cm::ndarray<float const, cm::host> a;
#endif
}
