// expect: -ffinite-math-only breaks NaN and infinities
// SPDX-License-Identifier: Apache-2.0
#ifdef MUST_FAIL
#  undef __FINITE_MATH_ONLY__
#  define __FINITE_MATH_ONLY__ 1  // what -ffinite-math-only defines
#endif
#include "cumulus/cumulus.hpp"
