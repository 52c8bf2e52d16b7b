// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions: checks the axes, plans, and calls the loops of the space.

#include "cumulus/exec/assign.hpp"
#include "cumulus/exec/host/reduce_host.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/reduce_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// What a reduction writes to and what it leaves out. The output and the arrays of a group table
/// are new: on a device no other stream than the current one has used them.
struct reduce_target {
  operand op;                           ///< strides over the input's shape, 0 along reduced axes
  leaf const* mask = nullptr;           ///< bool, strides over the input's shape; null: all count
  group_table const* groups = nullptr;  ///< op is the output of the first group
};

/// Reduces e over the axes of `set` into the target.
template <class Tree, class Space, class Reducer>
void reduce(expression<Tree, Space> const& e, axis_set const& set, reduce_target const& target,
            Reducer const& reducer) {
  using A = typename Reducer::accumulation;
  A const& accumulation = reducer;
  static_assert(std::is_same_v<typename Tree::value_type, typename Reducer::input>);
  constexpr int count = Tree::leaf_count;
  operand operands[2 + count];
  operands[0] = target.op;
  for (int k = 0; k < count; ++k) {
    operands[1 + k] = e.leaves()[k].op;
  }
  bool const has_mask = target.mask != nullptr;
  if (has_mask) {
    operands[1 + count] = target.mask->op;
  }
  std::span<operand> const all(operands, 1 + count + (has_mask ? 1 : 0));
  reduce_plan const plan = plan_reduction(e.shape(), set, all, has_mask, target.groups);
  if (plan.what == reduction::empty) {
    return;
  }
  if constexpr (std::is_same_v<Space, host>) {
    reduce_host<Tree, A>(plan, all, accumulation);
  } else {
#if CUMULUS_HAS_CUDA
    void* contexts[2 + count] = {};
    for (int k = 0; k < count; ++k) {
      contexts[1 + k] = e.leaves()[k].owner.context();
    }
    contexts[1 + count] = has_mask ? target.mask->owner.context() : nullptr;
    reduce_cuda<Tree, A>(plan, all, contexts, accumulation);
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: this reduction reads CUDA arrays, so the file must be compiled as CUDA "
                  "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
