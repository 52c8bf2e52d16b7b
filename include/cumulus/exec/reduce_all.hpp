// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several reductions of the same elements in one pass over them: plans as for one reduction and
// calls the loops of the space. Each has the bits that it has alone (docs/summation.md).

#include "cumulus/exec/host/statistics_host.hpp"
#include "cumulus/exec/reduce.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/statistics_reducer.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// One of several statistics: a reducer, and whether NaN counts.
template <class Reducer, bool SkipsNan> struct one_statistic {
  using accumulation = typename Reducer::accumulation;
  static constexpr bool skips_nan = SkipsNan;
  Reducer reducer;
};

/// Reduces e over the axes of `set`. The target tells the first output and the mask; outputs are
/// new and have the same strides in elements, and `outs` says where each begins.
template <class Tree, class Space, class... Statistic>
void reduce_all(expression<Tree, Space> const& e, axis_set const& set, reduce_target const& target,
                std::byte* const* outs, Statistic const&... statistic) {
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
  reduce_plan const plan = plan_reduction(e.shape(), set, all, has_mask);
  if (plan.what == reduction::empty) {
    return;
  }
  if constexpr (std::is_same_v<Space, host>) {
    reduce_all_host<Tree>(plan, all, outs, statistic...);
  } else {
#if CUMULUS_HAS_CUDA
    void* contexts[2 + count] = {};
    for (int k = 0; k < count; ++k) {
      contexts[1 + k] = e.leaves()[k].owner.context();
    }
    contexts[1 + count] = has_mask ? target.mask->owner.context() : nullptr;
    reduce_cuda<Tree>(plan, std::span<operand const>(all), contexts,
                      make_statistics_reducer(outs, statistic...));
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: this reduction reads CUDA arrays, so the file must be compiled as CUDA "
                  "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
