// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise sweeps on the host: rows of packs, shared out among threads.

#include "cumulus/exec/host/assign_transposed.hpp"
#include "cumulus/exec/host/parallel.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Stores the expression to operands[0], as planned; operands[1...] are its leaves.
inline void assign_host(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator evaluate) {
  if (plan.what == sweep::transposed) {
    return transposed_sweep(plan, operands, evaluate).run();
  }
  index_t const length = plan.row_length();
  int const axis = plan.rank - 1;
  bool const streams = goes_past_caches(plan, operands);
  // Parts begin at multiples of a cache line of the smallest element.
  parallel_range(plan.size, 64, plan.size, [&](index_t begin, index_t end) {
    stream_fence const fence(streams);
    row_walker rows(plan.rank, plan.extent, operands, begin / length);
    for (index_t i = begin; i < end; rows.next()) {
      index_t const column = i % length;
      index_t const count = std::min(length - column, end - i);
      row_part const part{rows.at() + 1, &operands[1], axis, plan.unit_rows(), column, count};
      evaluate(part, {const_cast<std::byte*>(rows.at()[0]), operands[0].stride[axis], streams});
      i += count;
    }
  });
}

}  // namespace cumulus::inline CUMULUS_TARGET
