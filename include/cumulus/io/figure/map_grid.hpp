// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sides of a map's grid, and which cells a row or column of pixels shows. The map panel is
// built on it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"

namespace cumulus::inline v1::plot {

/// One side of the grid: its edges in ascending order, and whether the cells run the other way.
struct grid_side {
  std::vector<double> edges;
  bool reversed = false;

  double low() const { return edges.front(); }
  double span() const { return edges.back() - edges.front(); }
  std::size_t cells() const { return edges.size() - 1; }
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

/// The side with these edges; edges that all coincide get half a degree around them.
/// Throws: shape_error for fewer than 2 edges; value_error if they are not finite or not monotonic.
///         Messages name the edges and the map.
inline grid_side make_side(std::vector<double> edges, std::string const& name,
                           std::string const& map_title) {
  std::string const place = " in the map '" + map_title + "'";
  if (edges.size() < 2) {
    throw shape_error("write_png: expected at least 2 " + name + ", got " +
                      std::to_string(edges.size()) + place);
  }
  auto const finite = [](double x) { return std::abs(x) <= 1e9; };
  bool const up = std::is_sorted(edges.begin(), edges.end());
  if (!std::all_of(edges.begin(), edges.end(), finite) ||
      (!up && !std::is_sorted(edges.rbegin(), edges.rend()))) {
    throw value_error("write_png: expected monotonic finite " + name + ", got others" + place);
  }
  grid_side side{std::move(edges), !up};
  if (side.reversed) {
    std::reverse(side.edges.begin(), side.edges.end());
  }
  if (side.span() <= 0) {
    side.edges.front() -= 0.5;
    side.edges.back() += 0.5;
  }
  return side;
}

/// The cells [first, last) that each row or column of pixels shows, in ascending degrees: those
/// whose centres lie in it, so that grids finer than the picture are averaged; else the one that
/// holds the pixel's centre.
inline std::vector<std::pair<std::size_t, std::size_t>> cells_of_pixels(grid_side const& side,
                                                                        int pixels) {
  std::vector<double> centres;
  for (std::size_t i = 0; i < side.cells(); ++i) {
    centres.push_back((side.edges[i] + side.edges[i + 1]) / 2);
  }
  auto at_or_after = [](std::vector<double> const& all, double x) {
    return static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), x) - all.begin());
  };
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (int p = 0; p < pixels; ++p) {
    double const width = side.span() / pixels;
    std::size_t begin = at_or_after(centres, side.low() + p * width);
    std::size_t end = at_or_after(centres, side.low() + (p + 1) * width);
    if (begin >= end) {
      std::size_t const above = at_or_after(side.edges, side.low() + (p + 0.5) * width);
      begin = std::min(above > 0 ? above - 1 : 0, side.cells() - 1);
      end = begin + 1;
    }
    if (side.reversed) {
      std::size_t const n = side.cells();
      ranges.emplace_back(n - end, n - begin);
    } else {
      ranges.emplace_back(begin, end);
    }
  }
  return ranges;
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
