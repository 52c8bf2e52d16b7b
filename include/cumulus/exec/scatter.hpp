// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scatter in every space. Assignment to selected elements calls this.

#include "cumulus/memory/space.hpp"

#if !defined(__CUDA_ARCH__)  // the pass for kernels calls no loop of the host
#  include "cumulus/exec/host/scatter_host.hpp"
#endif
#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/scatter_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// Carries out a plan whose leaves lie in `Space`.
template <memory_space Space> void scatter(scatter_plan const& plan) {
  if constexpr (std::is_same_v<Space, host>) {
#if !defined(__CUDA_ARCH__)
    scatter_host(plan);
#endif
  } else {
#if CUMULUS_HAS_CUDA
    scatter_cuda<Space>(plan);
#else
    static_assert(
        std::is_same_v<Space, host>,
        "cumulus: writing selected elements of a CUDA array needs a file compiled as CUDA "
        "(nvcc)");
#endif
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
