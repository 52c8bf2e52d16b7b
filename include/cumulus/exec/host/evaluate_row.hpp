// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of an expression on the host, evaluated pack by pack.

#include "cumulus/exec/pack/evaluate.hpp"

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

}  // namespace cumulus::inline CUMULUS_TARGET
