// SPDX-License-Identifier: Apache-2.0
#pragma once
// The edges of the cells of a rectilinear latitude-longitude grid, on plain spans of degrees: from
// bounds, or half-way between centres. Area weights and maps are made from them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"

namespace cumulus::inline v1::climate {

/// What becomes of the outermost latitude edges where they are made from centres.
enum class pole_edges {
  clip,  ///< an edge beyond a pole is put on it
  snap   ///< an edge beyond 88 degrees is put on the pole: the cap of a Gaussian grid, as in CDO
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

namespace detail {

inline constexpr double degree_slack = 1e-4;  // as CDO; float coordinates overshoot a pole

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
    if (std::abs(lat[i]) > 90.0 + detail::degree_slack) {
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
///         not inside; else the midpoints with extrapolated outer edges; a single point without
///         bounds stands for the whole circle. Steps of more than 180 degrees between centres are
///         taken as the crossing of the date line: 350, 10 is 350, 370, and 350, 355, 0, 5 is 350,
///         355, 360, 365 (as CDO wants these). Edges follow the centres: 340, 360, 360, 380.
/// Throws: coord_error if lon is empty, not finite or not strictly monotonic after that, or bounds
///         are not 2n finite values.
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
    if (std::min(a, b) > centres[i] || std::max(a, b) < centres[i]) {
      a = centres[i] + std::remainder(a - centres[i], 360.0);
      b = centres[i] + std::remainder(b - centres[i], 360.0);
    }
  }
  return edges;
}

/// The n + 1 edges of n cells that touch each other, from their lower and upper edges (2n values,
/// either way round in each cell); empty if some leave a gap or overlap (by more than 1e-4), or a
/// cell has no width.
///     auto sides = joined_edges(longitude_edges(lon, bounds));    // for a map
/// Sign:   ascending or descending as the cells are; one cell alone ascends.
inline std::vector<double> joined_edges(std::span<double const> cells) {
  std::size_t const n = cells.size() / 2;
  std::vector<double> edges;
  bool const up = n < 2 || cells[0] + cells[1] < cells[2 * n - 2] + cells[2 * n - 1];
  for (std::size_t i = 0; i < n; ++i) {
    auto const [low, high] = std::minmax(cells[2 * i], cells[2 * i + 1]);
    double const begin = up ? low : high;
    double const end = up ? high : low;
    if (edges.empty()) {
      edges.push_back(begin);
    }
    bool const wide = up ? end > edges.back() : end < edges.back();
    if (!wide || std::abs(begin - edges.back()) > detail::degree_slack) {
      return {};
    }
    edges.push_back(end);
  }
  return edges;
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::climate
