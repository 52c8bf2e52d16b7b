// expect: .npy files have no bfloat16; save astype<float>(x)
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"
#include "cumulus/io/npy.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<cm::bfloat16, cm::host> const a(cm::shape{2});
  cm::save("a.npy", cm::astype<float>(a));
#ifdef MUST_FAIL
  cm::save("a.npy", a);
#endif
}
