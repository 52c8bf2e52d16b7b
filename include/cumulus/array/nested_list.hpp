// SPDX-License-Identifier: Apache-2.0
#pragma once
// Nested braces as array values: {{1, 2}, {3, 4}}.

#include <initializer_list>

#include "cumulus/core/promotion.hpp"
#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// A number of nested braces, or a list of them. Braces are a list wherever they stand, so that
/// {{{1}, {2}}} has three axes.
template <class T> class nested_value {
 public:
  /// {} is a list without entries.
  nested_value() : is_list_(true) {}
  template <class S>
    requires(weak_scalar<S> || std::is_same_v<S, T>)
  nested_value(S value) {
    if constexpr (std::is_same_v<S, T>) {
      value_ = value;
    } else {
      using Own = decltype(promotion::own_dtype<S>());
      constexpr bool storable = std::is_integral_v<S> && !boolean<S>
                                    ? !boolean<T>
                                    : promotion::kind_rank<Own>() <= promotion::kind_rank<T>();
      static_assert(storable,
                    "cumulus: a number in braces would lose its fraction, its imaginary part or "
                    "its truth; convert it first");
      if constexpr (storable) {
        value_ = weak_cast<T>(value, "ndarray");
      }
    }
  }
  nested_value(std::initializer_list<nested_value> values) : list_(values), is_list_(true) {}

  /// The shape that the first entry of each level says, appended to `s`.
  void append_shape(shape& s) const {
    if (is_list_) {
      s.push_back(static_cast<index_t>(list_.size()));
      if (list_.size() > 0) {
        list_.begin()->append_shape(s);
      }
    }
  }

  /// Writes the numbers in row-major order and returns the place behind the last one.
  /// Throws: shape_error if the lists of a level differ in length or depth.
  T* write(T* to, shape const& whole, int axis = 0) const {
    if (is_list_ != (axis < whole.rank())) {
      raise<shape_error>({"ndarray: expected braces of depth ", whole.rank(),
                          " everywhere, as around the first element, got ",
                          (is_list_ ? "a list" : "a number"), " at depth ", axis});
    }
    if (!is_list_) {
      *to = value_;
      return to + 1;
    }
    if (static_cast<index_t>(list_.size()) != whole[axis]) {
      raise<shape_error>({"ndarray: expected lists of length ", whole[axis], " along axis ", axis,
                          ", got one of length ", list_.size()});
    }
    for (nested_value const& inner : list_) {
      to = inner.write(to, whole, axis + 1);
    }
    return to;
  }

 private:
  T value_ = {};
  std::initializer_list<nested_value> list_ = {};
  bool is_list_ = false;
};

}  // namespace cumulus::inline v1
