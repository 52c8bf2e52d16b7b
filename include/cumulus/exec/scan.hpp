// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scans: plans, and calls the loops of the space.

#include "cumulus/exec/assign.hpp"

#if !defined(__CUDA_ARCH__)  // the pass for kernels calls no loop of the host
#  include "cumulus/exec/host/scan_host.hpp"
#endif
#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/scan_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// Scans e along the axes of `set`, one or all of them, into `out`, which has strides over e's
/// shape and is new: on a device no other stream than the current one has used it.
template <class Tree, class Space, class S>
void scan_elements(expression<Tree, Space> const& e, axis_set const& set, operand const& out,
                   S const& scanner) {
  static_assert(std::is_same_v<typename Tree::value_type, typename S::input>);
  static_assert(!tree::is_masked_v<Tree> || has_identity_v<typename S::operation>,
                "cumulus: only sums and products of a masked expression can be scanned; for others "
                "say with where(valid, x, y) what an element counts as that does not take part");
  constexpr int count = 1 + Tree::leaf_count;
  operand operands[count];
  operands[0] = out;
  for (int k = 1; k < count; ++k) {
    operands[k] = e.leaves()[k - 1].op;
  }
  scan_plan const plan = plan_scan(e.shape(), set, operands);
  if (plan.what == scan_case::empty) {
    return;
  }
  if constexpr (std::is_same_v<Space, host>) {
#if !defined(__CUDA_ARCH__)
    scan_host<Tree>(plan, operands, scanner);
#endif
  } else {
#if CUMULUS_HAS_CUDA
    static_assert(std::is_trivially_copyable_v<S> && sizeof(S) <= sizeof(operand::value),
                  "cumulus: a functor for CUDA arrays must be trivially copyable, at most 48 bytes "
                  "and aligned to at most 16; put larger data into arrays");
    void* contexts[count] = {};
    for (int k = 1; k < count; ++k) {
      contexts[k] = e.leaves()[k - 1].owner.context();
    }
    scan_cuda<Tree>(plan, operands, contexts, scanner);
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: this scan reads CUDA arrays, so the file must be compiled as CUDA "
                  "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
