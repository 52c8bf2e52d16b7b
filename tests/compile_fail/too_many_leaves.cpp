// expect: this expression has more than 16 leaves
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
  auto fits = a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a;
#ifdef MUST_FAIL
  auto e = a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a;
#endif
}
