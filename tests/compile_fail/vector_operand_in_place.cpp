// expect: a std::vector or std::span is not an operand
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> a{1, 2};
  std::vector<float> const v{1, 2};
  cm::ndarray b = a + cm::from_vector<float, cm::host>(v);
#ifdef MUST_FAIL
  a += v;
#endif
}
