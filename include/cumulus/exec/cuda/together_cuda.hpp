// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several statements over one shape on a GPU, in one kernel.

#include "cumulus/exec/cuda/assign_cuda.hpp"
#include "cumulus/exec/cuda/together_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Queues the evaluation of the trees over `s` on the current stream; operands are the outputs,
/// then the leaves of each tree in turn, and `contexts` those of their buffers.
template <class... Tree>
void assign_together_cuda(shape const& s, std::span<operand> operands,
                          std::span<void* const> contexts) {
  elementwise_plan const joint = plan_elementwise(s, operands);
  if (joint.what == sweep::empty) {
    return;
  }
  stream_state& stream = current_stream_state();
  int* const bad_index = prepare_operands(stream, operands, contexts, sizeof...(Tree));
  assign_plan const plan = plan_together<Tree...>(joint, operands);
  auto const a = make_together_arguments<Tree...>(joint, operands, plan, bad_index);
  if (plan.what == assign_case::packs) {
    launch_cuda<together_packs_body<Tree...>>("assign packs together", plan.launch, stream, a);
  } else {
    launch_cuda<together_elements_body<Tree...>>("assign elements together", plan.launch, stream,
                                                 a);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
