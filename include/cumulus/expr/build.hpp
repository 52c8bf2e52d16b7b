// SPDX-License-Identifier: Apache-2.0
#pragma once
// Builds nodes: promotes the operand types, converts weak scalars, checks the rule of the
// operation. The functions of ops/ and the operators call these.

#include "cumulus/expr/expression.hpp"
#include "cumulus/expr/operations.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// A number that keeps its type beside an array: float32_array * scalar<double>(2) is float64.
template <dtype T> class scalar {
 public:
  using value_type = T;
  using lazy_source_tag = void;
  using space = void;

  explicit scalar(T value) : value_(value) {}
  T value() const { return value_; }

 private:
  T value_;
};

/// What may stand beside an array in an operation.
template <class X>
concept operand_like = lazy_source<X> || weak_scalar<std::remove_cvref_t<X>>;
template <class X> inline constexpr bool is_strong_scalar_v = false;
template <class T> inline constexpr bool is_strong_scalar_v<scalar<T>> = true;
/// An operand that brings a shape and a space.
template <class X>
concept array_like = lazy_source<X> && !is_strong_scalar_v<std::remove_cvref_t<X>>;

template <class... X> inline constexpr bool any_array_like_v = (array_like<X> || ...);

/// Promotion of any mixture of array types and weak scalars, left to right.
template <class X> struct operand_type {
  static constexpr bool weak = true;
  using type = std::remove_cvref_t<X>;
};
template <lazy_source X> struct operand_type<X> {
  static constexpr bool weak = false;
  using type = value_type_of<X>;
};

template <class A, class B> struct promoted_pair {
  static constexpr bool weak = A::weak && B::weak;
  static constexpr auto pick() {
    if constexpr (weak) {
      return promotion::promote<decltype(promotion::own_dtype<typename A::type>()),
                                decltype(promotion::own_dtype<typename B::type>())>();
    } else if constexpr (A::weak) {
      return promotion::promote_weak<typename B::type, typename A::type>();
    } else if constexpr (B::weak) {
      return promotion::promote_weak<typename A::type, typename B::type>();
    } else {
      return promotion::promote<typename A::type, typename B::type>();
    }
  }
  using type = decltype(pick());
};

/// The space of the arrays among the operands.
template <class... X> struct common_space;
template <class X, class... Rest> struct common_space<X, Rest...> {
  static constexpr auto pick() {
    if constexpr (array_like<X>) {
      return std::type_identity<space_of<X>>{};
    } else {
      return std::type_identity<typename common_space<Rest...>::type>{};
    }
  }
  using type = typename decltype(pick())::type;
};

/// What stands for an operand with elements of type To in a larger expression: an array, an
/// expression or a number.
template <class Space, class To, class X>
decltype(auto) converted_operand(char const* function, X&& x) {
  if constexpr (is_strong_scalar_v<std::remove_cvref_t<X>>) {
    return constant_operand<To, Space>{elementary::cast<To>(x.value())};
  } else if constexpr (!lazy_source<X>) {
    return constant_operand<To, Space>{weak_cast<To>(x, function)};
  } else if constexpr (!std::is_same_v<value_type_of<X>, To>) {
    using Tree = tree::apply<operations::cast<To>, To, tree_of<X>>;
    return combine<Tree>(function, nullptr,
                         converted_operand<Space, value_type_of<X>>(function, std::forward<X>(x)));
  } else if constexpr (detail::has_elements<X>) {
    return static_cast<X const&>(x);
  } else {
    return as_expression(std::forward<X>(x));
  }
}

/// An operand as an expression whose elements are of type To.
template <class Space, class To, class X> auto converted(char const* function, X&& x) {
  return as_expression(converted_operand<Space, To>(function, std::forward<X>(x)));
}

/// Op applied to one array-like operand.
template <class Op, array_like X> auto make_unary(X&& x) {
  using Rule = typename Op::template rule<value_type_of<X>>;
  static_assert(Rule::accepted,
                "cumulus: this function does not take arrays of this element type (see "
                "docs/reference.md); convert with astype first");
  using Space = space_of<X>;
  using In = typename Rule::operand;
  using Part = decltype(converted_operand<Space, In>(Op::name, std::forward<X>(x)));
  using Tree = tree::apply<Op, typename Rule::result, tree_of_part_t<Part>>;
  return combine<Tree>(Op::name, nullptr,
                       converted_operand<Space, In>(Op::name, std::forward<X>(x)));
}

namespace detail {

/// The types in which the operands of a comparison meet. A weak integer may lie outside the array's
/// type, so it brings its own; int64 and uint64 have no common integer type and are compared as
/// they are.
template <class A, class B> struct comparison_types {
  template <class X> static constexpr auto own() {
    if constexpr (X::weak) {
      return promotion::own_dtype<typename X::type>();
    } else {
      return typename X::type{};
    }
  }
  using OwnA = decltype(own<A>());
  using OwnB = decltype(own<B>());
  static constexpr bool integers = fixed_integer<OwnA> && fixed_integer<OwnB>;
  static constexpr auto common() {
    if constexpr (integers) {
      return promotion::promote<OwnA, OwnB>();
    } else {
      return typename promoted_pair<A, B>::type{};
    }
  }
  using Common = decltype(common());
  static constexpr bool mixed = integers && std::is_floating_point_v<Common>;
  using Left = std::conditional_t<mixed, OwnA, Common>;
  using Right = std::conditional_t<mixed, OwnB, Common>;
};

template <bool Compares, class In, class A, class B> struct operand_types {
  using Left = In;
  using Right = In;
};
template <class In, class A, class B>
struct operand_types<true, In, A, B> : comparison_types<A, B> {};

}  // namespace detail

/// Op applied to two operands, at least one of them array-like; messages name `function`.
template <class Op, operand_like A, operand_like B>
auto make_binary(A&& a, B&& b, char const* function = Op::name) {
  using Space = typename common_space<A, B>::type;
  using TypeA = operand_type<A>;
  using TypeB = operand_type<B>;
  using Rule = typename Op::template rule<typename promoted_pair<TypeA, TypeB>::type>;
  static_assert(Rule::accepted,
                "cumulus: this function does not take arrays of this element type (see "
                "docs/reference.md); convert with astype, or use a logical function for bool");
  using Types = detail::operand_types<Op::compares, typename Rule::operand, TypeA, TypeB>;
  using Left = typename Types::Left;
  using Right = typename Types::Right;
  using PartA = decltype(converted_operand<Space, Left>(function, std::forward<A>(a)));
  using PartB = decltype(converted_operand<Space, Right>(function, std::forward<B>(b)));
  using Tree = tree::apply<Op, typename Rule::result, tree_of_part_t<PartA>, tree_of_part_t<PartB>>;
  return combine<Tree>(function, nullptr,
                       converted_operand<Space, Left>(function, std::forward<A>(a)),
                       converted_operand<Space, Right>(function, std::forward<B>(b)));
}

/// where(condition, x, y) with x and y promoted against each other.
template <operand_like C, operand_like A, operand_like B> auto make_where(C&& c, A&& a, B&& b) {
  using Space = typename common_space<C, A, B>::type;
  using In = typename promoted_pair<operand_type<A>, operand_type<B>>::type;
  using Condition = decltype(converted_operand<Space, bool>("where", std::forward<C>(c)));
  using PartA = decltype(converted_operand<Space, In>("where", std::forward<A>(a)));
  using PartB = decltype(converted_operand<Space, In>("where", std::forward<B>(b)));
  using Tree = tree::apply<operations::where, In, tree_of_part_t<Condition>, tree_of_part_t<PartA>,
                           tree_of_part_t<PartB>>;
  return combine<Tree>("where", nullptr,
                       converted_operand<Space, bool>("where", std::forward<C>(c)),
                       converted_operand<Space, In>("where", std::forward<A>(a)),
                       converted_operand<Space, In>("where", std::forward<B>(b)));
}

/// The elements of x converted to To.
template <dtype To, array_like X> auto make_cast(X&& x) {
  return converted<space_of<X>, To>("astype", std::forward<X>(x));
}

}  // namespace cumulus::inline CUMULUS_TARGET
