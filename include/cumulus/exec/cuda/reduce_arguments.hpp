// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a reduction's plan to the launches of its kernels: how threads share a tile, how many
// blocks, and how much memory between them. Ordinary code, tested without a GPU.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/cuda/reduce_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// How the threads of a block share tiles.
enum class reduce_case {
  rows,     ///< a warp to a tile
  columns,  ///< neighbouring outputs beside each other
};

inline char const* name_of(reduce_case c) { return c == reduce_case::rows ? "rows" : "columns"; }

/// Short sums along memory also go beside each other, where a warp would have idle threads.
inline reduce_case case_of(reduce_plan const& plan) {
  constexpr index_t short_length = 16;
  bool const idle_warp = plan.length <= short_length && plan.outputs > 1;
  return plan.across || idle_warp ? reduce_case::columns : reduce_case::rows;
}

/// Tiles of each output, of all groups together; an empty reduction has one of no elements.
inline index_t tiles_of(reduce_plan const& plan) {
  if (plan.groups != nullptr) {
    return plan.groups->plan->tiles();
  }
  return plan.tiles() > 0 ? plan.tiles() : 1;
}

/// True if results are made of several tiles, which a merge joins.
inline bool merges(reduce_plan const& plan) { return plan.tiles() > 1; }

inline index_t work_blocks_of(reduce_plan const& plan) {
  index_t const tiles = tiles_of(plan);
  if (case_of(plan) == reduce_case::rows) {
    return (plan.outputs * tiles + tiles_of_a_block - 1) / tiles_of_a_block;
  }
  return (plan.outputs + outputs_of_a_block - 1) / outputs_of_a_block * tiles;
}

template <class Tree, class Reducer>
tile_arguments<Tree, Reducer> make_reduce_arguments(reduce_plan const& plan,
                                                    std::span<operand const> operands,
                                                    Reducer const& reducer, int* bad_index,
                                                    tile_summary<Reducer>* partial) {
  using arguments = tile_arguments<Tree, Reducer>;
  constexpr int count = arguments::count;
  operand all[count];
  plain::copy(operands.begin(), operands.end(), all);
  int const last = plan.kept_rank + plan.reduced_rank - 1;
  bool const has_last = plan.reduced_rank > 0;
  bool const rows = case_of(plan) == reduce_case::rows;
  arguments a{.operands = make_kernel_operands<count>(
                  plan.kept_rank + (has_last ? plan.reduced_rank : 1), plan.extent, all, bad_index),
              .step = {},
              .row = divider(has_last ? plan.extent[last] : 1),
              .kept = plan.kept_rank,
              .reduced = plan.reduced_rank,
              .strands = rows ? 32 : 8,
              .has_mask = plan.has_mask,
              .members = plan.members,
              .group = {},
              .outputs = plan.outputs,
              .length = plan.length,
              .tiles = tiles_of(plan),
              .by_tiles = divider(tiles_of(plan)),
              .partial = partial,
              .work_blocks = work_blocks_of(plan),
              .reducer = reducer};
  if (plan.groups != nullptr) {
    a.group = {plan.groups->level(0), plan.groups->level(1), plan.groups->plan->groups(),
               plan.groups->stride * operands[0].item_bytes};
  }
  for (int k = 0; k < count; ++k) {
    a.step[k] = has_last ? all[k].stride[last] : 0;
  }
  // Neighbouring threads store neighbouring summaries.
  a.output_stride = rows ? a.tiles : 1;
  a.tile_stride = rows ? 1 : a.outputs;
  return a;
}

/// The first merge after the tiles of `a`, which go to `to` or, if one chunk holds them, to the
/// result.
template <class Tree, class Reducer>
merge_arguments<Reducer> make_merge_arguments(tile_arguments<Tree, Reducer> const& a,
                                              group_table const* groups) {
  merge_arguments<Reducer> m{.operands = {},
                             .kept = a.kept,
                             .outputs = a.outputs,
                             .tiles = a.tiles,
                             .from = a.partial,
                             .output_stride = a.output_stride,
                             .tile_stride = a.tile_stride,
                             .table = groups,
                             .reducer = a.reducer};
  m.operands.of[0] = a.operands.of[0];
  m.operands.rank = a.operands.rank;
  plain::copy(a.operands.extent, a.operands.extent + max_rank, m.operands.extent);
  return m;
}

/// Sets the grid of the merge of a level, 1 for the tiles.
template <class Reducer> void plan_merge(merge_arguments<Reducer>& m, int level) {
  if (m.table != nullptr) {
    group_plan const& plan = *m.table->plan;
    m.group = {m.table->level(level), m.table->level(level + 1), plan.groups(),
               m.table->stride * m.operands.of[0].item_bytes};
    m.chunk = merge_chunk(plan.most(level));
    m.chunks = plan.level(level + 1).back();
    m.last = plan.most(level + 1) == 1;
  } else {
    m.chunk = merge_chunk(m.tiles);
    m.chunks = (m.tiles + m.chunk - 1) / m.chunk;
    m.last = m.chunks == 1;
  }
  m.by_chunks = divider(m.chunks);
  index_t const beside = 256 / m.chunk;
  m.work_blocks = (m.outputs + beside - 1) / beside * m.chunks;
}

/// Calls merge(m) for one level of chunks after another; `m` then reads what the last one wrote.
/// allocate(n) gives memory for n summaries.
template <class Reducer, class Allocate, class Merge>
void merge_levels(merge_arguments<Reducer> m, Allocate const& allocate, Merge const& merge) {
  for (int level = 1;; ++level) {
    plan_merge(m, level);
    m.to = m.last ? nullptr : allocate(m.outputs * m.chunks);
    merge(m);
    if (m.last) {
      return;
    }
    m.from = m.to;
    m.output_stride = m.chunks;
    m.tile_stride = 1;
    m.tiles = m.chunks;
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
