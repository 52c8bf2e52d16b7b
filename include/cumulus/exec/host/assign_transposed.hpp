// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sweeps in which some arrays have their neighbours along another axis than the output. A tile of
// each such array is transposed in the cache, and the expression reads it from there by rows.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/row_loop.hpp"
#include "cumulus/exec/host/transpose_tile.hpp"
#include "cumulus/memory/memory_resource.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// One sweep of the transposed case; see assign_host.
class transposed_sweep {
 public:
  transposed_sweep(elementwise_plan const& plan, std::span<operand const> operands,
                   row_evaluator const& evaluator)
      : plan_(plan),
        operands_(operands),
        evaluator_(evaluator),
        streams_(goes_past_caches(plan, operands)) {
    int widest = 1;
    for (int i = 0; i < static_cast<int>(operands.size()); ++i) {
      operand& o = in_tile_[i];
      o = operands[i];
      if (plan.is_transposed(o, plan.other_axis)) {
        transposed_[count_++] = i;
        widest = plain::max(widest, o.item_bytes);
        o.stride[plan.rank - 1] = 1;
        o.stride[plan.other_axis] = pitch / o.item_bytes;
      }
      row_step_[i] = o.stride[plan.other_axis] * o.item_bytes;
    }
    columns_ = row_bytes / widest;
    index_t const tiles = count_tiles(most_rows);
    rows_ = tiles >= tiles_of_a_thread * threads_that_pay(tiles, sweep_cost(plan, operands))
                ? most_rows
                : most_rows / 2;
  }

  void run() const {
    row_layout const layout(evaluator_, {in_tile_, operands_.size()}, plan_.rank - 1);
    index_t const row_blocks = count_row_blocks(rows_);
    index_t const column_blocks = count_column_blocks();
    parallel_range(
        count_tiles(rows_), 1, sweep_cost(plan_, operands_), [&](index_t begin, index_t end) {
          buffer const memory = allocate_host(static_cast<std::size_t>(count_ * rows_ * pitch));
          stream_fence const fence(streams_);
          row_loop loop(layout);
          for (index_t tile = begin; tile < end; ++tile) {
            index_t const rest = tile / column_blocks;
            sweep_tile(rest / row_blocks, rest % row_blocks * rows_,
                       tile % column_blocks * columns_, static_cast<std::byte*>(memory.data()),
                       loop);
          }
        });
  }

 private:
  /// Elements that a transposed array gives side by side, half as many where that leaves too few
  /// tiles for the threads; bytes of the longest rows made of them, and how far those lie apart:
  /// not a power of two, where lines drive one another out of the cache. Long rows let the
  /// processor read the other arrays ahead.
  static constexpr index_t most_rows = 128;
  static constexpr index_t tiles_of_a_thread = 4;
  static constexpr index_t row_bytes = 1024;
  static constexpr index_t pitch = row_bytes + 64;

  index_t count_row_blocks(index_t rows) const {
    return (plan_.extent[plan_.other_axis] + rows - 1) / rows;
  }
  index_t count_column_blocks() const { return (plan_.row_length() + columns_ - 1) / columns_; }
  index_t count_tiles(index_t rows) const {
    index_t const planes = plan_.size / plan_.row_length() / plan_.extent[plan_.other_axis];
    return planes * count_row_blocks(rows) * count_column_blocks();
  }

  void sweep_tile(index_t plane, index_t row, index_t column, std::byte* memory,
                  row_loop& loop) const {
    int const axis = plan_.rank - 1;
    std::byte const* at[1 + max_leaves];
    begin_of(operands_, at);
    step_along(at, operands_, axis, column);
    step_along(at, operands_, plan_.other_axis, row);
    for (int k = axis - 1; k >= 0; --k) {
      if (k != plan_.other_axis) {
        step_along(at, operands_, k, plane % plan_.extent[k]);
        plane /= plan_.extent[k];
      }
    }
    index_t const rows = plain::min(rows_, plan_.extent[plan_.other_axis] - row);
    index_t const columns = plain::min<index_t>(columns_, plan_.row_length() - column);
    for (int k = 0; k < count_; ++k) {
      int const i = transposed_[k];
      operand const& o = operands_[i];
      transpose_tile(memory, pitch, at[i], o.stride[axis] * o.item_bytes, static_cast<int>(rows),
                     static_cast<int>(columns), o.item_bytes);
      at[i] = memory;
      memory += rows_ * pitch;
    }
    row_output const out{const_cast<std::byte*>(at[0]), nullptr, streams_, row_step_[0]};
    index_t const step = operands_[0].stride[axis];
    if (step == 1 && loop.takes_whole_rows(columns, out)) {
      return loop.whole_rows(at + 1, row_step_ + 1, rows, columns, out);
    }
    for (index_t r = 0; r < rows; ++r) {
      loop(at + 1, 0, columns, {const_cast<std::byte*>(at[0]), nullptr, streams_}, step);
      step_along(at, {in_tile_, operands_.size()}, plan_.other_axis, 1);
    }
  }

  elementwise_plan const& plan_;
  std::span<operand const> operands_;
  operand in_tile_[1 + max_leaves];   ///< with the strides that hold inside a tile
  index_t row_step_[1 + max_leaves];  ///< bytes from one row of a tile to the next
  row_evaluator const& evaluator_;
  bool streams_;
  int transposed_[1 + max_leaves];  ///< numbers of the operands that are
  int count_ = 0;                   ///< how many are
  int columns_;
  index_t rows_;  ///< of a tile
};

}  // namespace cumulus::inline CUMULUS_TARGET
