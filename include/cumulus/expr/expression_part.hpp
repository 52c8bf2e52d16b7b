// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the operands of an operation become the leaves of one expression: ordinary code that no type
// of expression instantiates.

#include "cumulus/core/plain.hpp"
#include "cumulus/expr/leaf.hpp"

namespace cumulus::inline v1 {

/// Broadcasts `count` leaves of shape `from` to shape `to` on their way into a larger expression.
/// Throws: shape_error naming `function`.
inline void broadcast_leaves(leaf* leaves, int count, shape const& from, shape const& to,
                             char const* function) {
  if (from == to) {
    return;
  }
  for (int i = 0; i < count; ++i) {
    leaves[i].set_strides(
        broadcast_strides(from, leaves[i].strides_over(from.rank()), to, function));
  }
}

/// What an operand brings into a larger expression: leaves, an array, or a constant.
struct expression_part {
  leaf const* leaves = nullptr;
  int count = 1;         ///< of leaves
  bool movable = false;  ///< leaves that nobody else sees
  untyped_array const* array = nullptr;
  void const* constant = nullptr;
  int item_bytes = 0;                       ///< of the array's elements, or of the constant
  cumulus::shape const* extents = nullptr;  ///< null: none, as a number
};

namespace detail {

/// Writes the leaves of a part to `target`.
inline void place_leaves(leaf* target, expression_part const& part) {
  if (part.array != nullptr) {
    set_array(*target, *part.array, part.item_bytes);
  } else if (part.constant != nullptr) {
    std::memcpy(target->op.value, part.constant, static_cast<std::size_t>(part.item_bytes));
  } else if (part.movable) {
    take_leaves(target, const_cast<leaf*>(part.leaves), part.count);
  } else {
    plain::copy(part.leaves, part.leaves + part.count, target);
  }
}

}  // namespace detail

/// The common shape of all parts, and their leaves broadcast to it.
inline void join_parts(shape& common, leaf* target, std::span<expression_part const> parts,
                       leaf const* first, char const* function) {
  bool first_shape = true;
  for (expression_part const& part : parts) {
    if (part.extents != nullptr && (first_shape || *part.extents != common)) {
      common = first_shape ? *part.extents : broadcast_shapes(common, *part.extents, function);
      first_shape = false;
    }
  }
  if (first != nullptr) {
    *target++ = *first;
  }
  for (expression_part const& part : parts) {
    detail::place_leaves(target, part);
    if (part.extents != nullptr) {
      broadcast_leaves(target, part.count, *part.extents, common, function);
    }
    target += part.count;
  }
}

}  // namespace cumulus::inline v1
