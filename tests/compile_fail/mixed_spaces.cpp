// expect: an expression cannot mix host and CUDA arrays
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a;
  cm::array_view<float const, cm::cuda> const b;
#ifdef MUST_FAIL
  auto e = a + b;
#endif
}
