// expect-note: write v(_) = w, or v.rebind(w)
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  auto v = a(0);
  auto w = a(1);
  v.rebind(w);
#ifdef MUST_FAIL
  v = a(1);
#endif
}
