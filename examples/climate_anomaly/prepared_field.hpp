// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything about a field that is known before its values are read: time, months, grid, weights.

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cumulus/climate/cell_area.hpp"
#include "cumulus/climate/monthly.hpp"
#include "input_fields.hpp"

namespace climate_anomaly {

struct prepared_field {
  field variable;
  time_axis time;
  cm::climate::month_groups months;
  std::string month_dimension;  ///< "month", or another name where that is taken
  std::optional<lat_lon_grid> grid;
  std::optional<cm::ndarray<double>> weights;  ///< (lat, lon)
  std::string without_grid;                    ///< why there is no grid

  /// The middle axes at their first index, in words: "lev = 1000 hPa"; empty without such axes.
  std::string first_level;
};

namespace detail {

inline std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

inline std::string first_level_words(cm::netcdf_file const& file, field const& f) {
  std::string words;
  for (auto const& axis : f.other_axes()) {
    words += words.empty() ? "" : ", ";
    auto const* c = file.find_variable(axis.coordinate);
    if (c == nullptr) {
      words += "first " + axis.dimension;
      continue;
    }
    double value = 0;
    try {
      value = file.read<double>(c->name, {0}, {1}).item();
    } catch (cm::value_error const&) {  // of its attributes: it is no number, and only a label
      words += "first " + axis.dimension;
      continue;
    }
    auto const units = c->attributes.text("units").value_or("");
    words += c->name + " = " + short_number(value);
    words += units.empty() || units == "1" ? "" : " " + units;
  }
  return words;
}

inline void prepare_grid(cm::netcdf_file const& file, cm::climate::cell_weight kind,
                         prepared_field& p) {
  if (!p.variable.has_grid) {
    p.without_grid = "it has no latitude and longitude axes";
    return;
  }
  try {
    lat_lon_grid const grid = read_grid(file, p.variable);
    auto const area =
        cm::climate::cell_area(grid.lat, grid.lon, kind, grid.lat_bounds, grid.lon_bounds);
    if (std::all_of(area.begin(), area.end(), [](double a) { return a == 0; })) {
      throw cm::coord_error("its cells have no area");
    }
    p.weights = cm::from_span(std::span(area), {static_cast<cm::index_t>(grid.lat.size()),
                                                static_cast<cm::index_t>(grid.lon.size())});
    p.grid = grid;
  } catch (cm::coord_error const& e) {
    p.without_grid = e.what();
  } catch (cm::unit_error const& e) {
    p.without_grid = e.what();
  } catch (cm::value_error const& e) {  // of the attributes of latitude or longitude
    p.without_grid = e.what();
  }
  p.variable.has_grid = p.grid.has_value();
}

}  // namespace detail

/// `times` keeps what is read for further fields.
/// Throws: calendar_error naming a time axis that has a value without a date; value_error naming a
///         coordinate that cannot be decoded; io_error.
inline prepared_field prepare_field(cm::netcdf_file const& file, field const& f,
                                    cm::climate::cell_weight kind,
                                    std::map<std::string, time_axis>& times) {
  std::string const& time = f.axes[0].coordinate;
  if (!times.contains(time)) {
    times.emplace(time, read_time(file, time));
  }
  prepared_field p{.variable = f, .time = times.at(time)};
  p.months = cm::climate::group_by_month(p.time.months());
  detail::prepare_grid(file, kind, p);
  p.first_level = detail::first_level_words(file, p.variable);
  return p;
}

}  // namespace climate_anomaly
