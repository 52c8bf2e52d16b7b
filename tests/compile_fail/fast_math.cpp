// expect: -ffast-math breaks NaN
// SPDX-License-Identifier: Apache-2.0
#ifdef MUST_FAIL
#  define __FAST_MATH__ 1  // what -ffast-math defines
#endif
#include "cumulus/cumulus.hpp"
