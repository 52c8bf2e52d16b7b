// SPDX-License-Identifier: Apache-2.0
#include <cumulus/cumulus.hpp>
#include <type_traits>

bool default_space_is_cuda_in_cpp() {
  return std::is_same_v<cumulus::default_space, cumulus::cuda>;
}
