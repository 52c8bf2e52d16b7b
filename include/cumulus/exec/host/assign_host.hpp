// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise sweeps on the host: rows of packs, shared out among threads.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/assign_transposed.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/row_loop.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// Parts of a sweep begin at multiples of a cache line of the smallest element.
inline constexpr index_t assign_grain = 64;

/// True if rows are too short for the loop of a row, and several of them can share a stage.
inline bool shares_stage(elementwise_plan const& plan, std::span<operand const> operands) {
  if (plan.row_length() >= 64) {
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
inline void stage_short_rows(elementwise_plan const& plan, std::span<operand const> operands,
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

/// A sweep without outer axes. What threads need of it is a copy in few lines of the cache, because
/// each of them fetches it from another one.
inline void assign_row(elementwise_plan const& plan, std::span<operand const> operands,
                       row_evaluator const& evaluator) {
  bool const streams = goes_past_caches(plan, operands);
  index_t const step = operands[0].stride[0];
  row_layout const layout(evaluator, operands, 0);
  std::byte const* first[1 + max_leaves] = {};
  begin_of(operands, first);
  auto const sweep_part = [layout, step, streams, first](index_t begin, index_t end) {
    stream_fence const fence(streams);
    row_loop loop(layout);
    loop(first + 1, begin, end - begin, {const_cast<std::byte*>(first[0]), nullptr, streams}, step);
  };
  parallel_range(plan.size, assign_grain, sweep_cost(plan, operands), sweep_part);
}

/// A sweep with outer axes. Where there is one, threads have a copy of what they need of it, too.
inline void assign_rows(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator const& evaluator) {
  int const axis = plan.rank - 1;
  bool const streams = goes_past_caches(plan, operands);
  index_t const length = plan.row_length();
  index_t const rows = plan.extent[axis - 1];
  index_t const step = operands[0].stride[axis];
  row_layout const layout(evaluator, operands, axis);
  std::byte const* first[1 + max_leaves] = {};
  index_t row_step[1 + max_leaves] = {};
  for (std::size_t k = 0; k < operands.size(); ++k) {
    first[k] = operands[k].data;
    row_step[k] = operands[k].stride[axis - 1] * operands[k].item_bytes;
  }
  auto const sweep_part = [=, extent = plan.extent](index_t begin, index_t end) {
    stream_fence const fence(streams);
    row_loop loop(layout);
    row_walker planes(axis, extent, operands, begin / length / rows, first);
    index_t row = begin / length % rows;
    index_t column = begin % length;
    for (index_t i = begin; i < end; column = 0) {
      std::byte const* at[1 + max_leaves];
      for (std::size_t k = 0; k < operands.size(); ++k) {
        at[k] = moved(planes.at()[k], row * row_step[k]);
      }
      row_output const out{const_cast<std::byte*>(at[0]), nullptr, streams, row_step[0]};
      index_t const whole = column > 0 ? 0 : plain::min(rows - row, (end - i) / length);
      if (whole > 1 && step == 1 && loop.takes_whole_rows(length, out)) {
        loop.whole_rows(at + 1, row_step + 1, whole, length, out);
        row += whole;
        i += whole * length;
      } else {
        index_t const count = plain::min(length - column, end - i);
        loop(at + 1, column, count, out, step);
        ++row;
        i += count;
      }
      if (row == rows) {
        row = 0;
        planes.next();
      }
    }
  };
  parallel_range(plan.size, assign_grain, sweep_cost(plan, operands), sweep_part);
}

/// A sweep of rows that share a stage.
inline void assign_short_rows(elementwise_plan const& plan, std::span<operand const> operands,
                              row_evaluator const& evaluator) {
  row_layout const layout(evaluator, operands, plan.rank - 1);
  parallel_range(plan.size, assign_grain, sweep_cost(plan, operands),
                 [=, &plan, &layout](index_t begin, index_t end) {
                   row_loop loop(layout);
                   stage_short_rows(plan, operands, loop.stage(), begin, end);
                 });
}

}  // namespace detail

/// Stores the expression to operands[0], as planned; operands[1...] are its leaves.
inline void assign_host(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator const& evaluator) {
  if (plan.what == sweep::transposed) {
    transposed_sweep(plan, operands, evaluator).run();
  } else if (plan.rank == 1) {
    detail::assign_row(plan, operands, evaluator);
  } else if (detail::shares_stage(plan, operands)) {
    detail::assign_short_rows(plan, operands, evaluator);
  } else {
    detail::assign_rows(plan, operands, evaluator);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
