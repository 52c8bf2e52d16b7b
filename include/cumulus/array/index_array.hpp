// SPDX-License-Identifier: Apache-2.0
#pragma once
// Positions as users give them, brought to one form: an int64 array. take and element selection
// call this.

#include <vector>

#include "cumulus/array/ndarray.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// An integer, a list of integers or an array of any integer type as an int64 array. An int64 array
/// is looked at, everything else is copied. Of a uint64 array what an int64 does not hold becomes
/// the largest one, which is out of the range of any axis.
/// Throws: index_error if a single integer or one of a list is not below 2^63.
template <memory_space Space, class Index>
array_view<index_t const, Space> as_index_array(Index const& index) {
  if constexpr (std::is_integral_v<Index>) {
    static_assert(!boolean<Index>, "cumulus: an index is an integer, not a bool");
    index_t const value = checked_index(index, "index", "an index");
    return ndarray<index_t, Space>(shape{}, &value).view();
  } else if constexpr (integer_list<Index>) {
    std::vector<index_t> values;
    for (auto const i : index) {
      values.push_back(checked_index(i, "index", "an index"));
    }
    return ndarray<index_t, Space>(std::span<index_t const>(values)).view();
  } else {
    static_assert(fixed_integer<value_type_of<Index>>,
                  "cumulus: an index array holds integers; convert it with astype");
    static_assert(std::is_same_v<space_of<Index>, Space>,
                  "cumulus: an index array must be in the same space as the array it indexes; copy "
                  "it with to<cuda>() or to<host>()");
    if constexpr (std::is_same_v<value_type_of<Index>, index_t> && requires { index.view(); }) {
      return index.view();
    } else if constexpr (std::is_same_v<value_type_of<Index>, std::uint64_t>) {
      constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<index_t>::max());
      return ndarray<index_t, Space>(
                 make_cast<index_t>(make_binary<operations::minimum>(index, largest)))
          .view();
    } else {
      return ndarray<index_t, Space>(make_cast<index_t>(index)).view();
    }
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
