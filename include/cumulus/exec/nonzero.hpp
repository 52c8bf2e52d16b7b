// SPDX-License-Identifier: Apache-2.0
#pragma once
// The positions where a mask is true, in every space. Masks that select elements and nonzero()
// call this.

#include "cumulus/exec/host/nonzero_host.hpp"
#include "cumulus/memory/space.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/nonzero_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

template <memory_space Space> constexpr auto pick_true_positions() {
  if constexpr (std::is_same_v<Space, host>) {
    return std::type_identity<true_positions_host>{};
  } else {
#if CUMULUS_HAS_CUDA
    return std::type_identity<true_positions_cuda<Space>>{};
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: a mask of a CUDA array needs a file compiled as CUDA (nvcc)");
#endif
  }
}

}  // namespace detail

/// Made of a row-major mask: count() and write(weight, out, owner of out).
template <memory_space Space>
using true_positions = typename decltype(detail::pick_true_positions<Space>())::type;

}  // namespace cumulus::inline CUMULUS_TARGET
