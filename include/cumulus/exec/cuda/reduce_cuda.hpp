// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions on a GPU: the tiles in one launch, and the merge of the tiles where there are several.

#include <vector>

#include "cumulus/exec/cuda/assign_cuda.hpp"
#include "cumulus/exec/cuda/reduce_arguments.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// Memory of the pool for `n` summaries; it is freed in the order of the stream.
template <class Reducer> buffer allocate_summaries(index_t n) {
  return allocate_cuda(static_cast<std::size_t>(n) * sizeof(tile_summary<Reducer>));
}

/// Depends on the reducer alone, so that one merge serves every expression.
template <class Reducer>
void queue_merge(merge_arguments<Reducer> const& first, stream_state const& stream) {
  buffer held[2];
  int next = 0;
  merge_levels(
      first,
      [&](index_t n) {
        held[next] = allocate_summaries<Reducer>(n);
        void* const data = held[next].data();
        next = 1 - next;
        return static_cast<tile_summary<Reducer>*>(data);
      },
      [&](merge_arguments<Reducer> const& m) {
        launch_cuda<merge_body<Reducer>>("merge tiles", {blocks_for(m.work_blocks, 1), 256}, stream,
                                         m);
      });
}

}  // namespace detail

/// Queues the reduction of Tree as planned, on the current stream; operands are the output, the
/// leaves and, if planned, the mask. `contexts` are those of the operands' buffers, in the same
/// order.
template <class Tree, class Reducer>
void reduce_cuda(reduce_plan const& plan, std::span<operand const> operands,
                 std::span<void* const> contexts, Reducer const& reducer) {
  stream_state& stream = current_stream_state();
  int* const bad_index = prepare_operands(stream, operands, contexts, 1);
  buffer const partial =
      merges(plan) ? detail::allocate_summaries<Reducer>(plan.outputs * tiles_of(plan)) : buffer();
  auto const a = make_reduce_arguments<Tree>(plan, operands, reducer, bad_index,
                                             static_cast<tile_summary<Reducer>*>(partial.data()));
  launch_shape const shape{blocks_for(a.work_blocks, 1), 256};
  launch_cuda<tile_body<Tree, Reducer>>("reduce tiles", shape, stream, a);
  if (merges(plan)) {
    detail::queue_merge(make_merge_arguments(a, plan.groups), stream);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
