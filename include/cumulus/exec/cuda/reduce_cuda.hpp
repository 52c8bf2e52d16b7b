// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions on a GPU: the tiles in one launch, and the merge of the tiles where there are several.

#include "cumulus/exec/cuda/assign_cuda.hpp"
#include "cumulus/exec/cuda/reduce_arguments.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The kernels of a reduction, and their arguments, which begin with their layouts.
struct reduce_kernels {
  void const* tiles;
  void const* merge;
  std::size_t summary_bytes;
  tile_parts parts;
  merge_layout& merging;
};

namespace detail {

/// What reduce_cuda does for every reduction alike.
CUMULUS_ONCE inline void queue_reduction(reduce_plan const& plan, std::span<operand const> operands,
                                         std::span<void* const> contexts,
                                         reduce_kernels const& kernels) {
  stream_state& stream = current_stream_state();
  int* const bad_index = prepare_operands(stream, operands, contexts, 1);
  // Memory of the pool; it is freed in the order of the stream.
  auto const allocate_summaries = [&](index_t n) {
    return allocate_cuda(static_cast<std::size_t>(n) * kernels.summary_bytes);
  };
  buffer const partial =
      merges(plan) ? allocate_summaries(plan.outputs * tiles_of(plan)) : buffer();
  lay_out_tiles(kernels.parts, plan, operands, bad_index, partial.data());
  launch_kernel("reduce tiles", kernels.tiles,
                {blocks_for(kernels.parts.layout.work_blocks, 1), 256}, stream,
                &kernels.parts.layout);
  if (!merges(plan)) {
    return;
  }
  buffer held[2];
  int next = 0;
  merge_levels(
      kernels.merging, kernels.parts, plan.groups,
      [&](index_t n) {
        held[next] = allocate_summaries(n);
        void* const data = held[next].data();
        next = 1 - next;
        return data;
      },
      [&] {
        launch_kernel("merge tiles", kernels.merge,
                      {blocks_for(kernels.merging.work_blocks, 1), 256}, stream, &kernels.merging);
      });
}

}  // namespace detail

/// Queues the reduction of Tree as planned, on the current stream; operands are the output, the
/// leaves and, if planned, the mask. `contexts` are those of the operands' buffers, in the same
/// order.
template <class Tree, class Reducer>
void reduce_cuda(reduce_plan const& plan, std::span<operand const> operands,
                 std::span<void* const> contexts, Reducer const& reducer) {
  tile_arguments<Tree, Reducer> tiles(reducer);
  merge_arguments<Reducer> merging(reducer);
  detail::queue_reduction(plan, operands, contexts,
                          {kernel_of<tile_body<Tree, Reducer>>(), kernel_of<merge_body<Reducer>>(),
                           sizeof(tile_summary<Reducer>), tile_parts(tiles), merging});
}

}  // namespace cumulus::inline CUMULUS_TARGET
