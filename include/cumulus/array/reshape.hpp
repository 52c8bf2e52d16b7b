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

/// All axes reversed, or in the order given: result axis k is x's axis order[k].
/// Throws: axis_error if order is not a permutation.    Source: numpy.transpose.
template <array_like X> auto transpose(X&& x) {
  return detail::mapped(std::forward<X>(x), map_reverse(x.shape()));
}
template <array_like X> auto transpose(X&& x, std::span<int const> order) {
  return detail::mapped(std::forward<X>(x), map_transpose(x.shape(), order, "transpose"));
}
template <array_like X> auto transpose(X&& x, std::initializer_list<int> order) {
  return transpose(std::forward<X>(x), detail::list_of(order));
}

/// Two axes exchanged.    Source: numpy.swapaxes.
template <array_like X> auto swapaxes(X&& x, int axis1, int axis2) {
  return detail::mapped(std::forward<X>(x), map_swap(x.shape(), axis1, axis2, "swapaxes"));
}

/// Axes moved to new places, the others keep their order.    Source: numpy.moveaxis.
template <array_like X>
auto moveaxis(X&& x, std::initializer_list<int> source, std::initializer_list<int> destination) {
  return detail::mapped(std::forward<X>(x), map_move(x.shape(), detail::list_of(source),
                                                     detail::list_of(destination), "moveaxis"));
}
template <array_like X> auto moveaxis(X&& x, int source, int destination) {
  return moveaxis(std::forward<X>(x), {source}, {destination});
}

/// New axes of extent 1 at the given places of the result.    Source: numpy.expand_dims.
template <array_like X> auto expand_dims(X&& x, std::initializer_list<int> axes) {
  return detail::mapped(std::forward<X>(x),
                        map_expand(x.shape(), detail::list_of(axes), "expand_dims"));
}
template <array_like X> auto expand_dims(X&& x, int axis) {
  return expand_dims(std::forward<X>(x), {axis});
}

/// Without its axes of extent 1, or without the given ones.
/// Throws: shape_error if a given axis has another extent.    Source: numpy.squeeze.
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
/// Throws: shape_error if x does not fit.    Source: numpy.broadcast_to.
template <array_like X> auto broadcast_to(X&& x, shape const& s) {
  auto view = detail::mapped(std::forward<X>(x), map_broadcast(x.shape(), s, "broadcast_to"));
  if constexpr (requires { view.view(); }) {
    return array_view<value_type_of<X> const, space_of<X>>(view);
  } else {
    return view;
  }
}

/// The order of elements reversed along all axes, or along the given ones.    Source: numpy.flip.
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
/// Throws: shape_error if the sizes differ.    Source: numpy.reshape.
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

/// reshape(x, {-1}).    Source: numpy.ravel.
template <array_like X> auto ravel(X&& x) {
  return reshape(std::forward<X>(x), shape{x.shape().size()});
}

}  // namespace cumulus::inline CUMULUS_TARGET
