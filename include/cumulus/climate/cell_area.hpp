// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cell edges and area weights of a rectilinear latitude-longitude grid, on plain spans of degrees.
// Called by area means; the three kinds of weight differ, so the caller always names one.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// What becomes of the outermost latitude edges where they are made from centres.
enum class pole_edges {
  clip,  ///< an edge beyond a pole is put on it
  snap   ///< an edge beyond 88 degrees is put on the pole: the cap of a Gaussian grid, as in CDO
};

namespace detail {

inline constexpr double radians = 0.017453292519943295769237;  // per degree
inline constexpr double pole_slack = 1e-4;  // degrees, as CDO; float latitudes overshoot a pole

inline void check_axis(char const* function, char const* axis, std::span<double const> centres,
                       std::span<double const> bounds) {
  std::string const what = std::string(function) + ": expected ";
  if (centres.empty()) {
    throw coord_error(what + "a " + axis + " axis of at least one point, got none");
  }
  if (!bounds.empty() && bounds.size() != 2 * centres.size()) {
    throw coord_error(what + axis + " bounds of shape (" + std::to_string(centres.size()) +
                      ", 2), got " + std::to_string(bounds.size()) + " values");
  }
  for (auto const part : {centres, bounds}) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!std::isfinite(part[i])) {
        throw coord_error(what + "finite " + axis +
                          (part.data() == centres.data() ? "" : " bounds") + ", got " +
                          std::to_string(part[i]) + " at index " + std::to_string(i));
      }
    }
  }
  for (std::size_t i = 1; i < centres.size(); ++i) {
    bool const up = centres[1] > centres[0];
    if (up ? !(centres[i] > centres[i - 1]) : !(centres[i] < centres[i - 1])) {
      throw coord_error(what + "strictly monotonic " + axis + ", got " +
                        std::to_string(centres[i - 1]) + " then " + std::to_string(centres[i]) +
                        " at index " + std::to_string(i));
    }
  }
}

// CF's (n, 2) bounds from midpoints, the outer edges as far from the end points as the inner ones.
inline std::vector<double> midpoint_edges(std::span<double const> centres) {
  std::size_t const n = centres.size();
  std::vector<double> edges(2 * n);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    edges[2 * i + 1] = edges[2 * i + 2] = 0.5 * (centres[i] + centres[i + 1]);
  }
  edges[0] = 2 * centres[0] - edges[1];
  edges[2 * n - 1] = 2 * centres[n - 1] - edges[2 * n - 2];
  return edges;
}

// Widths in degrees of longitude cells, in (0, 360].
inline std::vector<double> widths(std::span<double const> edges) {
  std::vector<double> out(edges.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = std::abs(edges[2 * i + 1] - edges[2 * i]);
    if (!(out[i] <= 360.0 + pole_slack)) {
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

/// Lower and upper edge of each latitude cell, in degrees, in CF's layout of bounds: 2n values.
///     auto edges = latitude_edges(lat, pole_edges::snap);         // -90, -88.75, -88.75, ...
/// Rule:   the bounds where given, clipped at the poles; else the midpoints, the outer edges
///         extrapolated and treated as poles says; a single point without bounds stands for all
///         latitudes, [-90, 90].
/// Throws: coord_error if lat is empty, not finite, not strictly monotonic (either way) or beyond
///         +-90 (by more than 1e-4), or bounds are not 2n finite values.
/// Source: CDO 2.1.1 for snap.
inline std::vector<double> latitude_edges(std::span<double const> lat, pole_edges poles,
                                          std::span<double const> bounds = {}) {
  detail::check_axis("latitude_edges", "latitude", lat, bounds);
  for (std::size_t i = 0; i < lat.size(); ++i) {
    if (std::abs(lat[i]) > 90.0 + detail::pole_slack) {
      throw coord_error("latitude_edges: expected latitudes in [-90, 90], got " +
                        std::to_string(lat[i]) + " at index " + std::to_string(i));
    }
  }
  std::vector<double> edges{-90.0, 90.0};
  if (!bounds.empty()) {
    edges.assign(bounds.begin(), bounds.end());
  } else if (lat.size() > 1) {
    edges = detail::midpoint_edges(lat);
    for (double* outer : {&edges.front(), &edges.back()}) {
      if (poles == pole_edges::snap && std::abs(*outer) > 88.0) {
        *outer = std::copysign(90.0, *outer);
      }
    }
  }
  for (double& e : edges) {
    e = std::clamp(e, -90.0, 90.0);
  }
  return edges;
}

/// Lower and upper edge of each longitude cell, in degrees, in CF's layout of bounds: 2n values.
/// Rule:   the bounds where given, each brought within 180 degrees of its centre if the centre is
/// not inside;
///         else the midpoints with extrapolated outer edges, after steps of more than 180 degrees
///         were taken as the crossing of the date line (350, 355, 0, 5; CDO wants these as 350,
///         355, 360, 365); a single point without bounds stands for the whole circle.
/// Throws: coord_error if lon is empty, not finite or not strictly monotonic after that, or bounds
/// are not
///         2n finite values.
inline std::vector<double> longitude_edges(std::span<double const> lon,
                                           std::span<double const> bounds = {}) {
  std::vector<double> centres(lon.begin(), lon.end());
  for (std::size_t i = 1; i < centres.size(); ++i) {
    if (std::abs(centres[i] - centres[i - 1]) > 180.0) {
      centres[i] = centres[i - 1] + std::remainder(centres[i] - centres[i - 1], 360.0);
    }
  }
  detail::check_axis("longitude_edges", "longitude", centres, bounds);
  if (bounds.empty()) {
    return centres.size() > 1 ? detail::midpoint_edges(centres)
                              : std::vector<double>{centres[0] - 180.0, centres[0] + 180.0};
  }
  std::vector<double> edges(bounds.begin(), bounds.end());
  for (std::size_t i = 0; i < centres.size(); ++i) {
    double& a = edges[2 * i];
    double& b = edges[2 * i + 1];
    if (std::min(a, b) > lon[i] || std::max(a, b) < lon[i]) {
      a = centres[i] + std::remainder(a - centres[i], 360.0);
      b = centres[i] + std::remainder(b - centres[i], 360.0);
    }
  }
  return edges;
}

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

}  // namespace cumulus::inline v1::climate
