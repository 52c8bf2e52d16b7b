// SPDX-License-Identifier: Apache-2.0
#pragma once
// The elementwise functions of expr/elementwise.def on arrays, expressions and plain numbers, the
// operators, where and clip. All are lazy on arrays.

#include "cumulus/array/assign_elements.hpp"

namespace cumulus::inline CUMULUS_TARGET {

namespace detail {

/// A plain number through the same operation and the same result types as an array.
template <class Op, class X> CUMULUS_HD auto apply_to_scalar(X x) {
  using Rule = typename Op::template rule<X>;
  static_assert(Rule::accepted, "cumulus: this function is not defined for numbers of this type");
  using In = compute_t<typename Rule::operand>;
  return elementary::cast<typename Rule::result>(Op{}(elementary::cast<In>(x)));
}
template <class Op, class X, class Y> CUMULUS_HD auto apply_to_scalars(X x, Y y) {
  using Rule = typename Op::template rule<promote_t<X, Y>>;
  static_assert(Rule::accepted, "cumulus: this function is not defined for numbers of these types");
  using In = compute_t<typename Rule::operand>;
  return elementary::cast<typename Rule::result>(
      Op{}(elementary::cast<In>(x), elementary::cast<In>(y)));
}

/// A std::vector and its like beside an array: taken, to be refused in words.
template <class X>
concept plain_list = !lazy_source<X> && requires(X const& x) {
  x.data();
  x.size();
};
template <class X>
concept operand_or_list = operand_like<X> || plain_list<std::remove_cvref_t<X>>;

template <class X> constexpr bool check_no_list() {
  static_assert(operand_like<X>,
                "cumulus: a std::vector or std::span is not an operand; make an array of it with "
                "from_vector(v) or from_span(s, shape)");
  return true;
}

template <class X> constexpr int leaves_of() {
  if constexpr (requires { std::remove_cvref_t<X>::leaf_count; }) {
    return std::remove_cvref_t<X>::leaf_count;
  } else {
    return 1;
  }
}
template <class X, class Y> constexpr bool same_space() {
  if constexpr (array_like<X> && array_like<Y>) {
    return std::is_same_v<space_of<X>, space_of<Y>>;
  } else {
    return true;
  }
}

/// What combine() checks too, near enough to the user's line to stand at the top of the message.
template <class X, class Y> constexpr bool check_operands() {
  static_assert(check_no_list<X>() && check_no_list<Y>());
  static_assert(same_space<X, Y>(),
                "cumulus: an expression cannot mix host and CUDA arrays; copy one with to<cuda>() "
                "or to<host>()");
  static_assert(leaves_of<X>() + leaves_of<Y>() <= max_leaves,
                "cumulus: this expression has more than 16 leaves; write the formula as a functor "
                "on scalars and apply it with map(f, a, b, ...)");
  return true;
}

}  // namespace detail

// On arrays a function returns an expression; on numbers (inside a functor, say) it returns a
// number.
#define CUMULUS_UNARY(name, rule, width, expression, domain, doc) \
  template <array_like X> auto name(X&& x) {                      \
    return make_unary<operations::name>(std::forward<X>(x));      \
  }                                                               \
  template <dtype X> CUMULUS_HD auto name(X x) {                  \
    return detail::apply_to_scalar<operations::name>(x);          \
  }
#define CUMULUS_BINARY(name, rule, width, expression, domain, doc)                \
  template <detail::operand_or_list X, detail::operand_or_list Y>                 \
    requires any_array_like_v<X, Y>                                               \
  auto name(X&& x, Y&& y) {                                                       \
    static_assert(detail::check_operands<X, Y>());                                \
    return make_binary<operations::name>(std::forward<X>(x), std::forward<Y>(y)); \
  }                                                                               \
  template <dtype X, dtype Y> CUMULUS_HD auto name(X x, Y y) {                    \
    return detail::apply_to_scalars<operations::name>(x, y);                      \
  }
#include "cumulus/expr/elementwise.def"

#define CUMULUS_OPERATOR(symbol, operation)                                            \
  template <detail::operand_or_list X, detail::operand_or_list Y>                      \
    requires any_array_like_v<X, Y>                                                    \
  auto operator symbol(X&& x, Y&& y) {                                                 \
    static_assert(detail::check_operands<X, Y>());                                     \
    return make_binary<operations::operation>(std::forward<X>(x), std::forward<Y>(y)); \
  }
CUMULUS_OPERATOR(+, add)
CUMULUS_OPERATOR(-, subtract)
CUMULUS_OPERATOR(*, multiply)
CUMULUS_OPERATOR(/, divide)
CUMULUS_OPERATOR(%, remainder)
CUMULUS_OPERATOR(&, bitwise_and)
CUMULUS_OPERATOR(|, bitwise_or)
CUMULUS_OPERATOR(^, bitwise_xor)
CUMULUS_OPERATOR(<<, left_shift)
CUMULUS_OPERATOR(>>, right_shift)
CUMULUS_OPERATOR(==, equal)
CUMULUS_OPERATOR(!=, not_equal)
CUMULUS_OPERATOR(<, less)
CUMULUS_OPERATOR(<=, less_equal)
CUMULUS_OPERATOR(>, greater)
CUMULUS_OPERATOR(>=, greater_equal)
CUMULUS_OPERATOR(&&, logical_and)
CUMULUS_OPERATOR(||, logical_or)
#undef CUMULUS_OPERATOR

template <array_like X> auto operator-(X&& x) {
  return make_unary<operations::negative>(std::forward<X>(x));
}
template <array_like X> auto operator+(X&& x) {
  return make_unary<operations::positive>(std::forward<X>(x));
}
template <array_like X> auto operator!(X&& x) {
  return make_unary<operations::logical_not>(std::forward<X>(x));
}
template <array_like X> auto operator~(X&& x) {
  return make_unary<operations::invert>(std::forward<X>(x));
}

/// What may stand on the left of `a += x`: an owner, or a view of writable elements.
template <class A>
concept writable_array = array_like<A> && requires(A&& a) {
  a.view();
  requires !std::is_const_v<typename std::remove_cvref_t<decltype(a.view())>::value_type>;
};

// a += x computes a + x in the promoted type and writes the elements of a, converted back by
// NumPy's same_kind rule.
#define CUMULUS_IN_PLACE(symbol, operation)                                                    \
  template <writable_array A, detail::operand_or_list X> A&& operator symbol(A && a, X && x) { \
    static_assert(detail::check_no_list<X>());                                                 \
    assign_elements(#symbol, a.view(),                                                         \
                    make_binary<operations::operation>(a.view(), std::forward<X>(x)));         \
    return std::forward<A>(a);                                                                 \
  }
CUMULUS_IN_PLACE(+=, add)
CUMULUS_IN_PLACE(-=, subtract)
CUMULUS_IN_PLACE(*=, multiply)
CUMULUS_IN_PLACE(/=, divide)
CUMULUS_IN_PLACE(%=, remainder)
CUMULUS_IN_PLACE(&=, bitwise_and)
CUMULUS_IN_PLACE(|=, bitwise_or)
CUMULUS_IN_PLACE(^=, bitwise_xor)
CUMULUS_IN_PLACE(<<=, left_shift)
CUMULUS_IN_PLACE(>>=, right_shift)
#undef CUMULUS_IN_PLACE

/// x where condition is true, else y, element by element; both are evaluated.
///     auto z = where(a > 0, a, 0.0);
/// Shape:  the three broadcast.    Dtype: x and y promoted.    NaN: a NaN condition is true.
/// Cost:   lazy.    Throws: shape_error if the three do not broadcast.    Source: numpy.where.
template <operand_like C, operand_like X, operand_like Y>
  requires any_array_like_v<C, X, Y>
auto where(C&& condition, X&& x, Y&& y) {
  return make_where(std::forward<C>(condition), std::forward<X>(x), std::forward<Y>(y));
}

/// x limited to [low, high]: minimum(maximum(x, low), high).
/// Shape:  the three broadcast.    Dtype: all three promoted.    NaN: propagates.    Cost: lazy.
/// Throws: shape_error if the three do not broadcast; value_error if an integer limit is out of the
///         range of the element type.
/// Source: numpy.clip.
template <operand_like X, operand_like L, operand_like H>
  requires any_array_like_v<X, L, H>
auto clip(X&& x, L&& low, H&& high) {
  return make_binary<operations::minimum>(
      make_binary<operations::maximum>(std::forward<X>(x), std::forward<L>(low), "clip"),
      std::forward<H>(high), "clip");
}

/// The elements converted to T: float to integer saturates and NaN gives 0, a complex number loses
/// its imaginary part.
///     auto i = astype<std::int32_t>(a);
/// Shape:  x's.    Dtype: T.    Cost: lazy.
/// Source: numpy.ndarray.astype; there a float out of range is undefined.
template <dtype T, array_like X> auto astype(X&& x) { return make_cast<T>(std::forward<X>(x)); }

}  // namespace cumulus::inline CUMULUS_TARGET
