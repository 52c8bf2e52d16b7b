// SPDX-License-Identifier: Apache-2.0
#pragma once
// A time series as a line with gaps where values are missing. write_png draws it under its map.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/io/figure/axis_ticks.hpp"
#include "cumulus/io/figure/canvas_cairo.hpp"

namespace cumulus::inline v1::plot {

/// One series; the spans must live until write_png returns.
/// Shape:  time and values (n), n may be 0.
/// Units:  time in fractional years, drawn in its order (first of July 1992: 1992.5).
/// NaN:    a value or time that is not finite breaks the line; a value between two gaps is a dot.
struct series_panel {
  std::string title;
  std::string units;
  std::span<double const> time;
  std::span<double const> values;
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

namespace detail {

struct value_range {
  double low = 0;
  double high = 0;
  bool empty = true;

  void take(double x) {
    low = empty ? x : std::min(low, x);
    high = empty ? x : std::max(high, x);
    empty = false;
  }

  // Widened by a share of itself. A range so narrow that rounding may have made it is one value and
  // gets `around` on both sides.
  void widen(double share, double around) {
    double const size = std::max(std::abs(low), std::abs(high));
    bool const single = high - low <= 1e-12 * size || high - low < 1e-300;
    double const margin = single ? around : share * (high - low);
    low -= margin;
    high += margin;
  }
};

// At most four points of a run of them in each pixel column: first, least, greatest, last. Drawn,
// they cover the same pixels. Points are x and y in turns.
inline std::vector<double> thinned(std::vector<double> const& run) {
  std::vector<double> out;
  for (std::size_t begin = 0; begin < run.size();) {
    std::size_t end = begin;
    std::size_t least = begin;
    std::size_t greatest = begin;
    while (end < run.size() && std::floor(run[end]) == std::floor(run[begin])) {
      least = run[end + 1] < run[least + 1] ? end : least;
      greatest = run[end + 1] > run[greatest + 1] ? end : greatest;
      end += 2;
    }
    std::size_t keep[] = {begin, std::min(least, greatest), std::max(least, greatest), end - 2};
    for (std::size_t* i = keep; i != std::unique(keep, keep + 4); ++i) {
      out.insert(out.end(), {run[*i], run[*i + 1]});
    }
    begin = end;
  }
  return out;
}

}  // namespace detail

/// Draws the series into `area`; title, tick labels and units lie up to 34 pixels above, 26 below
/// and 80 left of it.
/// Throws: shape_error if time and values differ in length; the message names the title.
inline void draw_series(canvas& page, box const& area, series_panel const& panel) {
  constexpr rgb ink{33, 102, 172};
  constexpr rgb grid{228, 228, 228};
  if (panel.time.size() != panel.values.size()) {
    throw shape_error("write_png: expected as many times as values, got " +
                      std::to_string(panel.time.size()) + " and " +
                      std::to_string(panel.values.size()) + " in the series '" + panel.title + "'");
  }
  auto const drawn = [&](std::size_t i) {
    return std::abs(panel.time[i]) <= 1e12 && std::isfinite(panel.values[i]);
  };
  auto const clipped = [](double value) { return std::clamp(value, -1e300, 1e300); };
  detail::value_range years;
  detail::value_range values;
  for (std::size_t i = 0; i < panel.time.size(); ++i) {
    if (std::abs(panel.time[i]) <= 1e12) {
      years.take(panel.time[i]);
    }
    if (drawn(i)) {
      values.take(clipped(panel.values[i]));
    }
  }
  bool const nothing = values.empty;
  years.widen(0.01, 0.5);
  values.widen(0.06, std::abs(values.low) < 1e-300 ? 1 : 0.1 * std::abs(values.low));

  page.text(area.x, area.y - 12, panel.title, {.size = 15, .bold = true, .most_width = area.width});
  auto const x_of = [&](double year) {
    return area.x + (year - years.low) / (years.high - years.low) * area.width;
  };
  auto const y_of = [&](double value) {
    return area.bottom() - (value - values.low) / (values.high - values.low) * area.height;
  };
  if (!years.empty) {
    axis_ticks const ticks = year_ticks(years.low, years.high, 12);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      double const at = x_of(ticks.at[i]);
      page.line(at, area.y, at, area.bottom() - 1, grid);
      page.line(at, area.bottom(), at, area.bottom() + 5, frame_colour);
      page.text(at, area.bottom() + 21, ticks.labels[i], {.anchor = 0.5});
    }
  }
  if (nothing) {
    page.text(area.x + area.width / 2, area.y + area.height / 2 + 5, "no valid values",
              {.size = 15, .colour = {119, 119, 119}, .anchor = 0.5});
    page.frame(area);
    return;
  }

  axis_ticks const ticks = number_ticks(values.low, values.high, 6);
  double widest = 0;
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    double const at = y_of(ticks.at[i]);
    page.line(area.x, at, area.right() - 1, at, grid);
    page.line(area.x - 6, at, area.x - 1, at, frame_colour);
    widest = std::max(
        widest, page.text(area.x - 10, at + 4.5, ticks.labels[i], {.anchor = 1, .most_width = 58}));
  }
  page.upward_text(area.x - 10 - widest - 13, area.y + area.height / 2,
                   scaled_units(panel.units, ticks.exponent),
                   {.size = 14, .most_width = area.height});
  if (values.low <= 0 && values.high >= 0) {
    page.line(area.x, y_of(0), area.right() - 1, y_of(0), {120, 120, 120});
  }

  std::vector<double> run;
  for (std::size_t i = 0; i <= panel.time.size(); ++i) {
    if (i < panel.time.size() && drawn(i)) {
      run.insert(run.end(), {x_of(panel.time[i]), y_of(clipped(panel.values[i]))});
      continue;
    }
    if (run.size() == 2) {
      page.dot(run[0], run[1], panel.time.size() == 1 ? 4 : 2, ink);
    } else if (run.size() > 2) {
      page.curve(detail::thinned(run), area, ink, 1.6);
    }
    run.clear();
  }
  page.frame(area);
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
