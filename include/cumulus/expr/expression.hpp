// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lazy expression: a tree (a type), a shape and a flat array of leaves. Operations on arrays
// build one; assignment and reductions evaluate it.

#include <tuple>

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

  cumulus::shape const& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  index_t size() const { return shape_.size(); }
  leaf* leaves() { return leaves_; }
  leaf const* leaves() const { return leaves_; }

  /// The expression seen through a view; nothing is evaluated.
  expression mapped(axis_map const& map) const {
    expression result(*this);
    result.shape_ = map.result;
    for (leaf& l : result.leaves_) {
      l.apply(map);
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
  leaf leaves_[leaf_count];
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

/// Broadcasts `count` leaves of shape `from` to shape `to` on their way into a larger expression.
inline void broadcast_leaves(leaf* leaves, int count, shape const& from, shape const& to,
                             char const* function) {
  if (from == to) {
    return;
  }
  for (int i = 0; i < count; ++i) {
    leaves[i].set_strides(
        broadcast_strides(from, leaves[i].strides_over(from.rank()), to, function));
  }
}

namespace detail {

/// What an operand brings into a larger expression.
struct expression_part {
  leaf const* leaves;
  int count;
  cumulus::shape const* extents;
  bool movable;  ///< an expression that nobody else sees
};

template <class E> expression_part part_of(E&& e) {
  return {e.leaves(), std::remove_cvref_t<E>::leaf_count, &e.shape(),
          !std::is_lvalue_reference_v<E>};
}

inline shape common_shape(std::span<expression_part const> parts, char const* function) {
  shape common;
  for (expression_part const& part : parts) {
    common = broadcast_shapes(common, *part.extents, function);
  }
  return common;
}

/// Copies or moves the leaves of all parts to `target`, broadcast to `common`.
inline void join_leaves(leaf* target, std::span<expression_part const> parts, shape const& common,
                        char const* function) {
  for (expression_part const& part : parts) {
    for (int i = 0; i < part.count; ++i) {
      if (part.movable) {
        leaf& from = const_cast<leaf&>(part.leaves[i]);
        target[i] = std::move(from);
        from.op.data = nullptr;  // it has no owner any more
      } else {
        target[i] = part.leaves[i];
      }
    }
    broadcast_leaves(target, part.count, *part.extents, common, function);
    target += part.count;
  }
}

template <class... S> inline constexpr bool same_space_v = true;
template <class S, class... Rest>
inline constexpr bool same_space_v<S, Rest...> = (std::is_same_v<S, Rest> && ...);

}  // namespace detail

/// An expression of `Tree` over the leaves of `parts`, broadcast against each other; `first` goes
/// before them if it is given.
template <class Tree, class... Parts>
auto combine(char const* function, leaf const* first, Parts&&... parts) {
  static_assert(detail::same_space_v<typename std::remove_cvref_t<Parts>::space...>,
                "cumulus: an expression cannot mix host and CUDA arrays; copy one with to<cuda>() "
                "or to<host>()");
  using Space = typename std::tuple_element_t<0, std::tuple<std::remove_cvref_t<Parts>...>>::space;
  detail::expression_part const list[] = {detail::part_of(std::forward<Parts>(parts))...};
  expression<Tree, Space> result(detail::common_shape(list, function));
  leaf* next = result.leaves();
  if (first != nullptr) {
    *next++ = *first;
  }
  detail::join_leaves(next, list, result.shape(), function);
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
