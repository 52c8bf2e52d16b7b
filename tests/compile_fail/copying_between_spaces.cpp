// expect: nothing is copied between host and CUDA arrays by an assignment
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::array_view<float const, cm::cuda> const a;
#ifdef MUST_FAIL
  cm::ndarray<float, cm::host> b = a;
#endif
}
