// SPDX-License-Identifier: Apache-2.0
#pragma once
// Area weights of the cells of a rectilinear latitude-longitude grid, on plain spans of degrees.
// Called by area means; the three kinds of weight differ, so the caller always names one.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cumulus/climate/cell_edges.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/core/uncontracted.hpp"

namespace cumulus::inline v1::climate {

/// How a cell is weighted; see cell_area for the formulas.
enum class cell_weight {
  great_circle,  ///< sphere between great-circle edges: CDO's gridarea, gridweights and fldmean
  cos_lat,       ///< cosine of the cell's latitude: NCO and xarray recipes
  sin_band       ///< sphere between latitude circles: conservative remapping
};
using enum cell_weight;

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

namespace detail {

inline constexpr double radians = 0.017453292519943295769237;  // per degree

// Widths in degrees of longitude cells, in (0, 360].
inline std::vector<double> widths(std::span<double const> edges) {
  std::vector<double> out(edges.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = std::abs(edges[2 * i + 1] - edges[2 * i]);
    if (!(out[i] <= 360.0 + degree_slack)) {
      throw coord_error("cell_area: expected longitude cells of at most 360 degrees, got " +
                        std::to_string(out[i]) + " at index " + std::to_string(i));
    }
  }
  return out;
}

// Widths over their mean; exactly 1 where they differ by less than the rounding of float
// coordinates.
inline std::vector<double> relative_widths(std::vector<double> width) {
  double mean = 0;
  for (double const w : width) {
    mean += w / static_cast<double>(width.size());
  }
  bool const uniform = std::all_of(width.begin(), width.end(),
                                   [mean](double w) { return std::abs(w - mean) <= 1e-3 * mean; });
  for (double& w : width) {
    w = uniform ? 1.0 : w / mean;
  }
  return width;
}

// sin(b) - sin(a) in degrees, without cancellation.
inline double sine_difference(double a, double b) {
  return 2 * std::cos(0.5 * (a + b) * radians) * std::sin(0.5 * (b - a) * radians);
}

// Area between the great circles through two pairs of corners: 2 atan(t sin b) - 2 atan(t sin a)
// with t = tan(width / 2), as one arc tangent.
inline double quadrilateral(double south, double north, double width) {
  double const t = std::tan(0.5 * width * radians);
  double const band = t * sine_difference(south, north);
  double const product = t * t * std::sin(south * radians) * std::sin(north * radians);
  return 2 * std::atan2(band, 1 + uncontracted(product));
}

}  // namespace detail

/// Area weights of the cells of a latitude-longitude grid, row-major (lat, lon); a weighted mean
/// divides by the sum of the weights of its valid cells.
///     auto w = cell_area(lat, lon, cell_weight::great_circle);
/// Formula: great_circle  2 atan(t sin n) - 2 atan(t sin s), t = tan(d / 2): the quadrilateral on
///                        the unit sphere whose four sides are great circles (steradian; CDO's
///                        gridarea is this times 6371000^2 m2);
///          cos_lat       cos(lat) r;          sin_band      (sin n - sin s) r;
///          with s, n the edges and lat the centre of a latitude cell, d the width of a longitude
///          cell, and r that width over the mean width (1 where they are equal to 0.1 %).
/// Units:   degrees in (radians: multiply by degrees_per_unit first); the bounds are CF's, (n, 2).
/// Sign:    never negative; axes and bounds may ascend or descend.
/// Edges:   latitude_edges with snap for great_circle and clip for sin_band; longitude_edges.
/// Wide:    a cell of 180 degrees or more has no such quadrilateral: great_circle gives it the band
///          d (sin n - sin s), where CDO gives 0. One longitude without bounds, a zonal mean, is
///          36000 quadrilaterals of 0.01 degrees, the width that CDO assumes there.
/// Throws:  coord_error as latitude_edges and longitude_edges; or a longitude cell is wider than
///          360 degrees.
/// Source:  CDO 2.1.1, gridweights; spherical excess of an isosceles triangle with its apex at a
///          pole.
inline std::vector<double> cell_area(std::span<double const> lat, std::span<double const> lon,
                                     cell_weight kind, std::span<double const> lat_bounds = {},
                                     std::span<double const> lon_bounds = {}) {
  auto const poles = kind == cell_weight::great_circle ? pole_edges::snap : pole_edges::clip;
  std::vector<double> const rows = latitude_edges(lat, poles, lat_bounds);
  std::vector<double> columns = detail::widths(longitude_edges(lon, lon_bounds));
  if (kind != cell_weight::great_circle) {
    columns = detail::relative_widths(columns);
  }
  // CDO's 0.01 degrees, and how many of them go round.
  bool const sliver = lon.size() == 1 && lon_bounds.empty();
  std::vector<double> area(lat.size() * lon.size());
  for (std::size_t j = 0; j < lat.size(); ++j) {
    double const south = std::min(rows[2 * j], rows[2 * j + 1]);
    double const north = std::max(rows[2 * j], rows[2 * j + 1]);
    double const band = detail::sine_difference(south, north);
    double const cosine = std::cos(std::clamp(lat[j], -90.0, 90.0) * detail::radians);
    for (std::size_t i = 0; i < lon.size(); ++i) {
      double& out = area[j * lon.size() + i];
      if (kind == cell_weight::cos_lat) {
        out = cosine * columns[i];
      } else if (kind == cell_weight::sin_band) {
        out = band * columns[i];
      } else if (sliver) {
        out = 36000 * detail::quadrilateral(south, north, 0.01);
      } else if (columns[i] >= 180.0) {
        out = band * columns[i] * detail::radians;
      } else {
        out = detail::quadrilateral(south, north, columns[i]);
      }
    }
  }
  return area;
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::climate
