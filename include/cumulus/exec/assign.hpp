// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise evaluation: plans a sweep, finds overlap, and calls the loops of the space.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/copy.hpp"
#include "cumulus/exec/plan/overlap.hpp"
#include "cumulus/expr/expression.hpp"

#if !defined(__CUDA_ARCH__)  // the pass for kernels calls no loop of the host
#  include "cumulus/exec/host/assign_host.hpp"
#endif
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

/// The loops that write the elements of one type of expression. What surrounds them (broadcasting,
/// overlap, plans) is ordinary code that no expression instantiates.
struct sweep_functions {
  /// operands: the output, then the leaves; contexts: those of their buffers.
  using loop = void (*)(elementwise_plan const&, std::span<operand const> operands,
                        void* const* contexts);
  loop evaluate;  ///< writes the expression
  loop copy;      ///< writes an array of the same element type
  buffer (*allocate)(std::size_t bytes);
  int item_bytes;
  bool may_throw;  ///< a functor, or an index out of range
};

namespace detail {

template <class Tree, class Space>
void sweep(elementwise_plan const& plan, std::span<operand const> operands,
           [[maybe_unused]] void* const* contexts) {
  if constexpr (std::is_same_v<Space, host>) {
#if !defined(__CUDA_ARCH__)
    assign_host(plan, operands, row_evaluator_of<Tree>);
#endif
  } else {
#if CUMULUS_HAS_CUDA
    assign_cuda<Tree>(plan, operands, std::span<void* const>(contexts, operands.size()));
#else
    static_assert(
        std::is_same_v<Space, host>,
        "cumulus: this expression reads CUDA arrays, so the file must be compiled as CUDA "
        "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

/// Plans and runs one loop over leaves that have strides over the output's shape.
[[gnu::noinline]] inline void plan_and_sweep(sweep_functions::loop loop, shape const& s,
                                             std::span<operand> operands, void* const* contexts) {
  elementwise_plan const plan = plan_elementwise(s, operands);
  if (plan.what != sweep::empty) {
    loop(plan, operands, contexts);
  }
}

}  // namespace detail

/// True if evaluating an element may throw.
template <class Tree> inline constexpr bool may_throw_v = false;
template <class T> inline constexpr bool may_throw_v<tree::gather<T>> = true;
template <class Op, class R, class... Children>
inline constexpr bool may_throw_v<tree::apply<Op, R, Children...>> = (may_throw_v<Children> || ...);
template <class F, class R, class... Children>
inline constexpr bool may_throw_v<tree::map<F, R, Children...>> =
    !std::is_nothrow_invocable_v<F const&, compute_t<typename Children::value_type>...> ||
    (may_throw_v<Children> || ...);

/// The loops of an expression type in a space.
template <class Tree, class Space>
inline constexpr sweep_functions sweep_functions_of = {
    detail::sweep<Tree, Space>, detail::sweep<tree::array<typename Tree::value_type>, Space>,
    allocate<Space>, sizeof(typename Tree::value_type), may_throw_v<Tree>};

/// Makes `o` the operand over `s` of a leaf over `extents`.
inline void set_operand(operand& o, leaf const& l, shape const& extents, shape const& s,
                        char const* function) {
  o = l.op;
  if (extents != s) {
    strides const st = broadcast_strides(extents, l.strides_over(extents.rank()), s, function);
    plain::copy_n(st.begin(), st.rank(), o.stride);
  }
}

/// How many of the leaves refer to `owner`.
inline std::int64_t references_among(std::span<leaf const> leaves, buffer const& owner) {
  std::int64_t count = 0;
  for (leaf const& l : leaves) {
    count += l.owner == owner ? 1 : 0;
  }
  return count;
}

/// Writes leaves of shape `s` to the target, broadcast to its shape, through a temporary if the
/// target overlaps what is read. `separate` tells that it does not, and repeats no element.
CUMULUS_ONCE inline void assign_leaves(assign_target const& target, std::span<leaf const> leaves,
                                       shape const& s, sweep_functions const& functions,
                                       char const* function, bool separate = false) {
  alignas(64) operand operands[1 + max_leaves];  // threads fetch few lines of the cache
  void* contexts[1 + max_leaves];
  address_range const written = separate ? address_range{} : addresses(target.op, target.shape);
  bool hazard = false;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    leaf const& l = leaves[i];
    operand& o = operands[1 + i];
    set_operand(o, l, s, target.shape, function);
    contexts[1 + i] = l.owner.context();
    hazard = hazard || (!separate && is_hazard(target.op, written, o, l.owner, target.shape));
  }
  if (!separate && repeats_elements(target.op, target.shape)) {
    raise<value_error>({function,
                        ": expected a view with distinct elements, got a broadcast view of shape ",
                        target.shape});
  }
  std::span<operand> const all(operands, 1 + leaves.size());
  operands[0] = target.op;
  contexts[0] = target.context;
  if (!hazard) {
    detail::plan_and_sweep(functions.evaluate, target.shape, all, contexts);
    return;
  }
  std::size_t const item = static_cast<std::size_t>(functions.item_bytes);
  buffer const storage = functions.allocate(
      static_cast<std::size_t>(checked_size(target.shape, item, function)) * item);
  operand const copy =
      array_operand(storage.data(), functions.item_bytes, row_major_strides(target.shape));
  operands[0] = copy;
  contexts[0] = storage.context();
  detail::plan_and_sweep(functions.evaluate, target.shape, all, contexts);
  operand back[2] = {target.op, copy};
  void* const back_contexts[2] = {target.context, storage.context()};
  detail::plan_and_sweep(functions.copy, target.shape, back, back_contexts);
}

/// Writes the elements of `e`, broadcast to the target's shape.
/// Throws: shape_error if e cannot be broadcast; value_error if the target repeats elements. The
/// target is unchanged when the evaluation into a temporary throws.
template <class Tree, class Space>
void assign(assign_target const& target, expression<Tree, Space> const& e, char const* function) {
  static_assert(!tree::is_masked_v<Tree>,
                "cumulus: a masked expression has no values to store; reduce it, or use where");
  assign_leaves(target, std::span<leaf const>(e.leaves(), Tree::leaf_count), e.shape(),
                sweep_functions_of<Tree, Space>, function);
}

}  // namespace cumulus::inline CUMULUS_TARGET
