// expect: assignment would lose the fraction
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<cm::complex<double>, cm::host> const z{1, 2};
  cm::ndarray<double, cm::host> a{1, 2};
  a(cm::_) = cm::real(z);
#ifdef MUST_FAIL
  a(cm::_) = z;
#endif
}
