// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writing elements: what `v(_) = x`, v.assign(x), `v += x` and the constructors of ndarray share.

#include "cumulus/exec/assign.hpp"
#include "cumulus/expr/build.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// True if values of operand X may be stored as T without astype: NumPy's same_kind rule for
/// arrays; a number must not lose its fraction, imaginary part or truth.
template <class X, class T>
inline constexpr bool storable_v = [] {
  using From = typename operand_type<X>::type;
  if constexpr (lazy_source<X>) {
    return same_kind_v<From, T>;
  } else if constexpr (std::is_integral_v<From> && !boolean<From>) {
    return !boolean<T>;
  } else {
    return promotion::kind_rank<decltype(promotion::own_dtype<From>())>() <=
           promotion::kind_rank<T>();
  }
}();

/// The target that a view is.
template <class View> assign_target target_of(View const& v) {
  assign_target target{operand{.data = reinterpret_cast<std::byte const*>(v.data()),
                               .item_bytes = sizeof(typename View::value_type),
                               .kind = leaf_kind::array},
                       v.shape(), v.owner().context()};
  for (int k = 0; k < v.rank(); ++k) {
    target.op.stride[k] = v.strides()[k];
  }
  return target;
}

/// Writes x to the elements of v. `function` is what messages name.
template <class View, class X> void assign_elements(char const* function, View const& v, X&& x) {
  using T = typename View::element_type;
  static_assert(!std::is_const_v<typename View::value_type>,
                "cumulus: this view reads only; its elements are const");
  static_assert(storable_v<X, T>,
                "cumulus: assignment would lose the fraction, the imaginary part or the sign "
                "(NumPy's same_kind rule); convert with astype");
  if constexpr (array_like<X>) {
    static_assert(std::is_same_v<space_of<X>, typename View::space>,
                  "cumulus: nothing is copied between host and CUDA arrays by an assignment; write "
                  "to<cuda>() or to<host>()");
    static_assert(!tree::is_masked_v<tree_of<X>>,
                  "cumulus: a masked expression has no values to store; reduce it, or use where");
  }
  assign(target_of(v), converted<typename View::space, T>(function, std::forward<X>(x)), function);
}

}  // namespace cumulus::inline CUMULUS_TARGET
