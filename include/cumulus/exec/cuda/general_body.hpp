// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel body of elementwise statements at any step and alignment, as general_plan shares them
// out. Arrays that are transposed against the output are read along their own neighbours into tiles
// of shared memory, and from there along the output's.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/cuda/assign_plan.hpp"

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

namespace detail {

/// One array of one tile: from memory, side by side along the axis of the lanes, to rows side by
/// side in shared memory. A warp reads neighbouring words, four at a time.
struct staged_array {
  std::byte const* from;
  index_t row_bytes;  ///< in memory, from one row to the next
  std::byte* to;
  int item_bytes;
  int tile_shift;
  int lanes;    ///< of the tile that exist
  int columns;  ///< likewise

  /// A thread has one word of a row, of several rows; of more words where there are fewer threads
  /// than a row has words.
  template <int WordBytes> CUMULUS_HD void stage(int thread, int threads) const {
    int shift = 0;  // words of an element: 2^shift
    while (WordBytes << shift < item_bytes) {
      ++shift;
    }
    int const row_shift = tile_shift + shift;
    int const words = 1 << row_shift;
    int const step = threads < words ? 1 : threads >> row_shift;
    constexpr int in_flight = 4;
    CUMULUS_NO_UNROLL
    for (int part = thread & (words - 1); part >> shift < lanes; part += threads) {
      int const lane = part >> shift;
      std::byte const* const read = displaced(from, part * WordBytes);
      std::byte* const write = to + lane * tile_pitch(1 << tile_shift, item_bytes) +
                               (part - (lane << shift)) * WordBytes;
      CUMULUS_NO_UNROLL
      for (int column = thread >> row_shift; column < columns; column += in_flight * step) {
        alignas(WordBytes) std::byte word[in_flight][WordBytes];
        // Behind the last row that one is read again, so that no branch stands between the loads.
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          int const c = column + u * step;
          copy_word<WordBytes>(word[u],
                               displaced(read, (c < columns ? c : columns - 1) * row_bytes));
        }
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          int const c = column + u * step;
          if (c < columns) {
            copy_word<WordBytes>(write + c * item_bytes, word[u]);
          }
        }
      }
    }
  }
};

}  // namespace detail

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
        stage(at, a, &shared);
      }
      return;
    }
    index_t const item = tiled ? at.block : at.in_grid();
    if (item >= a.lanes.items) {
      return;
    }
    place const p(a, item);
    index_t offset[count] = {};
    index_t const along = add_offsets(a.operands, 0, a.operands.rank - 1, p.row, offset);
    // The lanes of a thread: first, first + distance, … below end.
    index_t first = a.lanes.along_row ? p.column : along;
    index_t end = a.lanes.extent;
    index_t distance = a.lanes.distance;
    index_t column = 0;  // of the thread in its tile
    if (tiled) {
      column = at.thread & ((1 << a.lanes.tile_shift) - 1);
      if (column >= p.columns_left(a)) {
        return;
      }
      first = at.thread >> a.lanes.tile_shift;
      end = lanes_left(a, along);
      distance = at.threads >> a.lanes.tile_shift;
    }
    std::byte const* begin[count];
    row_cursor<count - 1> leaves;
    leaves.operands = a.operands.of + 1;
    leaves.bad_index = a.operands.bad_index;
    CUMULUS_UNROLL
    for (int k = 0; k < count; ++k) {
      operand const& o = a.operands.of[k];
      begin[k] =
          displaced(o.data, offset[k] + p.column * o.stride[a.operands.rank - 1] * o.item_bytes);
    }
    if (tiled) {
      CUMULUS_UNROLL
      for (int k = 0; k < count; ++k) {
        lane_steps const& steps = a.lanes.steps[k];
        if (k > 0 && steps.tile >= 0) {
          begin[k] = &shared + steps.tile;
        }
        begin[k] = displaced(
            begin[k], (first * steps.lane + column * steps.row) * a.operands.of[k].item_bytes);
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

  /// Where an item begins in the sweep without its lanes.
  struct place {
    index_t row;
    index_t column;  ///< of the whole row

    CUMULUS_HD place(arguments const& a, index_t item)
        : row(a.lanes.row.quotient(item)), column(item - row * a.lanes.row.by) {
      if (a.lanes.tile_shift >= 0) {
        column <<= a.lanes.tile_shift;
      }
    }
    CUMULUS_HD int columns_left(arguments const& a) const {
      return left(a, a.lanes.columns - column);
    }
  };
  /// Of the tile whose number along the axis of the lanes is `tile`.
  static CUMULUS_HD int lanes_left(arguments const& a, index_t tile) {
    return left(a, a.lanes.extent - (tile << a.lanes.tile_shift));
  }
  static CUMULUS_HD int left(arguments const& a, index_t rest) {
    index_t const tile = index_t{1} << a.lanes.tile_shift;
    return static_cast<int>(rest < tile ? rest : tile);
  }

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
          evaluate<Tree, Lanes, access::strided>(leaves, position, valid));
      first += Lanes::size * distance;
    }
  }

  /// Only one array is looked at at a time, so that the code of it is there once.
  static CUMULUS_HD void stage(thread_coordinates const& at, arguments const& a,
                               std::byte* shared) {
    place const p(a, at.block);
    CUMULUS_NO_UNROLL
    for (int k = 1; k < count; ++k) {
      if (a.lanes.steps[k].tile < 0) {
        continue;
      }
      operand const& o = a.operands.of[k];
      detail::staged_array array;
      array.row_bytes = o.stride[a.operands.rank - 1] * o.item_bytes;
      index_t offset = p.column * array.row_bytes;
      index_t along = p.row;
      CUMULUS_NO_UNROLL
      for (int axis = a.operands.rank - 2; axis > 0; --axis) {
        index_t const rest = a.operands.extent[axis].quotient(along);
        offset += (along - rest * a.operands.extent[axis].by) * o.stride[axis];
        along = rest;
      }
      array.from = displaced(o.data, offset + along * o.stride[0]);
      array.to = shared + a.lanes.steps[k].tile;
      array.item_bytes = o.item_bytes;
      array.tile_shift = a.lanes.tile_shift;
      array.lanes = lanes_left(a, along);
      array.columns = p.columns_left(a);
      if constexpr (narrowest_v<Tree> < 4) {
        if (o.item_bytes == 1) {
          array.template stage<1>(at.thread, at.threads);
          continue;
        }
        if (o.item_bytes == 2) {
          array.template stage<2>(at.thread, at.threads);
          continue;
        }
      }
      array.template stage<4>(at.thread, at.threads);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
