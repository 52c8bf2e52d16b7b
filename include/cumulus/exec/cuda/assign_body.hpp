// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel body of elementwise statements that move packs; the general one is in
// general_body.hpp. A thread evaluates a few packs before it stores them, so that their loads are
// under way together.

#include "cumulus/exec/cuda/assign_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// How the packs of a statement are shared out.
struct packs_shape {
  index_t items;
  divider row;    ///< items of one row
  index_t packs;  ///< of one row
  index_t edges;  ///< elements beside the packs, of all rows
  divider edge;   ///< of one row
  index_t head;   ///< of which this many stand before the packs
  index_t step;   ///< threads of the launch
  bool repeats;   ///< some array repeats one element along the row
};

template <int Count> struct packs_arguments : packs_shape {
  kernel_operands<Count> operands;
};

/// Packs of `Tree` that a thread has in flight: more where it reads few arrays.
template <class Tree> inline constexpr int packs_in_flight = Tree::leaf_count <= 2 ? 2 : 1;

template <class Tree>
inline constexpr assign_widths assign_widths_of = {kernel_pack_size<Tree>, packs_in_flight<Tree>,
                                                   lanes_in_flight<Tree>};

/// Arguments for the operands of a statement, at most Count.
template <int Count>
packs_arguments<Count> make_packs_arguments(elementwise_plan const& sweep,
                                            std::span<operand const> operands,
                                            assign_plan const& plan, int* bad_index) {
  index_t const edge = plan.head + plan.tail;
  packs_arguments<Count> a{
      {plan.items, divider(plan.row), plan.packs, edge * (sweep.size / sweep.row_length()),
       divider(edge), plan.head, plan.launch.blocks * plan.launch.threads, false},
      {}};
  set_kernel_operands(a.operands, a.operands.of, sweep.rank, sweep.extent, operands, bad_index);
  for (operand const& o : operands) {
    a.repeats = a.repeats || (o.kind == leaf_kind::array && o.stride[sweep.rank - 1] == 0);
  }
  return a;
}

template <class Tree> struct packs_body {
  using arguments = packs_arguments<1 + Tree::leaf_count>;

  CUMULUS_HD void operator()(thread_coordinates const& at, arguments const& a) const {
    CUMULUS_NO_UNROLL
    for (index_t item = at.in_grid(); item < a.items + a.edges;) {
      // The elements beside the packs are items of their own, behind the others.
      bool const edge = item >= a.items;
      index_t const number = edge ? item - a.items : item;
      index_t const row = edge ? a.edge.quotient(number) : a.row.quotient(number);
      index_t column = number - row * (edge ? a.edge.by : a.row.by);
      place const p(a, row);
      // Where nothing is repeated no branch stands between the loads of a pack and the next one's.
      constexpr int in_flight = packs_in_flight<Tree>;
      index_t const whole = a.repeats || edge ? 0 : a.packs - (in_flight - 1) * a.row.by;
      if (column < whole) {
        item -= column;
        index_t i = a.head + column * Packs::size;
        CUMULUS_NO_UNROLL
        for (; column < whole; column += a.step) {
          store_packs<in_flight>(p, i, a.row.by * Packs::size);
          i += a.step * Packs::size;
        }
        item += column;
        continue;
      }
      item += a.step;
      // Other packs and single elements are evaluated by the same code, which is there once.
      index_t i = edge ? (column < a.head ? column : column + a.packs * Packs::size)
                       : a.head + column * Packs::size;
      index_t const end = edge ? i : a.head + a.packs * Packs::size;
      CUMULUS_NO_UNROLL
      do {
        store_rest(p, i, edge ? 1 : Packs::size);
        i += a.row.by * Packs::size;
      } while (in_flight > 1 && i < end);
    }
  }

 private:
  using T = typename Tree::value_type;
  using Packs = kernel_packs<Tree>;

  struct place {
    std::byte* out;
    row_cursor<Tree::leaf_count> leaves;

    CUMULUS_HD place(arguments const& a, index_t row) {
      constexpr int count = 1 + Tree::leaf_count;
      std::byte const* begin[count];
      find_row<count>(a.operands, row, begin);
      leaves = leaves_of_row<count>(a.operands, begin);
      out = const_cast<std::byte*>(begin[0]);
    }
  };

  /// The packs at i, i + distance, …
  template <int InFlight>
  static CUMULUS_HD void store_packs(place const& p, index_t i, index_t distance) {
    using Pack = decltype(evaluate_lanes<Tree, Packs, access::aligned>(p.leaves, 0));
    Pack pack[InFlight];
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      pack[u] = evaluate_lanes<Tree, Packs, access::aligned>(p.leaves, i + u * distance);
    }
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      store<T, Packs, access::aligned>(p.out, 1, i + u * distance, Packs::size, pack[u]);
    }
  }

  /// A pack, or element i alone.
  static CUMULUS_HD void store_rest(place const& p, index_t i, int count) {
    auto const pack = evaluate_lanes<Tree, Packs, access::aligned_or_repeated>(p.leaves, i, count);
    if (count == Packs::size) {
      store<T, Packs, access::aligned>(p.out, 1, i, Packs::size, pack);
    } else {
      reinterpret_cast<T*>(p.out)[i] = lane_of(pack, 0);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
