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
  divider step;   ///< threads of the launch
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
       divider(edge), plan.head, divider(plan.launch.blocks * plan.launch.threads), false},
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
    for (index_t i = at.in_grid(); i < a.edges; i += at.grid_size()) {
      index_t const row = a.edge.quotient(i);
      index_t const k = i - row * a.edge.by;
      place const p(a, row);
      index_t const element = k < a.head ? k : k + a.packs * Packs::size;
      store<T, single_element, access::strided>(
          p.out, 1, element, 1,
          evaluate<Tree, single_element, access::strided>(p.leaves, element, 1));
    }
    index_t const step = a.step.by;
    for (index_t item = at.in_grid(); item < a.items;) {
      index_t const row = a.row.quotient(item);
      index_t column = item - row * a.row.by;
      place const p(a, row);
      // A row is looked up once for all that the thread takes of it.
      item += a.step.quotient(a.row.by - column + step - 1) * step;
      // Where nothing is repeated no branch stands between the loads of a pack and the next one's.
      constexpr int in_flight = packs_in_flight<Tree>;
      index_t const whole = a.repeats ? 0 : a.packs - (in_flight - 1) * a.row.by;
      for (; column < whole; column += step) {
        store_packs<access::aligned, in_flight>(p, a, column);
      }
      for (; column < a.row.by; column += step) {
        for (index_t k = column; k < a.packs; k += a.row.by) {
          store_packs<access::aligned_or_repeated, 1>(p, a, k);
        }
      }
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

  /// The packs k, k + row, …
  template <access Access, int InFlight>
  static CUMULUS_HD void store_packs(place const& p, arguments const& a, index_t k) {
    using Pack = decltype(evaluate<Tree, Packs, Access>(p.leaves, 0));
    Pack pack[InFlight];
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      pack[u] = evaluate<Tree, Packs, Access>(p.leaves, a.head + (k + u * a.row.by) * Packs::size);
    }
    CUMULUS_UNROLL
    for (int u = 0; u < InFlight; ++u) {
      store<T, Packs, access::aligned>(p.out, 1, a.head + (k + u * a.row.by) * Packs::size,
                                       Packs::size, pack[u]);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
