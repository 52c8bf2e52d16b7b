// SPDX-License-Identifier: Apache-2.0
#pragma once
// Area-weighted means of fields on a latitude-longitude grid. The weights come from cell_area.hpp;
// the caller has named their kind there.

#include <string>

#include "cumulus/cumulus.hpp"

namespace cumulus::inline v1::climate {

/// Where latitude and longitude lie among the axes of an array.
struct grid_axes {
  int lat = -2;
  int lon = -1;
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

/// The mean over latitude and longitude, weighted by cell.
///     auto w = reshape(from_vector(cell_area(lat, lon, great_circle)), {73, 144});
///     ndarray series = area_mean(t, w);                         // (time, lat, lon) -> (time)
/// Formula: sum of w x / sum of w, both over the valid cells of x.
/// Shape:  x's without the two axes; weights is (lat, lon).    Dtype: double, whatever x's is.
/// Units:  x's.    NaN: missing, skipped with its weight; NaN where no cell with a weight is valid.
/// Cost:   two reads of x, no temporary of its size.
/// Throws: axis_error; shape_error if the weights do not fit x's grid.
/// Source: CDO fldmean with great-circle weights, NCO ncwa -w.
template <array_like X, array_like Weights>
ndarray<double, space_of<X>> area_mean(X const& x, Weights const& weights, grid_axes axes = {}) {
  shape const s = x.shape();
  int const lat = normalize_axis(axes.lat, s.rank(), "area_mean");
  int const lon = normalize_axis(axes.lon, s.rank(), "area_mean");
  if (lat == lon) {
    throw axis_error("area_mean: expected two different axes, got " + std::to_string(lat) +
                     " twice");
  }
  if (weights.shape() != shape{s[lat], s[lon]}) {
    throw shape_error("area_mean: expected weights of shape " + to_string(shape{s[lat], s[lon]}) +
                      " for the grid of " + to_string(s) + ", got " + to_string(weights.shape()));
  }
  // The weights on x's axes, extent 1 everywhere else.
  shape grid = shape::filled(s.rank(), 1);
  grid[lat] = s[lat];
  grid[lon] = s[lon];
  int const order[] = {lat < lon ? 0 : 1, lat < lon ? 1 : 0};
  auto const w = reshape(transpose(weights, order), grid);
  auto const total = nansum(astype<double>(x) * w, {lat, lon});
  return total / sum(where(isnan(x), 0.0, w), {lat, lon});
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::climate
