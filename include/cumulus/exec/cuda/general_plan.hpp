// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the general kernel of an elementwise statement shares its elements out: a thread takes a few
// that lie far apart along one axis, so that it looks up a row once for all of them while its
// neighbours read what lies beside. Decided and tested without a GPU.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/cuda/kernel_body.hpp"
#include "cumulus/exec/plan/elementwise_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Either threads take lanes of the whole sweep, or blocks take tiles of two axes, which arrays
/// that have their neighbours along the other axis pass on their way.
struct general_plan {
  int axis = 0;          ///< along which the lanes of a thread lie
  index_t distance = 1;  ///< positions from one lane to the next, unless there are tiles
  int tile = 0;          ///< positions of a tile along either axis, a power of two; 0: no tiles
  int tile_bytes = 0;    ///< of the arrays that are transposed, together
  index_t items = 0;     ///< groups of lanes, or tiles
  index_t row = 1;       ///< items of one row
};

namespace detail {

/// Entry `axis` goes to the front; those before it move up.
inline void to_front(index_t* list, int axis) {
  index_t const first = list[axis];
  for (int k = axis; k > 0; --k) {
    list[k] = list[k - 1];
  }
  list[0] = first;
}

/// Bytes from one row of a tile to the next: one word more than it holds, so that neither rows nor
/// columns meet in one bank.
CUMULUS_HD inline int tile_pitch(int tile, int item_bytes) {
  return tile * item_bytes + (item_bytes < 4 ? 4 : item_bytes);
}

/// Tiles of 32, which give whole lines of 4 bytes and more; of 64 for narrower elements. Where many
/// arrays are transposed they are smaller, so that a multiprocessor still holds many blocks.
inline void choose_tile(general_plan& g, elementwise_plan const& plan,
                        std::span<operand const> operands) {
  constexpr int most_bytes = 17 * 1024;
  int widest = 0;
  for (operand const& o : operands) {
    if (plan.is_transposed(o, plan.other_axis)) {
      widest = o.item_bytes > widest ? o.item_bytes : widest;
    }
  }
  g.axis = plan.other_axis;
  g.tile = widest <= 2 || operands[0].item_bytes <= 2 ? 64 : 32;
  for (;; g.tile /= 2) {
    g.tile_bytes = 0;
    for (operand const& o : operands) {
      if (plan.is_transposed(o, plan.other_axis)) {
        // Each begins at a multiple of 16 bytes.
        g.tile_bytes += (g.tile * tile_pitch(g.tile, o.item_bytes) + 15) / 16 * 16;
      }
    }
    if (g.tile_bytes <= most_bytes) {
      break;
    }
  }
  g.row = (plan.row_length() + g.tile - 1) / g.tile;
  index_t const columns = (plan.extent[g.axis] + g.tile - 1) / g.tile;
  g.items = plan.size / plan.row_length() / plan.extent[g.axis] * g.row * columns;
}

/// The longest axis has the lanes, because the last of them are the only ones that may be missing.
inline void choose_lanes(general_plan& g, elementwise_plan const& plan, int lanes) {
  for (int k = 1; k < plan.rank; ++k) {
    g.axis = plan.extent[k] >= plan.extent[g.axis] ? k : g.axis;
  }
  index_t const extent = plan.extent[g.axis];
  bool const along_row = g.axis == plan.rank - 1;
  g.distance = (extent + lanes - 1) / lanes;
  if (along_row && g.distance >= 1024) {
    // Every lane of a warp begins where its first one does in a line.
    g.distance = (g.distance + 31) / 32 * 32;
  }
  g.row = along_row ? g.distance : plan.row_length();
  g.items = plan.size / extent * g.distance;
}

}  // namespace detail

/// Decides for threads that take `lanes` elements each.
inline general_plan plan_general(elementwise_plan const& plan, std::span<operand const> operands,
                                 int lanes) {
  general_plan g;
  if (plan.what == sweep::transposed) {
    detail::choose_tile(g, plan, operands);
  } else {
    detail::choose_lanes(g, plan, lanes);
  }
  return g;
}

/// What the kernel knows of this beside its operands, whose first axis is that of the lanes unless
/// the lanes lie along the row.
struct lane_shape {
  index_t items = 0;
  divider row;             ///< items of one row
  index_t extent = 1;      ///< of the axis of the lanes
  index_t columns = 1;     ///< of the whole row
  index_t distance = 1;    ///< as in the plan
  bool along_row = false;  ///< the lanes lie along the row
  int tile_shift = -1;     ///< 2^tile_shift positions of a tile; -1: no tiles
};

/// Steps of one array, in its tile if it has one.
struct lane_steps {
  index_t lane = 0;          ///< elements between neighbours along the axis of the lanes
  index_t lane_bytes = 0;    ///< bytes between them
  index_t column_bytes = 0;  ///< bytes between neighbours along the row
  index_t memory_bytes = 0;  ///< bytes between those in memory, where it has a tile too
  int tile = -1;             ///< where its tile begins in shared memory; -1: it has none
};

/// Room for the steps of as many operands as a statement may have.
struct lane_layout : lane_shape {
  lane_steps steps[1 + max_leaves];
};

/// Brings the axis of the lanes to the front of the operands and their extents.
inline lane_shape lay_out_lanes(general_plan const& g, elementwise_plan const& plan,
                                std::span<operand> operands, index_t (&extent)[max_rank],
                                lane_steps* steps) {
  lane_shape result;
  int const last = plan.rank - 1;
  result.items = g.items;
  result.row = divider(g.row);
  result.extent = plan.extent[g.axis];
  result.columns = plan.row_length();
  result.distance = g.distance;
  result.along_row = g.axis == last;
  while (g.tile > 0 && (result.tile_shift < 0 || 1 << result.tile_shift < g.tile)) {
    ++result.tile_shift;
  }
  int tile_begin = 0;
  for (operand& o : operands) {
    lane_steps& step = *steps++;
    index_t const item = o.item_bytes;
    step.lane = o.stride[g.axis];
    step.memory_bytes = step.column_bytes = o.stride[last] * item;
    step.tile = -1;
    if (g.tile > 0 && plan.is_transposed(o, g.axis)) {
      int const pitch = detail::tile_pitch(g.tile, o.item_bytes);
      step.lane = pitch / item;
      step.column_bytes = item;
      step.tile = tile_begin;
      tile_begin += (g.tile * pitch + 15) / 16 * 16;
    }
    step.lane_bytes = step.lane * item;
    if (!result.along_row) {
      detail::to_front(o.stride, g.axis);
      o.stride[0] *= g.tile > 0 ? g.tile : 1;
    }
  }
  plain::copy(plan.extent, plan.extent + max_rank, extent);
  if (!result.along_row) {
    detail::to_front(extent, g.axis);
  }
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
