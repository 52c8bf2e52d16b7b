// expect: needs one right-hand side for each target
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/array/tie.hpp"
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  cm::ndarray<float, cm::host> b{3, 4};
  cm::tie(a, b) = cm::tuple(b, a);
#ifdef MUST_FAIL
  cm::tie(a, b) = cm::tuple(a);
#endif
}
