// expect: the function given to map must return an element type
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

struct pair {
  float first, second;
};
struct pair_of {
  pair operator()(float x) const { return {x, x}; }
};

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
#ifdef MUST_FAIL
  auto e = cm::map(pair_of{}, a);
#endif
}
