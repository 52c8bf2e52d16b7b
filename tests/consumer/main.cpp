// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cumulus/cumulus.hpp>

namespace cm = cumulus;

// Oracle: 2 * 3 * 4 by hand.
int main() {
  cm::ndarray<double, cm::host> a = cm::ones<double>(cm::shape{3, 4}) * 2.0;
  double const total = cm::sum(a).item();
  std::printf("%g\n", total);
  return total == 24.0 ? 0 : 1;
}
