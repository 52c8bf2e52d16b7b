// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise sweeps on the host: rows of packs, shared out among threads.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/assign_transposed.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/row_loop.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// True if rows are too short for the loop of a row, and several of them can share a stage.
inline bool shares_stage(elementwise_plan const& plan, std::span<operand const> operands) {
  if (plan.rank == 1 || plan.row_length() >= 64) {
    return false;
  }
  for (operand const& o : operands) {
    if (o.kind == leaf_kind::generator) {
      return false;
    }
  }
  return true;
}

/// Elements [i, end) of a sweep, as many at a time as the stage takes.
inline void assign_short_rows(elementwise_plan const& plan, std::span<operand const> operands,
                              row_stage& stage, index_t i, index_t end) {
  index_t const length = plan.row_length();
  int const bytes = operands[0].item_bytes;
  index_t const step = operands[0].stride[plan.rank - 1];
  row_walker rows(plan.rank, plan.extent, operands, i / length);
  index_t column = i % length;
  // Calls use(addresses, first, count) for the parts of rows that make up `left` elements.
  auto const walk = [length](row_walker& walker, index_t& at, index_t left, auto const& use) {
    while (left > 0) {
      index_t const count = plain::min(length - at, left);
      use(walker.at(), at, count);
      left -= count;
      at += count;
      if (at == length) {
        at = 0;
        walker.next();
      }
    }
  };
  while (i < end) {
    index_t const count = plain::min<index_t>(stage.room(), end - i);
    row_walker outputs = rows;
    index_t output_column = column;
    walk(rows, column, count, [&](std::byte const* const* at, index_t first, index_t n) {
      stage.add(at + 1, first, static_cast<int>(n));
    });
    stage.evaluate();
    std::byte const* from = stage.values();
    walk(outputs, output_column, count, [&](std::byte const* const* at, index_t first, index_t n) {
      copy_items(const_cast<std::byte*>(moved(at[0], first * step * bytes)), step, from, 1, n,
                 bytes);
      from += n * bytes;
    });
    i += count;
  }
}

}  // namespace detail

/// Stores the expression to operands[0], as planned; operands[1...] are its leaves.
inline void assign_host(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator const& evaluator) {
  if (plan.what == sweep::transposed) {
    return transposed_sweep(plan, operands, evaluator).run();
  }
  index_t const length = plan.row_length();
  int const axis = plan.rank - 1;
  bool const streams = goes_past_caches(plan, operands);
  bool const shared = detail::shares_stage(plan, operands);
  // Parts begin at multiples of a cache line of the smallest element.
  auto const sweep_part = [=, &plan, &evaluator](index_t begin, index_t end) {
    stream_fence const fence(streams);
    row_loop loop(evaluator, operands.subspan(1), axis);
    if (shared) {
      return detail::assign_short_rows(plan, operands, loop.stage(), begin, end);
    }
    index_t const step = operands[0].stride[axis];
    if (axis == 0) {
      std::byte const* at[1 + max_leaves];
      begin_of(operands, at);
      return loop(at + 1, begin, end - begin, {const_cast<std::byte*>(at[0]), nullptr, streams},
                  step);
    }
    row_walker rows(plan.rank, plan.extent, operands, begin / length);
    index_t const row_step = operands[0].stride[axis - 1] * operands[0].item_bytes;
    index_t column = begin % length;
    for (index_t i = begin; i < end; column = 0) {
      row_output const out{const_cast<std::byte*>(rows.at()[0]), nullptr, streams, row_step};
      index_t const whole = column > 0 ? 0 : plain::min(rows.rows_left(), (end - i) / length);
      if (whole > 1 && step == 1 && loop.takes_whole_rows(length, out)) {
        loop.whole_rows(rows.at() + 1, axis - 1, whole, length, out);
        rows.next(whole);
        i += whole * length;
      } else {
        index_t const count = plain::min(length - column, end - i);
        loop(rows.at() + 1, column, count, out, step);
        rows.next();
        i += count;
      }
    }
  };
  parallel_range(plan.size, 64, sweep_cost(plan, operands), sweep_part);
}

}  // namespace cumulus::inline CUMULUS_TARGET
