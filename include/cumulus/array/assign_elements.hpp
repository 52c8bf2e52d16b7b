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

/// The target that an array is.
inline assign_target target_of(untyped_array const& a, int item_bytes) {
  return {array_operand(a.data, item_bytes, a.strides), a.shape, a.owner.context()};
}
template <class View> assign_target target_of(View const& v) {
  return target_of(v.untyped(), sizeof(typename View::value_type));
}

/// True if every reference to the storage is the owner's or one of `leaves`.
inline bool unshared_by_others(buffer const& owner, std::span<leaf const> leaves) {
  return owner && owner.use_count() == 1 + references_among(leaves, owner);
}

/// What `a = x` does to an owner: its elements become those of `leaves`, of shape `s`, in new
/// storage or, when nobody can tell the difference, in place.
CUMULUS_ONCE inline void take_values(untyped_array& a, std::span<leaf const> leaves, shape const& s,
                                     sweep_functions const& functions) {
  assign_target const target = target_of(a, functions.item_bytes);
  constexpr bool separate = true;
  if (s == a.shape && !functions.may_throw && unshared_by_others(a.owner, leaves) &&
      !any_hazard(target.op, leaves, s)) {
    return assign_leaves(target, leaves, s, functions, "operator=", separate);
  }
  untyped_array fresh(s, static_cast<std::size_t>(functions.item_bytes), functions.allocate);
  assign_leaves(target_of(fresh, functions.item_bytes), leaves, s, functions,
                "operator=", separate);
  a.swap(fresh);
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
  assign(target_of(v),
         as_expression(converted_operand<typename View::space, T>(function, std::forward<X>(x))),
         function);
}

}  // namespace cumulus::inline CUMULUS_TARGET
