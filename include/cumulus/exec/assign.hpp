// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise evaluation: plans a sweep, finds overlap, and calls the loops of the space.

#include "cumulus/exec/copy.hpp"
#include "cumulus/exec/host/assign_host.hpp"
#include "cumulus/exec/plan/overlap.hpp"
#include "cumulus/expr/expression.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/assign_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// Where an assignment writes: the first element, with strides over `shape`.
struct assign_target {
  operand op;
  cumulus::shape shape;
  void* context = nullptr;  ///< of the buffer: what a CUDA block knows of streams
};

namespace detail {

template <class Tree, class Space>
void sweep_into(assign_target const& out, expression<Tree, Space> const& e) {
  constexpr int count = Tree::leaf_count;
  operand operands[1 + count];
  operands[0] = out.op;
  for (int k = 0; k < count; ++k) {
    operands[1 + k] = e.leaves()[k].op;
  }
  std::span<operand> const all(operands, 1 + count);
  elementwise_plan const plan = plan_elementwise(out.shape, all);
  if (plan.what == sweep::empty) {
    return;
  }
  if constexpr (std::is_same_v<Space, host>) {
    assign_host<Tree>(plan, all);
  } else {
#if CUMULUS_HAS_CUDA
    void* contexts[1 + count] = {out.context};
    for (int k = 0; k < count; ++k) {
      contexts[1 + k] = e.leaves()[k].owner.context();
    }
    assign_cuda<Tree>(plan, all, contexts);
#else
    static_assert(
        std::is_same_v<Space, host>,
        "cumulus: this expression reads CUDA arrays, so the file must be compiled as CUDA "
        "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace detail

/// Writes the elements of `e`, broadcast to the target's shape, through a temporary if the target
/// overlaps what e reads.
/// Throws: shape_error if e cannot be broadcast; value_error if the target repeats elements. The
/// target is unchanged when the temporary's evaluation throws.
template <class Tree, class Space>
void assign(assign_target const& target, expression<Tree, Space> e, char const* function) {
  static_assert(!tree::is_masked_v<Tree>,
                "cumulus: a masked expression has no values to store; reduce it, or use where");
  if (e.shape() != target.shape) {
    e = e.mapped(map_broadcast(e.shape(), target.shape, function));
  }
  if (repeats_elements(target.op, target.shape)) {
    throw value_error(std::string(function) +
                      ": expected a view with distinct elements, got a "
                      "broadcast view of shape " +
                      to_string(target.shape));
  }
  using T = typename Tree::value_type;
  if (!any_hazard(target.op, std::span<leaf const>(e.leaves(), Tree::leaf_count), target.shape)) {
    detail::sweep_into(target, e);
    return;
  }
  expression<tree::array<T>, Space> copy{target.shape};
  leaf& l = *copy.leaves();
  l.owner = allocate<Space>(
      static_cast<std::size_t>(checked_size(target.shape, sizeof(T), function)) * sizeof(T));
  l.op = operand{.data = static_cast<std::byte const*>(l.owner.data()),
                 .item_bytes = sizeof(T),
                 .kind = leaf_kind::array};
  l.set_strides(row_major_strides(target.shape));
  detail::sweep_into({l.op, target.shape, l.owner.context()}, e);
  detail::sweep_into(target, copy);
}

}  // namespace cumulus::inline CUMULUS_TARGET
