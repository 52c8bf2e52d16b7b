// SPDX-License-Identifier: Apache-2.0
#pragma once
// Views of arrays and of lazy expressions: transposed, flipped, broadcast, reshaped. Nothing is
// copied unless a function says so.

#include "cumulus/array/ndarray.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The view of an array, or the expression itself.
template <class X> decltype(auto) viewed(X&& x) {
  if constexpr (requires { x.view(); }) {
    return x.view();
  } else {
    return as_expression(std::forward<X>(x));
  }
}

template <class X> auto mapped(X&& x, axis_map const& map) {
  return viewed(std::forward<X>(x)).mapped(map);
}

inline std::span<int const> list_of(std::initializer_list<int> const& axes) {
  return {axes.begin(), axes.size()};
}

}  // namespace detail

// What the functions of this file have in common: the dtype is x's; of an array they give a view,
// which writes through where x's elements may be written, of an expression an expression.

/// All axes reversed, or in the order given: result axis k is x's axis order[k].
///     auto t = transpose(a, {2, 0, 1});
/// Shape:  x's extents in that order.    Cost: none, a view.
/// Throws: axis_error if order is not a permutation of the axes.    Source: numpy.transpose.
template <array_like X> auto transpose(X&& x) {
  return detail::mapped(std::forward<X>(x), map_reverse(x.shape()));
}
template <array_like X> auto transpose(X&& x, std::span<int const> order) {
  return detail::mapped(std::forward<X>(x), map_transpose(x.shape(), order, "transpose"));
}
template <array_like X> auto transpose(X&& x, std::initializer_list<int> order) {
  return transpose(std::forward<X>(x), detail::list_of(order));
}

/// Two axes exchanged.
/// Shape:  x's with the two extents exchanged.    Cost: none, a view.
/// Throws: axis_error if an axis is outside [-rank, rank).    Source: numpy.swapaxes.
template <array_like X> auto swapaxes(X&& x, int axis1, int axis2) {
  return detail::mapped(std::forward<X>(x), map_swap(x.shape(), axis1, axis2, "swapaxes"));
}

/// Axes moved to new places, the others keep their order.
///     auto t = moveaxis(a, 0, -1);              // (time, lat, lon) -> (lat, lon, time)
/// Shape:  x's extents in the new order.    Cost: none, a view.
/// Throws: axis_error if an axis is outside [-rank, rank) or named twice, or there are not as many
///         destinations as sources.
/// Source: numpy.moveaxis.
template <array_like X>
auto moveaxis(X&& x, std::initializer_list<int> source, std::initializer_list<int> destination) {
  return detail::mapped(std::forward<X>(x), map_move(x.shape(), detail::list_of(source),
                                                     detail::list_of(destination), "moveaxis"));
}
template <array_like X> auto moveaxis(X&& x, int source, int destination) {
  return moveaxis(std::forward<X>(x), {source}, {destination});
}

/// New axes of extent 1 at the given places of the result.
/// Shape:  x's with the new axes, so that axis `axes[i]` of the result has extent 1.
/// Cost:   none, a view.
/// Throws: axis_error if an axis is outside [-rank, rank) of the result or named twice; shape_error
///         if the result has more than 8 axes.
/// Source: numpy.expand_dims.
template <array_like X> auto expand_dims(X&& x, std::initializer_list<int> axes) {
  return detail::mapped(std::forward<X>(x),
                        map_expand(x.shape(), detail::list_of(axes), "expand_dims"));
}
template <array_like X> auto expand_dims(X&& x, int axis) {
  return expand_dims(std::forward<X>(x), {axis});
}

/// Without its axes of extent 1, or without the given ones.
/// Shape:  x's without those axes.    Cost: none, a view.
/// Throws: shape_error if a given axis has another extent; axis_error if one is outside
///         [-rank, rank) or named twice.
/// Source: numpy.squeeze.
template <array_like X> auto squeeze(X&& x) {
  axis_set ones;
  for (int k = 0; k < x.shape().rank(); ++k) {
    ones.member[k] = x.shape()[k] == 1;
  }
  return detail::mapped(std::forward<X>(x), map_squeeze(x.shape(), ones, "squeeze"));
}
template <array_like X> auto squeeze(X&& x, std::initializer_list<int> axes) {
  axis_set const set = normalize_axes(detail::list_of(axes), x.shape().rank(), "squeeze");
  return detail::mapped(std::forward<X>(x), map_squeeze(x.shape(), set, "squeeze"));
}
template <array_like X> auto squeeze(X&& x, int axis) {
  return squeeze(std::forward<X>(x), {axis});
}

/// x stretched to a larger shape; reads only.
/// Shape:  s.    Cost: none, a view whose stretched axes have stride 0.
/// Throws: shape_error if x cannot be broadcast to s or the size does not fit.
/// Source: numpy.broadcast_to.
template <array_like X> auto broadcast_to(X&& x, shape const& s) {
  auto view = detail::mapped(std::forward<X>(x), map_broadcast(x.shape(), s, "broadcast_to"));
  if constexpr (requires { view.view(); }) {
    return array_view<value_type_of<X> const, space_of<X>>(view);
  } else {
    return view;
  }
}

/// The order of elements reversed along all axes, or along the given ones.
/// Shape:  x's.    Cost: none, a view.
/// Throws: axis_error if an axis is outside [-rank, rank) or named twice.    Source: numpy.flip.
template <array_like X> auto flip(X&& x) {
  return detail::mapped(std::forward<X>(x), map_flip(x.shape(), all_axes(x.shape().rank())));
}
template <array_like X> auto flip(X&& x, std::initializer_list<int> axes) {
  return detail::mapped(
      std::forward<X>(x),
      map_flip(x.shape(), normalize_axes(detail::list_of(axes), x.shape().rank(), "flip")));
}
template <array_like X> auto flip(X&& x, int axis) { return flip(std::forward<X>(x), {axis}); }

/// The same elements in row-major order under another shape; one extent may be -1. A view wherever
/// strides allow it. Where they do not, and for an expression, the result is an array of its own.
///     auto m = reshape(a, {-1, 3});
/// Shape:  wanted, with -1 replaced by what is left.    Cost: a copy where strides do not allow a
///         view, and of an expression.
/// Throws: shape_error if the sizes differ or there is more than one -1; out_of_memory.
/// Source: numpy.reshape.
template <array_like X> auto reshape(X&& x, shape const& wanted) {
  using T = value_type_of<X>;
  using Space = space_of<X>;
  shape const to = resolve_reshape(x.shape(), wanted, "reshape");
  if constexpr (requires { x.view(); }) {
    auto const v = x.view();
    using View = std::remove_const_t<decltype(v)>;
    if (auto const st = reshape_strides(v.shape(), v.strides(), to)) {
      return View(v.owner(), v.data(), to, *st);
    }
    ndarray<T, Space> const copy(v);
    return View(copy.owner(), const_cast<T*>(copy.data()), to, row_major_strides(to));
  } else {
    ndarray<T, Space> copy(x);
    return array_view<T, Space>(copy.owner(), copy.data(), to, row_major_strides(to));
  }
}

template <array_like X, class... Extents>
  requires(sizeof...(Extents) > 1 && (std::is_arithmetic_v<Extents> && ...))
auto reshape(X&& x, Extents... extents) {
  static_assert(sizeof...(Extents) < 2, "cumulus: write a shape in braces: reshape(a, {3, -1})");
  return reshape(std::forward<X>(x), shape{static_cast<index_t>(extents)...});
}

/// The elements in row-major order along one axis: reshape(x, -1).
/// Shape:  (size,).    Cost, Throws: as reshape.    Source: numpy.ravel.
template <array_like X> auto ravel(X&& x) {
  return reshape(std::forward<X>(x), shape{x.shape().size()});
}

}  // namespace cumulus::inline CUMULUS_TARGET
