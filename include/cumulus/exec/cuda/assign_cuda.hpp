// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise statements on a GPU: orders the stream, picks the case and launches its kernel.

#include "cumulus/exec/cuda/assign_body.hpp"
#include "cumulus/exec/cuda/general_body.hpp"
#include "cumulus/exec/cuda/launch_cuda.hpp"

namespace cumulus::inline CUMULUS_TARGET {
/// Orders the current stream for the operands of a kernel, the first of which are written, and
/// gives where gathers report, null if there are none. Throws: index_error if a gather selects from
/// an axis without elements.
CUMULUS_ONCE inline int* prepare_operands(stream_state& stream, std::span<operand const> operands,
                                          std::span<void* const> contexts, std::size_t written) {
  bool gathers = false;
  for (operand const& o : operands) {
    if (o.kind == leaf_kind::indirect) {
      gathers = true;
      index_t const extent = o.value_as<gather_extent>().extent;
      if (extent == 0) {
        raise<index_error>({"take: expected an axis with elements to select from, got extent 0"});
      }
    }
  }
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    use_cuda_block(contexts[i], stream, i < written);
  }
  return gathers ? bad_index_flag(stream.device) : nullptr;
}

/// The kernels of an elementwise statement.
struct assign_kernels {
  void const* packs;
  void const* general;
  assign_widths widths;
};

namespace detail {

/// What assign_cuda does for every statement alike. The arguments have room for more operands than
/// there are; a launch copies those that its kernel has.
inline void queue_assign(elementwise_plan const& sweep, std::span<operand const> operands,
                         std::span<void* const> contexts, assign_kernels const& kernels) {
  stream_state& stream = current_stream_state();
  int* const bad_index = prepare_operands(stream, operands, contexts, 1);
  assign_plan const plan = plan_assign(sweep, operands, kernels.widths);
  constexpr int most = 1 + max_leaves;
  if (plan.what == assign_case::general) {
    auto a = make_general_arguments<most>(sweep, operands, plan, bad_index);
    return launch_kernel("assign general", kernels.general, plan.launch, stream, &a);
  }
  auto a = make_packs_arguments<most>(sweep, operands, plan, bad_index);
  launch_kernel("assign packs", kernels.packs, plan.launch, stream, &a);
}

}  // namespace detail

/// Queues the evaluation of Tree into operands[0], as planned, on the current stream;
/// operands[1...] are its leaves. `contexts` are those of the operands' buffers, in the same order.
template <class Tree>
void assign_cuda(elementwise_plan const& sweep, std::span<operand const> operands,
                 std::span<void* const> contexts) {
  detail::queue_assign(
      sweep, operands, contexts,
      {kernel_of<packs_body<Tree>>(), kernel_of<general_body<Tree>>(), assign_widths_of<Tree>});
}

}  // namespace cumulus::inline CUMULUS_TARGET
