// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several elementwise statements over one shape in one sweep: what may be written in place, and the
// loops of the space. array/tie.hpp calls it.

#include "cumulus/exec/assign.hpp"
#include "cumulus/exec/host/assign_together_host.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/together_cuda.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// One of several statements: leaves of shape `extents`, and where they go if that is known.
struct joint_part {
  std::span<leaf const> leaves;
  shape const* extents;
  assign_target target;
  buffer const* owner;  ///< an array that takes new elements; null: a view
  bool in_place = false;
};

namespace detail {

/// True if writing part k while the others are evaluated could change what is still to be read:
/// where elements are stored before later statements read (`interleaved`), at the same place too.
inline bool is_joint_hazard(std::span<joint_part const> parts, std::size_t k, shape const& s,
                            bool interleaved, char const* function) {
  operand const& out = parts[k].target.op;
  address_range const written = addresses(out, s);
  for (std::size_t j = 0; j < parts.size(); ++j) {
    if (j < k && may_overlap(out, parts[j].target.op, s)) {
      return true;
    }
    for (leaf const& l : parts[j].leaves) {
      operand in;
      set_operand(in, l, *parts[j].extents, s, function);
      if (is_hazard(out, written, in, l.owner, s) ||
          (interleaved && j > k && may_overlap(out, in, s))) {
        return true;
      }
    }
  }
  return false;
}

/// True if every reference to an owner's storage is its own or a leaf's.
inline bool unshared(std::span<joint_part const> parts, buffer const& owner) {
  std::int64_t own = 1;
  for (joint_part const& part : parts) {
    own += references_among(part.leaves, owner);
  }
  return owner && owner.use_count() == own;
}

}  // namespace detail

/// The shape of several statements: that of the right-hand sides and views broadcast against
/// each other. Sets which parts are written in place.
/// Throws: shape_error if there is none, or a view has another; value_error if it repeats elements.
inline shape plan_parts(std::span<joint_part> parts, bool interleaved, bool may_throw,
                        char const* function) {
  shape s;
  for (joint_part const& part : parts) {
    s = broadcast_shapes(s, *part.extents, function);
  }
  for (joint_part const& part : parts) {
    if (part.owner == nullptr) {
      s = broadcast_shapes(s, part.target.shape, function);
    }
  }
  for (joint_part const& part : parts) {
    if (part.owner == nullptr && part.target.shape != s) {
      raise<shape_error>(
          {function, ": expected views of shape ", s, ", got one of ", part.target.shape});
    }
    if (part.owner == nullptr && repeats_elements(part.target.op, s)) {
      raise<value_error>(
          {function, ": expected views with distinct elements, got a broadcast view of shape ", s});
    }
  }
  for (std::size_t k = 0; k < parts.size(); ++k) {
    joint_part& part = parts[k];
    bool const fits = part.owner == nullptr || (part.target.shape == s && !may_throw &&
                                                detail::unshared(parts, *part.owner));
    part.in_place = fits && !detail::is_joint_hazard(parts, k, s, interleaved, function);
  }
  return s;
}

/// True in the spaces whose loops store a piece of one statement before they read for the next.
template <class Space> inline constexpr bool interleaves_v = std::is_same_v<Space, host>;

/// Writes the trees, whose leaves are those of the parts, to the parts' targets of shape `s`.
template <class Space, class... Tree>
void assign_together(std::span<joint_part const> parts, shape const& s, char const* function) {
  constexpr std::size_t outputs = sizeof...(Tree);
  constexpr std::size_t count = outputs + static_cast<std::size_t>((Tree::leaf_count + ...));
  operand operands[count];
  void* contexts[count];
  std::size_t next = outputs;
  for (std::size_t k = 0; k < outputs; ++k) {
    operands[k] = parts[k].target.op;
    contexts[k] = parts[k].target.context;
    for (leaf const& l : parts[k].leaves) {
      set_operand(operands[next], l, *parts[k].extents, s, function);
      contexts[next++] = l.owner.context();
    }
  }
  if constexpr (std::is_same_v<Space, host>) {
    static_cast<void>(contexts);
    row_evaluator const* const evaluators[] = {&row_evaluator_of<Tree>...};
    assign_together_host(s, {operands, evaluators});
  } else {
#if CUMULUS_HAS_CUDA
    assign_together_cuda<Tree...>(s, operands, contexts);
#else
    static_assert(
        std::is_same_v<Space, host>,
        "cumulus: this expression reads CUDA arrays, so the file must be compiled as CUDA "
        "(nvcc); a C++ file may only hold, move and copy them");
#endif
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
