// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel body of elementwise statements at any step and alignment, as general_plan shares them
// out. Arrays that are transposed against the output are read along their own neighbours into tiles
// of shared memory, and from there along the output's.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/cuda/assign_plan.hpp"
#include "cumulus/exec/cuda/staged_tile.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <int Count> struct general_arguments {
  lane_layout lanes;
  index_t work_blocks = 0;
  int shared_bytes = 0;
  kernel_operands<Count> operands;
};

/// Arguments for the operands of a statement, at most Count.
template <int Count>
general_arguments<Count> make_general_arguments(elementwise_plan const& plan,
                                                std::span<operand const> operands,
                                                assign_plan const& decided, int* bad_index) {
  general_plan const& g = decided.general;
  general_arguments<Count> a;
  operand moved[Count];
  plain::copy(operands.begin(), operands.end(), moved);
  std::span<operand> const all(moved, operands.size());
  index_t extent[max_rank];
  static_cast<lane_shape&>(a.lanes) = lay_out_lanes(g, plan, all, extent, a.lanes.steps);
  set_kernel_operands(a.operands, a.operands.of, plan.rank, extent, all, bad_index);
  int const threads = decided.launch.threads;
  a.work_blocks = g.tile > 0 ? g.items : (g.items + threads - 1) / threads;
  a.shared_bytes = decided.launch.shared_bytes;
  return a;
}

template <class Tree> struct general_body {
  using arguments = general_arguments<1 + Tree::leaf_count>;
  struct thread_state {};
  /// The tiles, one array after the other.
  using shared_memory = std::byte;
  static constexpr int phases = 2;
  static constexpr int count = 1 + Tree::leaf_count;

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, arguments const& a, thread_state&,
                        std::byte& shared) const {
    bool const tiled = a.lanes.tile_shift >= 0;
    if (phase == 0) {
      if (tiled) {
        constexpr bool narrow = narrowest_v<Tree> < 4;
        stage_tile<narrow>(at, a.lanes, a.operands, a.operands.of + 1, count - 1, &shared);
      }
      return;
    }
    index_t const item = tiled ? at.block : at.in_grid();
    if (item >= a.lanes.items) {
      return;
    }
    lane_place const p(a.lanes, item);
    index_t offset[count] = {};
    index_t const along = add_offsets(a.operands, 0, a.operands.rank - 1, p.row, offset);
    // The lanes of a thread: first, first + distance, … below end.
    index_t first = a.lanes.along_row ? p.column : along;
    index_t end = a.lanes.extent;
    index_t distance = a.lanes.distance;
    index_t column = 0;  // of the thread in its tile
    if (tiled) {
      column = at.thread & ((1 << a.lanes.tile_shift) - 1);
      if (column >= p.columns_left(a.lanes)) {
        return;
      }
      first = at.thread >> a.lanes.tile_shift;
      end = lanes_left(a.lanes, along);
      distance = at.threads >> a.lanes.tile_shift;
    }
    std::byte const* begin[count];
    row_cursor<count - 1> leaves;
    leaves.operands = a.operands.of + 1;
    leaves.bad_index = a.operands.bad_index;
    CUMULUS_UNROLL
    for (int k = 0; k < count; ++k) {
      begin[k] =
          displaced(a.operands.of[k].data, offset[k] + p.column * a.lanes.steps[k].memory_bytes);
    }
    if (tiled) {
      CUMULUS_UNROLL
      for (int k = 0; k < count; ++k) {
        lane_steps const& steps = a.lanes.steps[k];
        if (k > 0 && steps.tile >= 0) {
          begin[k] = &shared + steps.tile;
        }
        begin[k] = displaced(begin[k], first * steps.lane_bytes + column * steps.column_bytes);
      }
    }
    CUMULUS_UNROLL
    for (int k = 1; k < count; ++k) {
      leaves.at[k - 1] = begin[k];
      leaves.step[k - 1] = a.lanes.steps[k].lane * distance;
    }
    store_lanes(leaves, const_cast<std::byte*>(begin[0]), a.lanes.steps[0].lane * distance, first,
                distance, end);
  }

 private:
  using T = typename Tree::value_type;
  using Lanes = pack_policy<lanes_in_flight<Tree>, false>;

  static CUMULUS_HD void store_lanes(row_cursor<count - 1> const& leaves, std::byte* out,
                                     index_t out_step, index_t first, index_t distance,
                                     index_t end) {
    CUMULUS_NO_UNROLL
    for (index_t position = 0; first < end; position += Lanes::size) {
      int valid = 1;
      CUMULUS_UNROLL
      for (int l = 1; l < Lanes::size; ++l) {
        valid += first + l * distance < end ? 1 : 0;
      }
      store<T, Lanes, access::strided>(
          out, out_step, position, valid,
          evaluate_lanes<Tree, Lanes, access::strided>(leaves, position, valid));
      first += Lanes::size * distance;
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
