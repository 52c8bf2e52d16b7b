// SPDX-License-Identifier: Apache-2.0
#pragma once
// Positions as users give them, brought to one form: an int64 array. take and element selection
// call this.

#include <vector>

#include "cumulus/array/ndarray.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// An integer, a list of integers or an array of any integer type as an int64 array. An int64 array
/// is looked at, everything else is copied.
template <memory_space Space, class Index>
array_view<index_t const, Space> as_index_array(Index const& index) {
  if constexpr (std::is_integral_v<Index>) {
    static_assert(!boolean<Index>, "cumulus: an index is an integer, not a bool");
    index_t const value = static_cast<index_t>(index);
    return ndarray<index_t, Space>(shape{}, &value).view();
  } else if constexpr (integer_list<Index>) {
    std::vector<index_t> const values(index.begin(), index.end());
    return ndarray<index_t, Space>(std::span<index_t const>(values)).view();
  } else {
    static_assert(fixed_integer<value_type_of<Index>>,
                  "cumulus: an index array holds integers; convert it with astype");
    static_assert(std::is_same_v<space_of<Index>, Space>,
                  "cumulus: an index array must be in the same space as the array it indexes; copy "
                  "it with to<cuda>() or to<host>()");
    if constexpr (std::is_same_v<value_type_of<Index>, index_t> && requires { index.view(); }) {
      return index.view();
    } else {
      return ndarray<index_t, Space>(make_cast<index_t>(index)).view();
    }
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
