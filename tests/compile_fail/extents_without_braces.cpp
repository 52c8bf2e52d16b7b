// expect: write a shape in braces
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray a = cm::zeros<float, cm::host>(3);
#ifdef MUST_FAIL
  cm::ndarray b = cm::zeros<float, cm::host>(3, 4);
#endif
}
