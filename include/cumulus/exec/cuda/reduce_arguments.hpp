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

/// What the kernels of a reduction are handed: the parts of their arguments that do not depend on
/// what is reduced.
struct tile_parts {
  tile_layout& layout;
  kernel_axes& axes;
  operand* operands;  ///< the output, the leaves and, if planned, the mask
  index_t* step;

  template <class Tree, class Reducer>
  explicit tile_parts(tile_arguments<Tree, Reducer>& a)
      : layout(a), axes(a.operands), operands(a.operands.of), step(a.step) {}
};

CUMULUS_ONCE inline void lay_out_tiles(tile_parts const& to, reduce_plan const& plan,
                                       std::span<operand const> operands, int* bad_index,
                                       void* partial) {
  int const last = plan.kept_rank + plan.reduced_rank - 1;
  bool const has_last = plan.reduced_rank > 0;
  set_kernel_operands(to.axes, to.operands, plan.kept_rank + (has_last ? plan.reduced_rank : 1),
                      plan.extent, operands, bad_index);
  if (!plan.has_mask) {
    to.operands[operands.size()] = operand{};  // where a mask would be: of no use, but of a value
  }
  for (std::size_t k = 0; k < operands.size(); ++k) {
    to.step[k] = has_last ? operands[k].stride[last] : 0;
  }
  bool const rows = case_of(plan) == reduce_case::rows;
  tile_layout& a = to.layout;
  a.row = divider(has_last ? plan.extent[last] : 1);
  a.kept = plan.kept_rank;
  a.reduced = plan.reduced_rank;
  a.strands = rows ? 32 : 8;
  a.has_mask = plan.has_mask;
  a.members = plan.members;
  if (plan.groups != nullptr) {
    a.group = {plan.groups->level(0), plan.groups->level(1), plan.groups->plan->groups(),
               plan.groups->stride * operands[0].item_bytes};
  }
  a.outputs = plan.outputs;
  a.length = plan.length;
  a.tiles = tiles_of(plan);
  a.by_tiles = divider(a.tiles);
  a.partial = partial;
  // Neighbouring threads store neighbouring summaries.
  a.output_stride = rows ? a.tiles : 1;
  a.tile_stride = rows ? 1 : a.outputs;
  a.work_blocks = work_blocks_of(plan);
}

namespace detail {

/// Sets the grid of the merge of a level, 1 for the tiles.
inline void plan_merge(merge_layout& m, int level) {
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

}  // namespace detail

/// Merges the tiles that were laid out in `from`: calls merge() for one level of chunks after
/// another with `m` set for it, until one chunk holds all and goes to the result. allocate(n) gives
/// memory for n summaries.
template <class Allocate, class Merge>
void merge_levels(merge_layout& m, tile_parts const& from, group_table const* groups,
                  Allocate const& allocate, Merge const& merge) {
  m.operands.of[0] = from.operands[0];
  m.operands.rank = from.axes.rank;
  plain::copy(from.axes.extent, from.axes.extent + max_rank, m.operands.extent);
  m.kept = from.layout.kept;
  m.outputs = from.layout.outputs;
  m.tiles = from.layout.tiles;
  m.from = from.layout.partial;
  m.output_stride = from.layout.output_stride;
  m.tile_stride = from.layout.tile_stride;
  m.table = groups;
  for (int level = 1;; ++level) {
    detail::plan_merge(m, level);
    m.to = m.last ? nullptr : allocate(m.outputs * m.chunks);
    merge();
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
