// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies of several statements over one shape. A thread evaluates an element, or a pack,
// of all of them before it stores the first, so that each may read what another writes there.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/cuda/assign_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Operands are the outputs, then the leaves of each statement in turn.
template <class... Tree> struct together_arguments {
  static constexpr int outputs = sizeof...(Tree);
  static constexpr int count = outputs + (Tree::leaf_count + ...);

  kernel_operands<count> operands;
  index_t items;  ///< packs, or elements
  divider row;    ///< items of one row
  index_t packs;  ///< of one row
  index_t edges;  ///< elements beside the packs, of all rows
  divider edge;   ///< of one row
  index_t head;   ///< of which this many stand before the packs
};

/// Elements of a pack of all statements: as many as each of them takes.
template <class... Tree>
inline constexpr int together_pack_size = plain::min({kernel_pack_size<Tree>...});

template <class... Tree>
together_arguments<Tree...> make_together_arguments(elementwise_plan const& sweep,
                                                    std::span<operand const> operands,
                                                    assign_plan const& plan, int* bad_index) {
  using arguments = together_arguments<Tree...>;
  bool const packs = plan.what == assign_case::packs;
  index_t const rows = sweep.size / sweep.row_length();
  index_t const row = packs ? plan.packs : sweep.row_length();
  index_t const edge = packs ? plan.head + plan.tail : 0;
  return {.operands =
              make_kernel_operands<arguments::count>(sweep.rank, sweep.extent, operands, bad_index),
          .items = rows * row,
          .row = divider(row),
          .packs = packs ? plan.packs : 0,
          .edges = rows * edge,
          .edge = divider(edge),
          .head = plan.head};
}

namespace detail {

/// Where all operands of several statements stand in a row, and what is done there.
template <class... Tree> class together_row {
 public:
  using arguments = together_arguments<Tree...>;

  CUMULUS_HD together_row(arguments const& a, index_t row) : a_(a) {
    find_row(a.operands, row, at_);
  }

  CUMULUS_HD void assign_element(index_t i) const {
    assign<single_element, access::strided, access::strided, 0, arguments::outputs, Tree...>(i);
  }
  template <class Packs> CUMULUS_HD void assign_pack(index_t i) const {
    assign<Packs, access::aligned_or_repeated, access::aligned, 0, arguments::outputs, Tree...>(i);
  }

 private:
  /// Statement `Output` and those behind it, whose leaves begin at `Leaf`.
  template <class Policy, access Load, access Store, int Output, int Leaf, class First,
            class... More>
  CUMULUS_HD void assign(index_t i) const {
    index_t const step = a_.operands.of[Output].stride[a_.operands.rank - 1];
    auto const pack = evaluate_lanes<First, Policy, Load>(leaves<First::leaf_count>(Leaf), i);
    if constexpr (sizeof...(More) > 0) {
      assign<Policy, Load, Store, Output + 1, Leaf + First::leaf_count, More...>(i);
    }
    store<typename First::value_type, Policy, Store>(const_cast<std::byte*>(at_[Output]), step, i,
                                                     Policy::size, pack);
  }

  template <int Count> CUMULUS_HD row_cursor<Count> leaves(int first) const {
    row_cursor<Count> c;
    CUMULUS_UNROLL
    for (int k = 0; k < Count; ++k) {
      c.at[k] = at_[first + k];
      c.step[k] = a_.operands.of[first + k].stride[a_.operands.rank - 1];
    }
    c.operands = a_.operands.of + first;
    c.bad_index = a_.operands.bad_index;
    return c;
  }

  arguments const& a_;
  std::byte const* at_[arguments::count];
};

}  // namespace detail

/// Rows of packs, with single elements before and after the aligned ones.
template <class... Tree> struct together_packs_body {
  using arguments = together_arguments<Tree...>;
  using packs = pack_policy<together_pack_size<Tree...>, false>;

  CUMULUS_HD void operator()(thread_coordinates const& at, arguments const& a) const {
    for (index_t i = at.in_grid(); i < a.edges; i += at.grid_size()) {
      index_t const row = a.edge.quotient(i);
      index_t const k = i - row * a.edge.by;
      detail::together_row<Tree...>(a, row).assign_element(k < a.head ? k
                                                                      : k + a.packs * packs::size);
    }
    for (index_t i = at.in_grid(); i < a.items; i += at.grid_size()) {
      index_t const row = a.row.quotient(i);
      detail::together_row<Tree...>(a, row).template assign_pack<packs>(
          a.head + (i - row * a.row.by) * packs::size);
    }
  }
};

/// Elements at any step.
template <class... Tree> struct together_elements_body {
  using arguments = together_arguments<Tree...>;

  CUMULUS_HD void operator()(thread_coordinates const& at, arguments const& a) const {
    for (index_t i = at.in_grid(); i < a.items; i += at.grid_size()) {
      index_t const row = a.row.quotient(i);
      detail::together_row<Tree...>(a, row).assign_element(i - row * a.row.by);
    }
  }
};

/// Which of the bodies runs, and in what grid.
template <class... Tree>
assign_plan plan_together(elementwise_plan const& sweep, std::span<operand const> operands) {
  assign_plan plan = plan_assign(sweep, operands, {together_pack_size<Tree...>, 1, 1});
  index_t const items = plan.what == assign_case::packs ? plan.items : sweep.size;
  plan.launch = {.blocks = plain::max<index_t>(blocks_for(items, plan.launch.threads), 1)};
  return plan;
}

}  // namespace cumulus::inline CUMULUS_TARGET
