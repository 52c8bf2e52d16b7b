// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies of elementwise statements that move packs; the general one is in
// general_body.hpp. Each thread takes every so many packs; it evaluates a few before it stores them,
// so that their loads are under way together.

#include "cumulus/exec/cuda/assign_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <class Tree> struct assign_arguments {
  kernel_operands<1 + Tree::leaf_count> operands;
  index_t items;
  index_t head;
  index_t tail;
  divider row;
};

/// Packs of `Tree` that a thread has in flight: more where it reads few arrays.
template <class Tree> inline constexpr int packs_in_flight = Tree::leaf_count <= 2 ? 2 : 1;

template <class Tree>
inline constexpr assign_widths assign_widths_of = {kernel_pack_size<Tree>, packs_in_flight<Tree>,
                                                   lanes_in_flight<Tree>};

template <class Tree>
assign_arguments<Tree> make_assign_arguments(elementwise_plan const& sweep,
                                             std::span<operand const> operands,
                                             assign_plan const& plan, int* bad_index) {
  return {make_kernel_operands<1 + Tree::leaf_count>(sweep.rank, sweep.extent, operands, plan.wide,
                                                     bad_index),
          plan.items, plan.head, plan.tail, divider(plan.row)};
}

namespace detail {

/// Calls evaluate(item) for several items of a thread, then store(item, pack) for those that exist.
/// Beyond the last item the last one is evaluated again: harmless, and no branch parts the loads.
template <int InFlight, class Pack, class Evaluate, class Store>
CUMULUS_HD void for_items(thread_coordinates const& at, index_t items, Evaluate const& evaluate,
                          Store const& store) {
  index_t const span = index_t{at.threads} * InFlight;
  for (index_t first = at.block * span + at.thread; first < items; first += at.blocks * span) {
    Pack pack[InFlight];
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      index_t const item = first + index_t{u} * at.threads;
      pack[u] = evaluate(item < items ? item : items - 1);
    }
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      index_t const item = first + index_t{u} * at.threads;
      if (item < items) {
        store(item, pack[u]);
      }
    }
  }
}

}  // namespace detail

/// One row, every array side by side.
template <class Tree> struct contiguous_body {
  CUMULUS_HD void operator()(thread_coordinates const& at, assign_arguments<Tree> const& a) const {
    using T = typename Tree::value_type;
    using Packs = kernel_packs<Tree>;
    constexpr int count = 1 + Tree::leaf_count;
    std::byte const* begin[count];
    CUMULUS_UNROLL
    for (int i = 0; i < count; ++i) {
      begin[i] = a.operands.of[i].data;
    }
    auto const leaves = leaves_of_row<count>(a.operands, begin);
    std::byte* const out = const_cast<std::byte*>(begin[0]);
    for (index_t i = at.in_grid(); i < a.head + a.tail; i += at.grid_size()) {
      index_t const element = i < a.head ? i : i + a.items * Packs::size;
      store<T, single_element, access::strided>(
          out, 1, element, 1, evaluate<Tree, single_element, access::strided>(leaves, element, 1));
    }
    using Pack = decltype(evaluate<Tree, Packs, access::aligned>(leaves, 0));
    detail::for_items<packs_in_flight<Tree>, Pack>(
        at, a.items,
        [&](index_t item) {
          return evaluate<Tree, Packs, access::aligned>(leaves, a.head + item * Packs::size);
        },
        [&](index_t item, Pack const& pack) {
          store<T, Packs, access::aligned>(out, 1, a.head + item * Packs::size, Packs::size, pack);
        });
  }
};

/// Rows of aligned packs; some arrays repeat one element along the row.
template <class Tree> struct rows_body {
  CUMULUS_HD void operator()(thread_coordinates const& at, assign_arguments<Tree> const& a) const {
    using T = typename Tree::value_type;
    using Packs = kernel_packs<Tree>;
    constexpr int count = 1 + Tree::leaf_count;
    for (index_t item = at.in_grid(); item < a.items; item += at.grid_size()) {
      index_t const row = a.row.quotient(item, a.operands.wide);
      index_t const first = (item - row * a.row.by) * Packs::size;
      std::byte const* begin[count];
      find_row<count>(a.operands, row, begin);
      auto const leaves = leaves_of_row<count>(a.operands, begin);
      store<T, Packs, access::aligned>(
          const_cast<std::byte*>(begin[0]), 1, first, Packs::size,
          evaluate<Tree, Packs, access::aligned_or_repeated>(leaves, first));
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
