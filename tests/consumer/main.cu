// SPDX-License-Identifier: Apache-2.0
#include <concepts>
#include <cstdio>
#include <cumulus/cumulus.hpp>
#include <type_traits>

namespace cm = cumulus;

// Fails to compile where the build dropped C++20 in silence.
static_assert(std::integral<int> && __cplusplus >= 202002L);
static_assert(std::is_same_v<cm::default_space, cm::cuda>);

bool default_space_is_cuda_in_cpp();

// Oracle: 2 * 3 * 4 by hand, on the host's arrays: they work without a GPU too.
int main() {
  cm::ndarray<double, cm::host> a = cm::ones<double, cm::host>(cm::shape{3, 4}) * 2.0;
  double const total = cm::sum(a).item();
  std::printf("%g\n", total);
  return total == 24.0 && default_space_is_cuda_in_cpp() ? 0 : 1;
}
