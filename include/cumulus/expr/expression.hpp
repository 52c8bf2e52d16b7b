// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lazy expression: a tree (a type), a shape and a flat array of leaves. Operations on arrays
// build one; assignment and reductions evaluate it.

#include <concepts>
#include <tuple>

#include "cumulus/expr/expression_part.hpp"
#include "cumulus/expr/tree.hpp"
#include "cumulus/memory/space.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// A lazy array. It holds references to the storage it reads, never values: evaluated later, it
/// sees what was written in between. Copying it is cheap; evaluating it twice is legal.
template <class Tree, memory_space Space> class expression {
 public:
  using tree_type = Tree;
  using space = Space;
  using value_type = typename Tree::value_type;
  using lazy_source_tag = void;
  static constexpr int leaf_count = Tree::leaf_count;
  static_assert(leaf_count <= max_leaves,
                "cumulus: this expression has more than 16 leaves; write the formula as a functor "
                "on scalars and apply it with map(f, a, b, ...)");

  expression(cumulus::shape const& s) : shape_(s) {}
  /// The leaves of `parts`, broadcast against each other; `first` goes before them if it is given.
  /// Throws: shape_error naming `function`.
  expression(std::span<expression_part const> parts, leaf const* first, char const* function) {
    join_parts(shape_, leaves(), parts, first, function);
  }

  cumulus::shape const& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  index_t size() const { return shape_.size(); }
  leaf* leaves() { return leaves_.data(); }
  leaf const* leaves() const { return leaves_.data(); }

  /// The expression seen through a view; nothing is evaluated.
  expression mapped(axis_map const& map) const {
    expression result(*this);
    result.shape_ = map.result;
    for (int k = 0; k < leaf_count; ++k) {
      result.leaves()[k].apply(map);
    }
    return result;
  }

  /// An array has no truth of its own, as in NumPy.
  explicit operator bool() const {
    static_assert(sizeof(Tree) == 0,
                  "cumulus: an array is neither true nor false; write all(x).item(), "
                  "any(x).item() or array_equal(a, b)");
    return false;
  }

  /// A view of the expression: integers, slice, _, newaxis and ellipsis as for arrays.
  template <view_index... Items> expression operator()(Items... items) const {
    index_item const list[] = {items..., index_item(ellipsis)};
    return mapped(map_index(shape_, std::span<index_item const>(list, sizeof...(items))));
  }

 private:
  cumulus::shape shape_;
  leaf_list<leaf_count> leaves_;
};

/// What takes part in lazy arithmetic: arrays, views and expressions.
template <class X>
concept lazy_source = requires { typename std::remove_cvref_t<X>::lazy_source_tag; };

template <lazy_source X>
using value_type_of = std::remove_const_t<typename std::remove_cvref_t<X>::value_type>;
template <lazy_source X> using space_of = typename std::remove_cvref_t<X>::space;

template <class Tree, class Space>
expression<Tree, Space> const& as_expression(expression<Tree, Space> const& e) {
  return e;
}
template <class Tree, class Space>
expression<Tree, Space>&& as_expression(expression<Tree, Space>&& e) {
  return std::move(e);
}
template <class X>
  requires requires(X&& x) { std::forward<X>(x).to_expression(); }
auto as_expression(X&& x) {
  return std::forward<X>(x).to_expression();
}
template <lazy_source X>
using tree_of = typename std::remove_cvref_t<decltype(as_expression(std::declval<X>()))>::tree_type;

namespace detail {

template <class... S> inline constexpr bool same_space_v = true;
template <class S, class... Rest>
inline constexpr bool same_space_v<S, Rest...> = (std::is_same_v<S, Rest> && ...);

}  // namespace detail

/// The elements of an array as an expression.
template <class T, class Space>
expression<tree::array<T>, Space> array_expression(untyped_array const& a) {
  expression<tree::array<T>, Space> e(a.shape);
  *e.leaves() = array_leaf(a, sizeof(T));
  return e;
}

/// A number on its way into a larger expression.
template <class T, memory_space Space> struct constant_operand {
  using tree_type = tree::constant<T>;
  using space = Space;
  T value;
};

template <class T, class Space>
expression<tree::constant<T>, Space> as_expression(constant_operand<T, Space> const& c) {
  expression<tree::constant<T>, Space> e{shape{}};
  e.leaves()->op.set_value(c.value);
  return e;
}

namespace detail {

template <class Tree, class Space> expression_part part_of(expression<Tree, Space> const& e) {
  return {.leaves = e.leaves(), .count = Tree::leaf_count, .extents = &e.shape()};
}
template <class Tree, class Space> expression_part part_of(expression<Tree, Space>&& e) {
  return {.leaves = e.leaves(), .count = Tree::leaf_count, .movable = true, .extents = &e.shape()};
}
/// An owner or a view.
template <class X>
concept has_elements = requires(X const& x) {
  { x.untyped() } -> std::same_as<untyped_array const&>;
};

template <has_elements X> expression_part part_of(X const& x) {
  return {.array = &x.untyped(),
          .item_bytes = sizeof(typename X::value_type),
          .extents = &x.untyped().shape};
}
template <class T, class Space> expression_part part_of(constant_operand<T, Space> const& c) {
  return {.constant = &c.value, .item_bytes = sizeof(T)};
}

}  // namespace detail

/// The tree of what stands for an operand in a larger expression.
template <class X> struct tree_of_part {
  using type = typename X::tree_type;
};
template <detail::has_elements X> struct tree_of_part<X> {
  using type = tree::array<std::remove_const_t<typename X::value_type>>;
};
template <class X> using tree_of_part_t = typename tree_of_part<std::remove_cvref_t<X>>::type;

/// An expression of `Tree` over the leaves of `parts`, broadcast against each other; `first` goes
/// before them if it is given.
template <class Tree, class... Parts>
auto combine(char const* function, leaf const* first, Parts&&... parts) {
  static_assert(detail::same_space_v<typename std::remove_cvref_t<Parts>::space...>,
                "cumulus: an expression cannot mix host and CUDA arrays; copy one with to<cuda>() "
                "or to<host>()");
  using Space = typename std::tuple_element_t<0, std::tuple<std::remove_cvref_t<Parts>...>>::space;
  expression_part const list[] = {detail::part_of(std::forward<Parts>(parts))...};
  return expression<Tree, Space>(list, first, function);
}

}  // namespace cumulus::inline CUMULUS_TARGET
