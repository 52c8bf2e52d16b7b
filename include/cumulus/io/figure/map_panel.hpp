// SPDX-License-Identifier: Apache-2.0
#pragma once
// A field on a longitude-latitude grid as a map in plate carrée, with its colour bar. write_png
// measures and draws it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/io/figure/axis_ticks.hpp"
#include "cumulus/io/figure/canvas_cairo.hpp"
#include "cumulus/io/figure/colour_map.hpp"
#include "cumulus/io/figure/map_grid.hpp"

namespace cumulus::inline v1::plot {

/// One field and its grid; the spans must live until write_png returns.
/// Shape:  values is (lat, lon) row-major; edges have one element more than their axis has cells.
/// Units:  edges in degrees, ascending or descending, uneven or not; longitudes in any range, going
///         on beyond 180 or 360 where the map crosses these. The map shows the range of the edges.
/// NaN:    a missing cell, grey. Infinities take the end colours.
struct map_panel {
  std::string title;
  std::string units;
  std::span<double const> values;
  std::span<double const> lat_edges;
  std::span<double const> lon_edges;
  double limit = 0;  ///< The scale is -limit to limit; 0 chooses by automatic_limit.
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

/// A limit of the colour scale that a few extremes do not set: the 98th percentile of the finite
/// |values| (nearest rank, cells counted alike), or the maximum where that is 0, rounded up by
/// nice_limit; 1 where every value is 0 or missing.
inline double automatic_limit(std::span<double const> values) {
  std::vector<double> sizes;
  for (double value : values) {
    if (std::isfinite(value)) {
      sizes.push_back(std::min(std::abs(value), 1e300));
    }
  }
  if (sizes.empty()) {
    return 1;
  }
  auto const rank =
      static_cast<std::ptrdiff_t>(std::ceil(0.98 * static_cast<double>(sizes.size())));
  std::nth_element(sizes.begin(), sizes.begin() + rank - 1, sizes.end());
  double const percentile = sizes[static_cast<std::size_t>(rank - 1)];
  double const size = percentile > 0 ? percentile : *std::max_element(sizes.begin(), sizes.end());
  return size > 1e-300 ? nice_limit(size) : 1;
}

/// The place of a map on the page: its sides, and its size in pixels. It is known without values.
struct map_frame {
  grid_side lat;
  grid_side lon;
  int width = 0;
  int height = 0;
};

/// Throws: shape_error for fewer than 2 edges, value_error if edges are not monotonic and finite.
inline map_frame frame_of(map_panel const& panel, double width, double most_height) {
  auto const side = [&](std::span<double const> edges, char const* name) {
    return make_side({edges.begin(), edges.end()}, name, panel.title);
  };
  map_frame frame{side(panel.lat_edges, "lat_edges"), side(panel.lon_edges, "lon_edges")};
  // A degree is as long upwards as across, unless that leaves a strip too thin to read.
  double const scale = std::min(width / frame.lon.span(), most_height / frame.lat.span());
  auto const pixels = [scale](double span, double least) {
    return static_cast<int>(std::lround(std::max(scale * span, least)));
  };
  frame.width = pixels(frame.lon.span(), width / 4);
  frame.height = pixels(frame.lat.span(), most_height / 4);
  return frame;
}

/// A map ready to be drawn: checked, with its size in pixels.
/// Throws: as frame_of; shape_error if values and edges do not fit; value_error if the limit is
///         negative or not finite. Messages name the title.
class map_drawing {
 public:
  map_drawing(map_panel const& panel, map_frame frame)
      : panel_(panel),
        lat_(std::move(frame.lat)),
        lon_(std::move(frame.lon)),
        width_(frame.width),
        height_(frame.height) {
    std::size_t const cells = lat_.cells() * lon_.cells();
    if (panel.values.size() != cells) {
      throw shape_error("write_png: expected " + std::to_string(lat_.cells()) + " x " +
                        std::to_string(lon_.cells()) + " values, got " +
                        std::to_string(panel.values.size()) + " in the map '" + panel.title + "'");
    }
    if (!(panel.limit >= 0 && panel.limit <= 1e300)) {
      throw value_error("write_png: expected a finite limit of at least 0, got " +
                        std::to_string(panel.limit) + " in the map '" + panel.title + "'");
    }
    limit_ = panel.limit > 1e-300 ? panel.limit : automatic_limit(panel.values);
  }

  int width() const { return width_; }
  int height() const { return height_; }
  double limit() const { return limit_; }

  /// The map with its frame at whole pixels, axes, and below it the colour bar, which takes the
  /// width from `bar_left` to `bar_right`. All within 90 pixels below the map.
  void draw(canvas& page, int x, int y, double bar_left, double bar_right) const {
    page.pixels(x, y, width_, height_, colours());
    draw_axes(page, x, y);
    draw_bar(page, {bar_left, y + height_ + 48.0, bar_right - bar_left, 16});
  }

 private:
  // The colour of a pixel's mean; missing where fewer than half of its cells have a value.
  std::vector<rgb> colours() const {
    auto const rows = cells_of_pixels(lat_, height_);
    auto const columns = cells_of_pixels(lon_, width_);
    std::vector<rgb> out;
    out.reserve(rows.size() * columns.size());
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {  // north is up
      for (auto const& column : columns) {
        double sum = 0;
        std::size_t valid = 0;
        for (std::size_t i = row->first; i < row->second; ++i) {
          for (std::size_t j = column.first; j < column.second; ++j) {
            double const relative = panel_.values[i * lon_.cells() + j] / limit_;
            valid += std::isnan(relative) ? 0 : 1;
            sum += std::isnan(relative) ? 0 : relative;
          }
        }
        std::size_t const cells = (row->second - row->first) * (column.second - column.first);
        out.push_back(2 * valid < cells ? missing_colour
                                        : diverging_colour(sum / static_cast<double>(valid)));
      }
    }
    return out;
  }

  void draw_axes(canvas& page, int x, int y) const {
    constexpr rgb grid{0, 0, 0};
    axis_ticks const lons = degree_ticks(lon_.low(), lon_.low() + lon_.span(),
                                         std::max(2, width_ / 150), degrees_of::longitude);
    for (std::size_t i = 0; i < lons.at.size(); ++i) {
      double const at = x + (lons.at[i] - lon_.low()) / lon_.span() * width_;
      page.line(at, y, at, y + height_ - 1, grid, 0.13);
      page.line(at, y + height_, at, y + height_ + 5, frame_colour);
      page.text(at, y + height_ + 21, lons.labels[i], {.anchor = 0.5});
    }
    axis_ticks const lats = degree_ticks(lat_.low(), lat_.low() + lat_.span(),
                                         std::max(2, height_ / 60), degrees_of::latitude);
    for (std::size_t i = 0; i < lats.at.size(); ++i) {
      double const at = y + height_ - (lats.at[i] - lat_.low()) / lat_.span() * height_;
      page.line(x, at, x + width_ - 1, at, grid, 0.13);
      page.line(x - 6, at, x - 1, at, frame_colour);
      page.text(x - 10, at + 4.5, lats.labels[i], {.anchor = 1});
    }
    page.frame({double(x), double(y), double(width_), double(height_)});
  }

  // A pointed end says that values lie beyond the scale there; they have the end colour.
  void draw_bar(canvas& page, box area) const {
    bool below = false;
    bool above = false;
    bool missing = false;
    bool present = false;
    for (double value : panel_.values) {
      below = below || value < -limit_;
      above = above || value > limit_;
      missing = missing || std::isnan(value);
      present = present || !std::isnan(value);
    }
    if (missing) {
      double const left = area.right() - 86;
      page.fill({left, area.y, 22, area.height}, missing_colour);
      page.frame({left, area.y, 22, area.height});
      page.text(left + 30, area.y + 13, "missing");
    }
    if (!present) {
      return;
    }
    axis_ticks const ticks = symmetric_ticks(limit_);
    box const bar{area.x + 20, area.y, std::round(area.width * 0.62), area.height};
    double const tip = 14;
    double const middle = bar.y + bar.height / 2;
    for (int i = 0; i < static_cast<int>(bar.width); ++i) {
      page.fill({bar.x + i, bar.y, 1, bar.height}, diverging_colour((2 * i + 1) / bar.width - 1));
    }
    page.frame(bar);
    if (below) {
      draw_tip(page, bar.x, -tip, bar, middle, diverging_colour(-1));
    }
    if (above) {
      draw_tip(page, bar.right(), tip, bar, middle, diverging_colour(1));
    }
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      double const at = bar.x + (ticks.at[i] / limit_ + 1) / 2 * bar.width;
      page.line(at - 0.01, bar.bottom() + 1, at - 0.01, bar.bottom() + 5, frame_colour);
      page.text(at, bar.bottom() + 20, ticks.labels[i], {.anchor = 0.5});
    }
    double const left = bar.right() + tip + 14;
    page.text(left, bar.y + 13, scaled_units(panel_.units, ticks.exponent),
              {.size = 14, .most_width = area.right() - 100 - left});
  }

  static void draw_tip(canvas& page, double base, double length, box const& bar, double middle,
                       rgb colour) {
    page.polygon({base, bar.y - 1, base + length, middle, base, bar.bottom() + 1}, frame_colour);
    double const inner = length > 0 ? 2.5 : -2.5;
    page.polygon({base, bar.y + 0.6, base + length - inner, middle, base, bar.bottom() - 0.6},
                 colour);
  }

  map_panel const& panel_;
  grid_side lat_;
  grid_side lon_;
  int width_ = 0;
  int height_ = 0;
  double limit_ = 1;
};

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
