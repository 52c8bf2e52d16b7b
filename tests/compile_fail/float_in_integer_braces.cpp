// expect: a number in braces would lose its fraction
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<int, cm::host> a{{1}, {2}};
#ifdef MUST_FAIL
  cm::ndarray<int, cm::host> b{{1}, {2.5}};
#endif
}
