// expect: elements of a CUDA array cannot be iterated
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::array_view<float const, cm::cuda> const a;
#ifdef MUST_FAIL
  a.begin();
#endif
}
