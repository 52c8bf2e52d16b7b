// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tiles of arrays that are transposed against the output: a block reads them along their own
// neighbours into shared memory, from where the general kernel reads them along the output's.

#include "cumulus/exec/cuda/general_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// How many positions a tile has where `rest` are left.
CUMULUS_HD inline int positions_left(lane_shape const& lanes, index_t rest) {
  index_t const tile = index_t{1} << lanes.tile_shift;
  return static_cast<int>(rest < tile ? rest : tile);
}

/// Of the tile whose number along the axis of the lanes is `tile`.
CUMULUS_HD inline int lanes_left(lane_shape const& lanes, index_t tile) {
  return positions_left(lanes, lanes.extent - (tile << lanes.tile_shift));
}

/// Where an item begins in the sweep without its lanes.
struct lane_place {
  index_t row;
  index_t column;  ///< of the whole row

  CUMULUS_HD lane_place(lane_shape const& lanes, index_t item)
      : row(lanes.row.quotient(item)), column(item - row * lanes.row.by) {
    if (lanes.tile_shift >= 0) {
      column <<= lanes.tile_shift;
    }
  }
  CUMULUS_HD int columns_left(lane_shape const& lanes) const {
    return positions_left(lanes, lanes.columns - column);
  }
};

namespace detail {

/// True where words go to shared memory by themselves, while the thread goes on: those of 4 bytes,
/// from compute capability 8.0 on and on the emulated grid.
template <int Bytes>
inline constexpr bool copies_by_itself =
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
    false;
#else
    Bytes == 4;
#endif

/// Begins to copy a word of 4 bytes to shared memory; it is there after finish_copies().
CUMULUS_HD inline void begin_copy(std::byte* to, std::byte const* from) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4;"
               :
               : "r"(static_cast<unsigned>(__cvta_generic_to_shared(to))), "l"(from)
               : "memory");
#else
  copy_word<4>(to, from);
#endif
}

/// Waits for what this thread has begun to copy.
CUMULUS_HD inline void finish_copies() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" : : : "memory");
#endif
}

/// One array of one tile: from memory, side by side along the axis of the lanes, to rows side by
/// side in shared memory. A warp reads neighbouring words.
struct staged_array {
  std::byte const* from;
  index_t column_bytes;  ///< in memory, from one column to the next
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
    CUMULUS_NO_UNROLL
    for (int part = thread & (words - 1); part >> shift < lanes; part += threads) {
      int const lane = part >> shift;
      std::byte const* const read = displaced(from, part * WordBytes);
      std::byte* const write = to + lane * tile_pitch(1 << tile_shift, item_bytes) +
                               (part - (lane << shift)) * WordBytes;
      int const first = thread >> row_shift;
      if constexpr (copies_by_itself<WordBytes>) {
        CUMULUS_NO_UNROLL
        for (int column = first; column < columns; column += step) {
          begin_copy(write + column * item_bytes, displaced(read, column * column_bytes));
        }
      } else {
        copy_columns<WordBytes>(write, read, first, step);
      }
    }
  }

 private:
  /// A word of the columns first, first + step, …
  template <int WordBytes>
  CUMULUS_HD void copy_columns(std::byte* write, std::byte const* read, int first, int step) const {
    constexpr int in_flight = 4;
    CUMULUS_NO_UNROLL
    for (int column = first; column < columns; column += in_flight * step) {
      alignas(WordBytes) std::byte word[in_flight][WordBytes];
      // Behind the last column that one is read again, so that no branch stands between the loads.
      CUMULUS_UNROLL
      for (int u = 0; u < in_flight; ++u) {
        int const c = column + u * step;
        copy_word<WordBytes>(word[u],
                             displaced(read, (c < columns ? c : columns - 1) * column_bytes));
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
};

}  // namespace detail

/// Moves the tiles of the transposed ones of `arrays` that block at.block evaluates; all threads of
/// the block take part. Narrow: some elements have less than 4 bytes. One array is looked at after
/// the other, so that the code of it is there once.
template <bool Narrow>
CUMULUS_HD void stage_tile(thread_coordinates const& at, lane_layout const& lanes,
                           kernel_axes const& axes, operand const* arrays, int count,
                           std::byte* shared) {
  lane_place const p(lanes, at.block);
  CUMULUS_NO_UNROLL
  for (int k = 0; k < count; ++k) {
    lane_steps const& steps = lanes.steps[1 + k];
    if (steps.tile < 0) {
      continue;
    }
    operand const& o = arrays[k];
    detail::staged_array array;
    array.column_bytes = steps.memory_bytes;
    index_t offset = p.column * array.column_bytes;
    index_t along = p.row;
    CUMULUS_NO_UNROLL
    for (int axis = axes.rank - 2; axis > 0; --axis) {
      index_t const rest = axes.extent[axis].quotient(along);
      offset += (along - rest * axes.extent[axis].by) * o.stride[axis];
      along = rest;
    }
    array.from = displaced(o.data, offset + along * o.stride[0]);
    array.to = shared + steps.tile;
    array.item_bytes = o.item_bytes;
    array.tile_shift = lanes.tile_shift;
    array.lanes = lanes_left(lanes, along);
    array.columns = p.columns_left(lanes);
    if constexpr (Narrow) {
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
  detail::finish_copies();
}

}  // namespace cumulus::inline CUMULUS_TARGET
