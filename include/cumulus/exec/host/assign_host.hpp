// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise sweeps on the host: rows of packs, shared out among threads.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/assign_transposed.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/row_loop.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// True if the rows of a sweep with outer axes are short and need a stage, which several of them
/// can share.
inline bool shares_stage(elementwise_plan const& plan, std::span<operand const> operands,
                         row_layout const& layout) {
  constexpr index_t shortest = 64;  // rows that are worth a stage of their own
  bool const is_direct =
      layout.is_direct(plan.row_length()) && operands[0].stride[plan.rank - 1] == 1;
  if (is_direct || plan.row_length() >= shortest) {
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

/// A sweep without outer axes. Threads find all that they need of it in few lines of the cache, for
/// each of them fetches those from another one.
struct alignas(64) row_sweep {
  row_layout layout;
  index_t step;
  bool streams;
  std::byte const* first[1 + max_leaves];

  row_sweep(elementwise_plan const& plan, std::span<operand const> operands,
            row_evaluator const& evaluator)
      : layout(evaluator, operands, 0),
        step(operands[0].stride[0]),
        streams(goes_past_caches(plan, operands)) {
    begin_of(operands, first);
  }

  void operator()(index_t begin, index_t end) const {
    stream_fence const fence(streams);
    row_loop loop(layout);
    loop(first + 1, begin, end - begin, {const_cast<std::byte*>(first[0]), nullptr, streams}, step);
  }
};

/// A sweep with outer axes; where there is one, threads find all that they need here, too.
struct alignas(64) rows_sweep {
  row_layout layout;
  index_t step;
  bool streams;
  index_t length;
  index_t rows;  ///< along the innermost of the outer axes
  index_t const* extent;
  std::span<operand const> operands;
  std::byte const* first[1 + max_leaves];
  index_t row_step[1 + max_leaves];  ///< bytes from one row to the next

  rows_sweep(elementwise_plan const& plan, std::span<operand const> all,
             row_evaluator const& evaluator)
      : layout(evaluator, all, plan.rank - 1),
        step(all[0].stride[plan.rank - 1]),
        streams(goes_past_caches(plan, all) ||
                (output_rows_are_one_run(plan, all[0]) && may_go_past_caches(plan, all))),
        length(plan.row_length()),
        rows(plan.extent[plan.rank - 2]),
        extent(plan.extent),
        operands(all) {
    begin_of(operands, first);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      row_step[k] = operands[k].stride[plan.rank - 2] * operands[k].item_bytes;
    }
  }

  /// True if several rows of the output lie side by side: short ones are streamed together.
  static bool output_rows_are_one_run(elementwise_plan const& plan, operand const& out) {
    constexpr index_t fewest = 8;
    return plan.extent[plan.rank - 2] >= fewest && out.stride[plan.rank - 2] == plan.row_length();
  }

  void operator()(index_t begin, index_t end) const {
    stream_fence const fence(streams);
    row_loop loop(layout);
    row_walker planes(layout.axis, extent, operands, begin / length / rows, first);
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
  }
};

/// A sweep of rows that share a stage.
struct short_rows_sweep {
  elementwise_plan const& plan;
  std::span<operand const> operands;
  row_layout const& layout;

  void operator()(index_t begin, index_t end) const {
    row_loop loop(layout);
    stage_short_rows(plan, operands, loop.stage(), begin, end);
  }
};

}  // namespace detail

/// Stores the expression to operands[0], as planned; operands[1...] are its leaves.
inline void assign_host(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator const& evaluator) {
  auto const run = [&](range_body const& part) {
    parallel_range(plan.size, sweep_grain, sweep_cost(plan, operands), part);
  };
  if (plan.what == sweep::transposed) {
    transposed_sweep(plan, operands, evaluator).run();
  } else if (plan.rank == 1) {
    run(detail::row_sweep(plan, operands, evaluator));
  } else {
    detail::rows_sweep const rows(plan, operands, evaluator);
    if (detail::shares_stage(plan, operands, rows.layout)) {
      run(detail::short_rows_sweep{plan, operands, rows.layout});
    } else {
      run(rows);
    }
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
