// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of an expression written to memory, past the caches where that pays.

#include "cumulus/exec/host/evaluate_row.hpp"
#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/plan/elementwise_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// True if the output is large, lies side by side and is not read.
inline bool goes_past_caches(elementwise_plan const& plan, std::span<operand const> operands) {
  operand const& out = operands[0];
  bool result = out.stride[plan.rank - 1] == 1 && plan.row_length() * out.item_bytes >= 4096 &&
                plan.size * out.item_bytes >= streamed_bytes;
  for (operand const& o : operands.subspan(1)) {
    result = result && !(o.in_memory() && o.data == out.data);
  }
  return result;
}

/// Evaluates part of a row a piece at a time in the cache and streams it to `out` from there, so
/// that no expression is compiled twice. The caller fences.
inline void stream_row(row_part part, std::byte* out, int item_bytes, row_evaluator evaluate) {
  alignas(64) std::byte piece[8192];
  index_t const end = part.first + part.count;
  while (part.first < end) {
    std::byte* const to = out + part.first * item_bytes;
    // The first piece ends where a line of the cache does.
    index_t const room =
        index_t{sizeof(piece)} - static_cast<index_t>(reinterpret_cast<std::uintptr_t>(to) % 64);
    part.count = std::min(room / item_bytes, end - part.first);
    evaluate(part, const_cast<std::byte*>(moved(piece, -part.first * item_bytes)), 1);
    stream_bytes(to, piece, part.count * item_bytes);
    part.first += part.count;
  }
}

/// Evaluates part of a row into `out`, whose elements lie along the part's axis as those of
/// `output` do.
inline void write_row(row_part const& part, std::byte const* out, operand const& output,
                      row_evaluator evaluate, bool streams) {
  std::byte* const to = const_cast<std::byte*>(out);
  if (streams) {
    stream_row(part, to, output.item_bytes, evaluate);
  } else {
    evaluate(part, to, output.stride[part.axis]);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
