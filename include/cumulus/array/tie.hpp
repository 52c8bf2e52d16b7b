// SPDX-License-Identifier: Apache-2.0
#pragma once
// tie(a, b) = tuple(x, y): several arrays or views take the values of several expressions in one
// sweep.

#include "cumulus/array/ndarray.hpp"
#include "cumulus/exec/assign_together.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Right-hand sides of tie: expressions and numbers.
template <class... Side> struct right_hand_sides {
  std::tuple<Side...> sides;
};

namespace detail {

/// A target of tie that is an array, which takes new elements as in `a = x`.
template <class T, class Space> struct tied_array {
  using element_type = T;
  using space = Space;
  static constexpr bool is_view = false;
  ndarray<T, Space>* array;

  array_view<T, Space> view() const { return array->view(); }
  buffer const* owner() const { return &array->owner(); }
  void take(ndarray<T, Space>& fresh) const { swap(*array, fresh); }
};

/// One that is a view, whose elements are written as in `v(_) = x`.
template <class T, class Space> struct tied_view {
  using element_type = T;
  using space = Space;
  static constexpr bool is_view = true;
  array_view<T, Space> seen;

  array_view<T, Space> const& view() const { return seen; }
  buffer const* owner() const { return nullptr; }
  void take(ndarray<T, Space> const& fresh) const { seen.assign(fresh); }
};

template <class T, class Space> tied_array<T, Space> tied_to(ndarray<T, Space>& a) { return {&a}; }
template <class T, class Space> tied_view<T, Space> tied_to(array_view<T, Space> const& v) {
  static_assert(!std::is_const_v<T>,
                "cumulus: tie writes its arguments, and this view reads only; its elements are "
                "const");
  return {v};
}
template <class X> auto tied_to(X const&) {
  static_assert(!std::is_same_v<X, X>,
                "cumulus: tie takes arrays that have a name and are not const, and views; an "
                "expression, a temporary array and a mask or index selection cannot be written "
                "this way");
  return tied_view<int, host>{};
}

template <class X> auto right_hand_side(X&& x) {
  if constexpr (array_like<X>) {
    static_assert(!tree::is_masked_v<tree_of<X>>,
                  "cumulus: a masked expression has no values to store; reduce it, or use where");
    return as_expression(std::forward<X>(x));
  } else {
    return std::remove_cvref_t<X>(x);
  }
}

template <class Tree, class Space>
joint_part part_of_tie(expression<Tree, Space> const& e, assign_target const& target,
                       buffer const* owner) {
  return {.leaves = {e.leaves(), static_cast<std::size_t>(Tree::leaf_count)},
          .extents = &e.shape(),
          .target = target,
          .owner = owner};
}

}  // namespace detail

/// What tie gives: it is assigned to at once.
template <class... Target> class tied_targets {
 public:
  explicit tied_targets(Target... targets) : targets_(std::move(targets)...) {}

  template <class... Side> void operator=(right_hand_sides<Side...> right) && {
    static_assert(sizeof...(Side) == sizeof...(Target),
                  "cumulus: tie(a, b, ...) = tuple(x, y, ...) needs one right-hand side for each "
                  "target");
    assign(std::move(right.sides), std::index_sequence_for<Target...>{});
  }

 private:
  template <std::size_t K> using target = std::tuple_element_t<K, std::tuple<Target...>>;

  template <class Side, class T> static constexpr bool check() {
    static_assert(storable_v<Side, typename T::element_type>,
                  "cumulus: assignment would lose the fraction, the imaginary part or the sign "
                  "(NumPy's same_kind rule); convert with astype");
    if constexpr (array_like<Side>) {
      static_assert(std::is_same_v<space_of<Side>, typename T::space>,
                    "cumulus: nothing is copied between host and CUDA arrays by an assignment; "
                    "write to<cuda>() or to<host>()");
    }
    return true;
  }

  template <class... Side, std::size_t... K>
  void assign(std::tuple<Side...> sides, std::index_sequence<K...>) {
    static_assert((array_like<Side> || ...) || (Target::is_view || ...),
                  "cumulus: an array is not assigned a number; among the right-hand sides of tie "
                  "one must bring a shape, or one target must be a view");
    static_assert((check<Side, Target>() && ...));
    using Space = typename target<0>::space;
    constexpr char const* function = "tie";
    std::tuple const e(converted<Space, typename Target::element_type>(
        function, std::get<K>(std::move(sides)))...);
    joint_part parts[] = {detail::part_of_tie(
        std::get<K>(e), target_of(std::get<K>(targets_).view()), std::get<K>(targets_).owner())...};
    constexpr bool may_throw =
        (may_throw_v<typename std::tuple_element_t<K, decltype(e)>::tree_type> || ...);
    shape const s = plan_parts(parts, interleaves_v<Space>, may_throw, function);
    std::tuple<ndarray<typename Target::element_type, Space>...> fresh;
    auto const place = [&](joint_part& part, auto& storage) {
      if (!part.in_place) {
        storage = std::remove_reference_t<decltype(storage)>(s);
        part.target = target_of(storage.view());
      }
    };
    (place(parts[K], std::get<K>(fresh)), ...);
    assign_together<Space, typename std::tuple_element_t<K, decltype(e)>::tree_type...>(parts, s,
                                                                                        function);
    // In order: of targets that share elements the last one wins.
    auto const take = [&](joint_part const& part, auto const& target, auto& storage) {
      if (!part.in_place) {
        target.take(storage);
      }
    };
    (take(parts[K], std::get<K>(targets_), std::get<K>(fresh)), ...);
  }

  std::tuple<Target...> targets_;
};

/// Several arrays or views that take the values of as many expressions in one sweep.
///     tie(speed, direction) = tuple(sqrt(u * u + v * v), arctan2(u, v));
///     tie(a, b) = tuple(b, a);                       // swaps: everything is read first
/// An array takes new elements as in `a = x`, a view is written as in `v(_) = x`.
/// Shape:  that of the right-hand sides and views broadcast against each other; arrays take it.
/// Dtype:  each target's, converted as in an assignment.
/// Cost:   one kernel; on the host what the right-hand sides share is read from memory once. A
///         temporary only for a target that another right-hand side or target overlaps.
/// Throws: shape_error if the right-hand sides do not broadcast, or a view has another shape;
///         value_error if a view repeats elements; what an evaluation throws, which leaves arrays
///         unchanged.
template <class... X> auto tie(X&&... targets) {
  static_assert(sizeof...(X) > 0, "cumulus: tie takes the arrays that are assigned to");
  return tied_targets(detail::tied_to(std::forward<X>(targets))...);
}

/// The right-hand sides of tie: expressions, arrays and numbers.
///     tie(a, b) = tuple(x + y, x - y);
template <operand_like... X> auto tuple(X&&... x) {
  return right_hand_sides<decltype(detail::right_hand_side(std::forward<X>(x)))...>{
      {detail::right_hand_side(std::forward<X>(x))...}};
}

}  // namespace cumulus::inline CUMULUS_TARGET
