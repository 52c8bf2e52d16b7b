// expect: reduce_all_of takes at least one statistic
// SPDX-License-Identifier: Apache-2.0
#include "cumulus/cumulus.hpp"
#include "cumulus/ops/statistics.hpp"

namespace cm = cumulus;

void offence() {
  cm::ndarray<float, cm::host> const a{1, 2};
  auto [m] = cm::reduce_all_of(a, 0, {.keepdims = true}, cm::statistics::mean);
#ifdef MUST_FAIL
  cm::reduce_all_of(a, 0, {.keepdims = true});
#endif
}
