// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether an output may be written while an expression is read: see the assignment rules in
// docs/decisions/0003-assignment.md.

#include "cumulus/expr/leaf.hpp"

namespace cumulus::inline v1 {

/// The addresses [begin, end) that an operand touches.
struct address_range {
  std::uintptr_t begin;
  std::uintptr_t end;
};

/// None if the shape has no elements, whose other extents may be anything.
inline address_range addresses(operand const& o, shape const& s) {
  auto const first = reinterpret_cast<std::uintptr_t>(o.data);
  for (index_t const extent : s) {
    if (extent == 0) {
      return {first, first};
    }
  }
  index_t low = 0;
  index_t high = 0;
  for (int k = 0; k < s.rank(); ++k) {
    index_t const reach = o.stride[k] * (s[k] - 1);
    if (reach < 0) {
      low += reach;
    } else {
      high += reach;
    }
  }
  return {first + static_cast<std::uintptr_t>(low * o.item_bytes),
          first + static_cast<std::uintptr_t>((high + 1) * o.item_bytes)};
}

/// True if writing `output`, which touches `out`, element by element could change what `input` has
/// still to read. Both have strides over s. An input with the output's own address and strides is
/// safe: each element is read before it is written. A gather on the output's memory never is.
inline bool is_hazard(operand const& output, address_range const& out, operand const& input,
                      buffer const& owner, shape const& s) {
  if (input.kind == leaf_kind::indirect) {
    auto const begin = reinterpret_cast<std::uintptr_t>(owner.data());
    return owner ? out.begin < begin + owner.bytes() && begin < out.end : true;
  }
  if (input.kind != leaf_kind::array) {
    return false;
  }
  address_range const in = addresses(input, s);
  if (out.end <= in.begin || in.end <= out.begin) {
    return false;
  }
  bool same = output.data == input.data && output.item_bytes == input.item_bytes;
  for (int k = 0; k < s.rank(); ++k) {
    same = same && (s[k] == 1 || output.stride[k] == input.stride[k]);
  }
  return !same;
}

/// True if two arrays over s may have elements in common.
inline bool may_overlap(operand const& a, operand const& b, shape const& s) {
  if (a.kind != leaf_kind::array || b.kind != leaf_kind::array) {
    return false;
  }
  address_range const of_a = addresses(a, s);
  address_range const of_b = addresses(b, s);
  return of_a.begin < of_b.end && of_b.begin < of_a.end;
}

inline bool any_hazard(operand const& output, std::span<leaf const> inputs, shape const& s) {
  address_range const out = addresses(output, s);
  for (leaf const& l : inputs) {
    if (is_hazard(output, out, l.op, l.owner, s)) {
      return true;
    }
  }
  return false;
}

/// True if two positions of the output share an element, as in a broadcast view.
inline bool repeats_elements(operand const& output, shape const& s) {
  bool repeated = false;
  for (int k = 0; k < s.rank(); ++k) {
    repeated = repeated || (s[k] > 1 && output.stride[k] == 0);
  }
  return repeated && s.size() > 0;
}

}  // namespace cumulus::inline v1
