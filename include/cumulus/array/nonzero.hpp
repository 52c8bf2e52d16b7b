// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the elements of an array are true or other than 0: nonzero, argwhere, flatnonzero.

#include <vector>

#include "cumulus/array/ndarray.hpp"
#include "cumulus/exec/nonzero.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// x as a row-major mask; a row-major array of bool is looked at, everything else is evaluated.
template <memory_space Space, array_like X> array_view<bool const, Space> as_mask(X const& x) {
  if constexpr (boolean<value_type_of<X>> && requires { x.view(); }) {
    if (is_row_major(x.shape(), x.strides())) {
      return x.view();
    }
  }
  return ndarray<bool, Space>(converted<Space, bool>("nonzero", x)).view();
}

/// For each true element of a row-major mask, the sum of index[k] * weight[k].
template <memory_space Space>
ndarray<index_t, Space> weighted_positions(true_positions<Space> const& positions,
                                           strides const& weight) {
  ndarray<index_t, Space> result(shape{positions.count()});
  positions.write(weight, result.data(), result.owner());
  return result;
}

template <memory_space Space>
true_positions<Space> positions_of(array_view<bool const, Space> const& mask) {
  return true_positions<Space>(mask.data(), mask.owner(), mask.shape());
}

/// The positions of the elements other than 0, one array of coordinates per axis.
///     auto where = nonzero(a);                  // a(where[0], where[1]) are those elements
/// Shape:  rank arrays of shape (count,), in row-major order.    Dtype: int64.
/// NaN:    is not 0.    Cost: two reads of a; on a device it waits for the count.
/// Throws: shape_error if a has no axes.    Source: numpy.nonzero.
template <array_like X> std::vector<ndarray<index_t, space_of<X>>> nonzero(X const& a) {
  using Space = space_of<X>;
  shape const s = a.shape();
  if (s.rank() == 0) {
    raise<shape_error>({"nonzero: expected an array with at least one axis, got shape ()"});
  }
  auto const positions = positions_of(as_mask<Space>(a));
  std::vector<ndarray<index_t, Space>> result;
  for (int k = 0; k < s.rank(); ++k) {
    strides weight = strides::filled(s.rank(), 0);
    weight[k] = 1;
    result.push_back(weighted_positions<Space>(positions, weight));
  }
  return result;
}

/// The positions of the elements other than 0, one row of coordinates each.
/// Shape:  (count, rank), in row-major order.    Dtype: int64.    NaN: is not 0.
/// Cost:   two reads of a; on a device it waits for the count.    Source: numpy.argwhere.
template <array_like X> ndarray<index_t, space_of<X>> argwhere(X const& a) {
  using Space = space_of<X>;
  shape const s = a.shape();
  auto const positions = positions_of(as_mask<Space>(a));
  ndarray<index_t, Space> result(shape{positions.count(), s.rank()});
  for (int k = 0; k < s.rank(); ++k) {
    strides weight = strides::filled(s.rank(), 0);
    weight[k] = 1;
    result(_, k) = weighted_positions<Space>(positions, weight);
  }
  return result;
}

/// The positions of the elements other than 0 in row-major order, counted through all axes.
/// Shape:  (count,).    Dtype: int64.    NaN: is not 0.
/// Cost:   two reads of a; on a device it waits for the count.    Source: numpy.flatnonzero.
template <array_like X> ndarray<index_t, space_of<X>> flatnonzero(X const& a) {
  using Space = space_of<X>;
  shape const s = a.shape();
  return weighted_positions<Space>(positions_of(as_mask<Space>(a)), row_major_strides(s));
}

}  // namespace cumulus::inline CUMULUS_TARGET
