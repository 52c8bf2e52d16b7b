// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions: checks the axes, plans, and calls the loops of the space.

#include "cumulus/exec/assign.hpp"

#if !defined(__CUDA_ARCH__)  // the pass for kernels calls no loop of the host
#  include "cumulus/exec/host/reduce_host.hpp"
#endif
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

/// The loops of one reduction of one type of expression, for a planned sweep. operands: the output,
/// the leaves and, if planned, the mask; contexts: those of their buffers.
using reduce_loop = void (*)(reduce_plan const&, std::span<operand const> operands,
                             void* const* contexts, void const* accumulation);

namespace detail {

template <class Tree, class Space, class A>
void sweep_reduction(reduce_plan const& plan, std::span<operand const> operands,
                     [[maybe_unused]] void* const* contexts, void const* accumulation) {
  [[maybe_unused]] A const& a = *static_cast<A const*>(accumulation);
  if constexpr (std::is_same_v<Space, host>) {
#if !defined(__CUDA_ARCH__)
    reduce_host<Tree, A>(plan, operands, a);
#endif
  } else {
#if CUMULUS_HAS_CUDA
    reduce_cuda<Tree, A>(plan, operands, std::span<void* const>(contexts, operands.size()), a);
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: this reduction reads CUDA arrays, so the file must be compiled as CUDA "
                  "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace detail

/// Reduces leaves of shape `s` over the axes of `set` into the target.
inline void reduce_leaves(std::span<leaf const> leaves, shape const& s, axis_set const& set,
                          reduce_target const& target, reduce_loop loop, void const* accumulation) {
  operand operands[2 + max_leaves];
  void* contexts[2 + max_leaves];
  operands[0] = target.op;
  contexts[0] = nullptr;
  std::size_t count = 1;
  for (leaf const& l : leaves) {
    operands[count] = l.op;
    contexts[count++] = l.owner.context();
  }
  if (target.mask != nullptr) {
    operands[count] = target.mask->op;
    contexts[count++] = target.mask->owner.context();
  }
  std::span<operand> const all(operands, count);
  reduce_plan const plan = plan_reduction(s, set, all, target.mask != nullptr, target.groups);
  if (plan.what != reduction::empty) {
    loop(plan, all, contexts, accumulation);
  }
}

/// Reduces e over the axes of `set` into the target.
template <class Tree, class Space, class Reducer>
void reduce(expression<Tree, Space> const& e, axis_set const& set, reduce_target const& target,
            Reducer const& reducer) {
  using A = typename Reducer::accumulation;
  static_assert(std::is_same_v<typename Tree::value_type, typename Reducer::input>);
  A const& accumulation = reducer;
  reduce_leaves(std::span<leaf const>(e.leaves(), Tree::leaf_count), e.shape(), set, target,
                detail::sweep_reduction<Tree, Space, A>, &accumulation);
}

}  // namespace cumulus::inline CUMULUS_TARGET
