// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elementwise sweeps on the host: rows of packs, shared out among threads.

#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/pack/evaluate.hpp"
#include "cumulus/exec/plan/elementwise_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Part of one row of an expression, without its type.
struct row_part {
  std::byte const* const* at;  ///< where each leaf's row begins
  operand const* operands;     ///< the leaves, with strides over the plan's axes
  int axis;                    ///< the axis along the row
  bool unit;                   ///< every array of the row lies side by side
  index_t first;               ///< first element
  index_t count;               ///< number of elements
};

/// The packs of a tree on the host.
template <class Tree>
using host_packs =
    pack_policy<(vector_bytes / widest_v<Tree> > 1 ? vector_bytes / widest_v<Tree> : 1), true>;

namespace detail {

template <class Tree> row_cursor<Tree::leaf_count> cursor_of(row_part const& part) {
  row_cursor<Tree::leaf_count> c{.at = {}, .step = {}, .operands = part.operands, .bad_index = {}};
  for (int k = 0; k < Tree::leaf_count; ++k) {
    c.at[k] = part.at[k];
    c.step[k] = part.operands[k].stride[part.axis];
  }
  return c;
}

}  // namespace detail

/// Calls use(i, count, pack) for every pack of a row part.
template <class Tree, class Use> void for_each_pack(row_part const& part, Use const& use) {
  using Packs = host_packs<Tree>;
  auto const c = detail::cursor_of<Tree>(part);
  index_t i = part.first;
  index_t const end = part.first + part.count;
  if (part.unit) {
    for (; i + Packs::size <= end; i += Packs::size) {
      use(i, std::integral_constant<access, access::unit>{}, Packs::size,
          evaluate<Tree, Packs, access::unit>(c, i));
    }
  }
  for (; i < end; i += Packs::size) {
    int const count = static_cast<int>(end - i < Packs::size ? end - i : Packs::size);
    use(i, std::integral_constant<access, access::strided>{}, count,
        evaluate<Tree, Packs, access::strided>(c, i, count));
  }
}

/// Evaluates part of a row into `out`, whose element i lies `out_step` * i elements from `out`.
template <class Tree> void evaluate_row(row_part const& part, std::byte* out, index_t out_step) {
  using T = typename Tree::value_type;
  for_each_pack<Tree>(part, [&](index_t i, auto where, int count, auto const& pack) {
    store<T, host_packs<Tree>, where()>(out, out_step, i, count, pack);
  });
}

/// evaluate_row of an expression.
using row_evaluator = void (*)(row_part const&, std::byte* out, index_t out_step);

namespace detail {

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
/// that no expression is compiled twice.
inline void stream_row(row_part part, std::byte* out, int item_bytes, row_evaluator evaluate) {
  alignas(64) std::byte piece[8192];
  stream_fence const fence;
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

}  // namespace detail

/// Stores the expression to operands[0], as planned; operands[1...] are its leaves.
inline void assign_host(elementwise_plan const& plan, std::span<operand const> operands,
                        row_evaluator evaluate) {
  index_t const length = plan.row_length();
  int const axis = plan.rank - 1;
  index_t const out_step = operands[0].stride[axis];
  bool const streams = detail::goes_past_caches(plan, operands);
  // Parts begin at multiples of a cache line of the smallest element.
  parallel_range(plan.size, 64, plan.size, [&](index_t begin, index_t end) {
    row_walker rows(plan.rank, plan.extent, operands, begin / length);
    for (index_t i = begin; i < end; rows.next()) {
      index_t const column = i % length;
      index_t const count = std::min(length - column, end - i);
      row_part const part{rows.at() + 1, &operands[1], axis, plan.unit_rows, column, count};
      std::byte* const out = const_cast<std::byte*>(rows.at()[0]);
      if (streams) {
        detail::stream_row(part, out, operands[0].item_bytes, evaluate);
      } else {
        evaluate(part, out, out_step);
      }
      i += count;
    }
  });
}

}  // namespace cumulus::inline CUMULUS_TARGET
