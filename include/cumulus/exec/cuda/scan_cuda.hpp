// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scans on a GPU: the launches of exec/cuda/scan_arguments.hpp on the current stream.

#include <vector>

#include "cumulus/exec/cuda/assign_cuda.hpp"
#include "cumulus/exec/cuda/scan_arguments.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Queues the scan of Tree as planned, on the current stream; operands are the output and the
/// leaves, `contexts` those of their buffers, in the same order.
template <class Tree, class S>
void scan_cuda(scan_plan const& plan, std::span<operand const> operands,
               std::span<void* const> contexts, S const& scanner) {
  stream_state& stream = current_stream_state();
  int* const bad_index = prepare_operands(stream, operands, contexts, 1);
  std::vector<buffer> totals;  // freed in the order of the stream
  scan_levels<Tree>(
      plan, operands, scanner, bad_index,
      [&]<class L>(index_t n, std::type_identity<L>) {
        totals.push_back(allocate_cuda(static_cast<std::size_t>(n) * sizeof(L)));
        return static_cast<L*>(totals.back().data());
      },
      [&]<class Body, class Arguments>(std::type_identity<Body>, Arguments const& a) {
        launch_cuda<Body>("scan", {blocks_for(a.work_blocks, 1), 256}, stream, a);
      });
}

}  // namespace cumulus::inline CUMULUS_TARGET
