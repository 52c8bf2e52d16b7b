// SPDX-License-Identifier: Apache-2.0
#pragma once
// Nested braces as array values: {{1, 2}, {3, 4}}.

#include <initializer_list>

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

template <class T, int Depth> struct nested_list {
  using type = std::initializer_list<typename nested_list<T, Depth - 1>::type>;
};
template <class T> struct nested_list<T, 0> {
  using type = T;
};
template <class T, int Depth> using nested_list_t = typename nested_list<T, Depth>::type;

/// The shape of nested braces, read from the first entry of each level.
template <class T, int Depth> shape nested_shape(nested_list_t<T, Depth> const& values) {
  if constexpr (Depth == 0) {
    return {};
  } else {
    shape result;
    if (values.size() > 0) {
      result = nested_shape<T, Depth - 1>(*values.begin());
    } else {
      result = shape::filled(Depth - 1, 0);
    }
    result.insert(0, static_cast<index_t>(values.size()));
    return result;
  }
}

/// Writes the values in row-major order and returns the place behind the last one.
/// Throws: shape_error if the lists of a level differ in length.
template <class T, int Depth>
T* copy_nested(T* to, nested_list_t<T, Depth> const& values, shape const& whole, int axis = 0) {
  if constexpr (Depth == 0) {
    *to = values;
    return to + 1;
  } else {
    if (static_cast<index_t>(values.size()) != whole[axis]) {
      throw shape_error("ndarray: expected lists of length " + std::to_string(whole[axis]) +
                        " along axis " + std::to_string(axis) + ", got one of length " +
                        std::to_string(values.size()));
    }
    for (auto const& inner : values) {
      to = copy_nested<T, Depth - 1>(to, inner, whole, axis + 1);
    }
    return to;
  }
}

}  // namespace cumulus::inline v1
