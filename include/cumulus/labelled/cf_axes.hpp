// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells which axis a coordinate variable is from its attributes, never from its name. Called by the
// readers, which find time, latitude and longitude with it.

#include <optional>
#include <string>
#include <string_view>

#include "cumulus/core/error.hpp"
#include "cumulus/labelled/calendar.hpp"
#include "cumulus/labelled/time_units.hpp"

namespace cumulus::inline v1 {

/// The attributes that identify a coordinate, as text; nullopt where the variable lacks one.
struct axis_attributes {
  std::optional<std::string> axis = {};
  std::optional<std::string> standard_name = {};
  std::optional<std::string> units = {};
  std::optional<std::string> positive = {};
};

/// What a coordinate measures. x and y are horizontal axes that are no geographic longitude and
/// latitude: of a projection, of a rotated pole, or declared by axis = "X" or "Y" alone.
enum class axis_kind { time, latitude, longitude, vertical, x, y, other };

namespace detail {

template <class Words> bool is_one_of(std::string_view text, Words const& words) {
  for (std::string_view word : words) {
    if (text == word) {
      return true;
    }
  }
  return false;
}

// "degree" or "degrees", then nothing, "_" or a blank, then the direction in letters; text is lower
// case.
inline bool is_degrees(std::string_view text, std::string_view letter, std::string_view word) {
  if (!text.starts_with("degree")) {
    return false;
  }
  text.remove_prefix(6);
  if (text.starts_with('s')) {
    text.remove_prefix(1);
  }
  if (text.starts_with('_') || text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  return text == letter || text == word;
}

inline bool is_vertical_name(std::string_view name) {
  // CF appendix D, and the other standard names of vertical coordinates.
  static constexpr std::string_view words[] = {"altitude",
                                               "air_pressure",
                                               "barometric_altitude",
                                               "depth",
                                               "depth_below_geoid",
                                               "geopotential_height",
                                               "height",
                                               "height_above_geopotential_datum",
                                               "height_above_mean_sea_level",
                                               "height_above_reference_ellipsoid",
                                               "model_level_number",
                                               "sea_water_pressure"};
  bool const parametric = (name.starts_with("atmosphere_") || name.starts_with("ocean_")) &&
                          name.ends_with("_coordinate");
  return parametric || is_one_of(name, words);
}

inline bool is_vertical_units(std::string_view units) {
  // Pressure identifies a vertical axis (CF 4.3.1); the last row is COARDS' dimensionless ones.
  static constexpr std::string_view words[] = {
      "pa",      "pascal",   "pascals", "hpa",        "hectopascal", "hectopascals", "kpa",
      "bar",     "bars",     "mbar",    "mb",         "millibar",    "millibars",    "dbar",
      "decibar", "decibars", "atm",     "atmosphere", "level",       "layer",        "sigma_level"};
  return is_one_of(units, words);
}

inline std::string attribute_key(std::optional<std::string> const& text) {
  return text ? lower_trimmed(*text) : std::string();
}

}  // namespace detail

/// The kind of a coordinate variable, from its attributes in any case and with blanks around.
///     axis_kind_of({.units = "degrees_north"}) == axis_kind::latitude
/// The first of these rules that applies:
/// - time: units "<unit> since …", standard_name "time" or axis "T";
/// - latitude, longitude: that standard_name;
/// - x, y: standard_name grid_longitude, projection_y_coordinate, …, whatever the units;
/// - latitude, longitude: units degree(s)_north, degree(s)_N or degree(s)N, and so for east;
/// - vertical: axis "Z";
/// - x, y: axis "X" or "Y". So plain "degrees" with axis "Y" is y, not latitude: it may be of a
///   rotated pole (CDO calls such a grid generic and gives it no cell areas).
///   Latitude and longitude are known by units or standard_name only;
/// - vertical: positive "up" or "down", a vertical standard_name, units of pressure or level. A
///   length without `positive` is none.
/// Source: CF conventions 1.11, chapter 4.
inline axis_kind axis_kind_of(axis_attributes const& a) {
  std::string const axis = detail::attribute_key(a.axis);
  std::string const name = detail::attribute_key(a.standard_name);
  std::string const units = detail::attribute_key(a.units);
  std::string const positive = detail::attribute_key(a.positive);
  static constexpr std::string_view x_names[] = {"grid_longitude", "projection_x_coordinate",
                                                 "projection_x_angular_coordinate"};
  static constexpr std::string_view y_names[] = {"grid_latitude", "projection_y_coordinate",
                                                 "projection_y_angular_coordinate"};
  if (is_time_units(units) || name == "time" || axis == "t") {
    return axis_kind::time;
  }
  if (name == "latitude") {
    return axis_kind::latitude;
  }
  if (name == "longitude") {
    return axis_kind::longitude;
  }
  if (detail::is_one_of(name, x_names)) {
    return axis_kind::x;
  }
  if (detail::is_one_of(name, y_names)) {
    return axis_kind::y;
  }
  if (detail::is_degrees(units, "n", "north")) {
    return axis_kind::latitude;
  }
  if (detail::is_degrees(units, "e", "east")) {
    return axis_kind::longitude;
  }
  if (axis == "z") {
    return axis_kind::vertical;
  }
  if (axis == "x") {
    return axis_kind::x;
  }
  if (axis == "y") {
    return axis_kind::y;
  }
  bool const directed = positive == "up" || positive == "down";
  if (directed || detail::is_vertical_name(name) || detail::is_vertical_units(units)) {
    return axis_kind::vertical;
  }
  return axis_kind::other;
}

/// Degrees in one unit of a latitude or longitude: 1, or 180/pi for radians.
///     double const lat = y * degrees_per_unit("radian");
/// Units:  empty ones are degrees.
/// Throws: unit_error if units are no angle that CF allows there.
/// Source: CF conventions 1.11, sections 4.1 and 4.2.
inline double degrees_per_unit(std::string_view units) {
  static constexpr std::string_view radians[] = {"radian", "radians", "rad"};
  static constexpr std::string_view plain[] = {"", "degree", "degrees", "deg"};
  std::string const key = lower_trimmed(units);
  if (detail::is_one_of(key, radians)) {
    return 57.295779513082320876798;
  }
  if (detail::is_one_of(key, plain) || detail::is_degrees(key, "n", "north") ||
      detail::is_degrees(key, "e", "east")) {
    return 1.0;
  }
  throw unit_error("degrees_per_unit: expected degrees or radians, got \"" + std::string(units) +
                   "\"");
}

}  // namespace cumulus::inline v1
