// expect: so the file must be compiled as CUDA
// within: 16
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
#ifdef MUST_FAIL
  cm::ndarray<float, cm::cuda> a;
  a(cm::_) = a + a;
#endif
}
