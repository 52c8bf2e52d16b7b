// expect: may mean n elements or the value n
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a(cm::shape{3});
#ifdef MUST_FAIL
  cm::ndarray<float, cm::host> b(3);
#endif
}
