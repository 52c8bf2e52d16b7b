// SPDX-License-Identifier: Apache-2.0
#pragma once
// An array without its element type: what owners and views are made of, so that their code is
// ordinary code that no element type instantiates.

#include <utility>

#include "cumulus/core/layout.hpp"
#include "cumulus/memory/buffer.hpp"

namespace cumulus::inline v1 {

/// Elements in a block of memory, which they keep alive. Without a block it has the shape (0,).
struct untyped_array {
  buffer owner;
  std::byte* data = nullptr;  ///< the first element; not written if the elements are const
  cumulus::shape shape{0};
  cumulus::strides strides{1};

  untyped_array() = default;
  untyped_array(buffer block, void const* first, cumulus::shape const& s,
                cumulus::strides const& st)
      : owner(std::move(block)),
        data(static_cast<std::byte*>(const_cast<void*>(first))),
        shape(s),
        strides(st) {}

  /// New elements in row-major order, from `allocate`.
  /// Throws: shape_error if the size does not fit; what allocate throws.
  CUMULUS_ONCE untyped_array(cumulus::shape const& s, std::size_t item_bytes,
                             buffer (*allocate)(std::size_t))
      : owner(allocate(static_cast<std::size_t>(checked_size(s, item_bytes, "ndarray")) *
                       item_bytes)),
        data(static_cast<std::byte*>(owner.data())),
        shape(s),
        strides(row_major_strides(s)) {}

  untyped_array(untyped_array const&) = default;
  untyped_array& operator=(untyped_array const&) = default;
  /// What was moved from is empty.
  CUMULUS_ONCE untyped_array(untyped_array&& a) noexcept : untyped_array() { swap(a); }
  untyped_array& operator=(untyped_array&&) = delete;

  CUMULUS_ONCE void swap(untyped_array& a) noexcept {
    owner.swap(a.owner);
    std::swap(data, a.data);
    std::swap(shape, a.shape);
    std::swap(strides, a.strides);
  }

  /// The same elements seen through a view.
  CUMULUS_ONCE untyped_array mapped(axis_map const& map, int item_bytes) const {
    return {owner, data + map.offset(strides) * item_bytes, map.result, map.apply(strides)};
  }
};

}  // namespace cumulus::inline v1
