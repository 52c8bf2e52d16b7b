// expect: an array is not assigned a number
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/array/tie.hpp"
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  cm::ndarray<float, cm::host> b{3, 4};
  cm::tie(a, b) = cm::tuple(b, 1);
#ifdef MUST_FAIL
  cm::tie(a, b) = cm::tuple(1, 2);
#endif
}
