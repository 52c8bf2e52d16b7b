// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which variables of a NetCDF file have a time axis, and which of their axes are what. Axes are
// told by the attributes of their coordinates, never by a name.

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cumulus/io/netcdf.hpp"
#include "cumulus/labelled/cf_axes.hpp"
#include "cumulus/labelled/cf_time.hpp"

namespace climate_anomaly {

namespace cm = cumulus;

struct field_axis {
  std::string dimension;
  cm::index_t size = 0;
  cm::axis_kind kind = cm::axis_kind::other;
  std::string coordinate;  ///< the variable with its values; empty where there is none
};

/// A variable to process. Its axes stand as (time, …, lat, lon), whatever their order in the file.
struct field {
  std::string name;
  cm::netcdf_type type = cm::netcdf_type::float64;  ///< of its results: float32 or float64
  cm::netcdf_attributes attributes;
  std::vector<field_axis> axes;
  std::vector<int> file_axis;  ///< axes[k] is the file's axis file_axis[k]
  bool has_grid = false;       ///< the last two axes are latitude and longitude

  cm::shape shape() const {
    cm::shape s;
    for (auto const& a : axes) {
      s.push_back(a.size);
    }
    return s;
  }
  std::vector<std::string> dimensions() const {
    std::vector<std::string> names;
    for (auto const& a : axes) {
      names.push_back(a.dimension);
    }
    return names;
  }
  /// The axes between time and the grid: levels, members.
  std::span<field_axis const> other_axes() const {
    return std::span(axes).subspan(1, axes.size() - (has_grid ? 3 : 1));
  }
};

/// Why a variable is no field.
struct refusal {
  std::string name;
  std::string reason;
  bool has_time = false;  ///< it has a time axis and describes no other variable
};

/// The fields of a file, and why each other variable is none.
struct field_survey {
  std::vector<field> fields;
  std::vector<refusal> refused;
};

inline std::vector<std::string> words_of(std::string const& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

inline cm::axis_kind kind_of(cm::netcdf_attributes const& a) {
  return cm::axis_kind_of({.axis = a.text("axis"),
                           .standard_name = a.text("standard_name"),
                           .units = a.text("units"),
                           .positive = a.text("positive")});
}

/// The coordinate of one dimension of a variable: the coordinate variable, else one of the
/// variable's auxiliary coordinates over that dimension alone.
inline field_axis axis_of(cm::netcdf_file const& file, cm::netcdf_variable const& v,
                          cm::netcdf_dimension const& dimension) {
  field_axis axis{.dimension = dimension.name, .size = dimension.size};
  std::vector<std::string> names{dimension.name};
  for (auto& name : words_of(v.attributes.text("coordinates").value_or(""))) {
    names.push_back(std::move(name));
  }
  for (auto const& name : names) {
    auto const* c = file.find_variable(name);
    if (c == nullptr || !c->is_numeric() || c->rank() != 1 ||
        c->dimensions[0].name != dimension.name || c->name == v.name) {
      continue;
    }
    auto const kind = kind_of(c->attributes);
    if (axis.coordinate.empty() || kind != cm::axis_kind::other) {
      axis.coordinate = name;
      axis.kind = kind;
    }
    if (kind != cm::axis_kind::other) {
      break;
    }
  }
  return axis;
}

/// Why a time coordinate cannot be decoded; nothing where it can.
inline std::optional<std::string> time_problem(cm::netcdf_variable const& time) {
  try {
    cm::parse_time_units(time.attributes.text("units").value_or(""),
                         time.attributes.text("calendar").value_or(""));
    return std::nullopt;
  } catch (cm::error const& e) {
    return "its time axis '" + time.name + "' is not usable: " + e.what();
  }
}

/// Why the values of a variable cannot be read as numbers; nothing where they can.
inline std::optional<std::string> value_problem(cm::netcdf_file const& file,
                                                cm::netcdf_variable const& v) {
  if (!v.is_numeric()) {
    return "it holds no numbers";
  }
  if (v.rank() > cm::max_rank) {
    return "it has " + std::to_string(v.rank()) + " dimensions, more than " +
           std::to_string(cm::max_rank);
  }
  try {
    if (v.shape().size() == 0) {
      return "it has no value: its shape is " + to_string(v.shape());
    }
    cm::shape const none = cm::shape::filled(v.rank(), 0);
    file.read<double>(v.name, none, none);  // of its attributes
    return std::nullopt;
  } catch (cm::error const& e) {
    return e.what();
  }
}

/// Whether a variable that describes others is copied to the output.
inline bool can_be_copied(cm::netcdf_variable const& v) {
  return v.type != cm::netcdf_type::user_defined && v.rank() <= cm::max_rank &&
         std::all_of(v.dimensions.begin(), v.dimensions.end(),
                     [](cm::netcdf_dimension const& d) { return d.size > 0; });
}

/// The variables that describe others: coordinates and bounds.
inline std::set<std::string> describing_variables(cm::netcdf_file const& file) {
  std::set<std::string> names;
  for (auto const& v : file.variables()) {
    for (char const* link : {"coordinates", "bounds", "climatology", "grid_mapping"}) {
      for (auto& name : words_of(v.attributes.text(link).value_or(""))) {
        names.insert(std::move(name));
      }
    }
    if (v.rank() == 1 && v.dimensions[0].name == v.name) {
      names.insert(v.name);
    }
  }
  return names;
}

/// The first axis with units like those of time that are none, in words; nothing without one.
inline std::optional<std::string> mistaken_time(cm::netcdf_file const& file,
                                                std::vector<field_axis> const& axes) {
  for (auto const& a : axes) {
    auto const* c = file.find_variable(a.coordinate);
    auto const units = c == nullptr ? std::nullopt : c->attributes.text("units");
    if (units && units->find(" since ") != std::string::npos) {
      return "its dimension '" + a.dimension +
             "' is no time axis: expected units \"<unit of time> since <date>\", got \"" + *units +
             "\"";
    }
  }
  return std::nullopt;
}

/// The variable as a field; else the reason why it is none.
inline std::optional<field> field_of(cm::netcdf_file const& file, cm::netcdf_variable const& v,
                                     std::set<std::string> const& describing, refusal& why) {
  std::vector<field_axis> in_file;
  for (auto const& dimension : v.dimensions) {
    in_file.push_back(axis_of(file, v, dimension));
  }
  int time = -1;
  int lat = -1;
  int lon = -1;
  auto const mistaken = mistaken_time(file, in_file);
  why = {v.name, mistaken.value_or("it has no time axis"), mistaken.has_value()};
  for (int k = 0; k < v.rank(); ++k) {
    auto const& a = in_file[static_cast<std::size_t>(k)];
    if (a.kind == cm::axis_kind::time && time < 0) {
      auto const problem = time_problem(file.variable(a.coordinate));
      time = problem ? time : k;
      why = {v.name, problem.value_or(""), true};
    }
    lat = a.kind == cm::axis_kind::latitude && lat < 0 ? k : lat;
    lon = a.kind == cm::axis_kind::longitude && lon < 0 ? k : lon;
  }
  if (describing.contains(v.name)) {
    why = {v.name, "it is a coordinate or its bounds"};
    return std::nullopt;
  }
  if (time < 0) {
    return std::nullopt;
  }
  if (auto const problem = value_problem(file, v)) {
    why.reason = *problem;
    return std::nullopt;
  }
  field f{.name = v.name, .attributes = v.attributes};
  f.type = v.decoded_type() == cm::netcdf_type::float32 ? cm::netcdf_type::float32
                                                        : cm::netcdf_type::float64;
  f.has_grid = lat >= 0 && lon >= 0;
  f.file_axis.push_back(time);
  for (int k = 0; k < v.rank(); ++k) {
    if (k != time && !(f.has_grid && (k == lat || k == lon))) {
      f.file_axis.push_back(k);
    }
  }
  if (f.has_grid) {
    f.file_axis.insert(f.file_axis.end(), {lat, lon});
  }
  for (int const k : f.file_axis) {
    f.axes.push_back(in_file[static_cast<std::size_t>(k)]);
  }
  return f;
}

inline field_survey survey(cm::netcdf_file const& file) {
  auto const describing = describing_variables(file);
  field_survey result;
  for (auto const& v : file.variables()) {
    refusal why;
    if (auto f = field_of(file, v, describing, why)) {
      result.fields.push_back(std::move(*f));
    } else {
      result.refused.push_back(std::move(why));
    }
  }
  return result;
}

/// A decoded time coordinate.
struct time_axis {
  std::string name;
  cm::time_units units;
  std::vector<cm::date_time> dates;

  /// The first and the last step in time; a file may have its steps in any order.
  std::size_t earliest() const { return order().front(); }
  std::size_t latest() const { return order().back(); }

  /// The steps in the order of time.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> steps(dates.size());
    std::iota(steps.begin(), steps.end(), std::size_t{0});
    auto const key = [this](std::size_t i) {
      auto const& d = dates[i];
      return std::make_tuple(d.year, d.month, d.day, d.hour, d.minute, d.second);
    };
    std::stable_sort(steps.begin(), steps.end(),
                     [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    return steps;
  }

  std::vector<int> months() const {
    std::vector<int> out;
    for (auto const& date : dates) {
      out.push_back(date.month);
    }
    return out;
  }
};

/// The dates of any variable in the units of a time coordinate (the coordinate itself, its bounds).
inline std::vector<cm::date_time> read_dates(cm::netcdf_file const& file, std::string const& name,
                                             std::string const& units,
                                             std::string const& calendar) {
  auto const type = file.variable(name).decoded_type();
  try {
    if (type == cm::netcdf_type::int64) {
      auto const values = file.read<std::int64_t>(name);
      return cm::decode_time({values.data(), static_cast<std::size_t>(values.size())}, units,
                             calendar);
    }
    auto const values = file.read<double>(name);
    return cm::decode_time(
        std::span<double const>(values.data(), static_cast<std::size_t>(values.size())), units,
        calendar);
  } catch (cm::calendar_error const& e) {
    throw cm::calendar_error("time axis '" + name + "' of '" + file.path().string() +
                             "': " + e.what());
  }
}

inline time_axis read_time(cm::netcdf_file const& file, std::string const& name) {
  auto const& attributes = file.variable(name).attributes;
  std::string const units = attributes.text("units").value_or("");
  std::string const calendar = attributes.text("calendar").value_or("");
  return {name, cm::parse_time_units(units, calendar), read_dates(file, name, units, calendar)};
}

/// Latitudes and longitudes in degrees, with their bounds where the file has them.
struct lat_lon_grid {
  std::vector<double> lat;
  std::vector<double> lon;
  std::vector<double> lat_bounds;
  std::vector<double> lon_bounds;
};

inline std::vector<double> read_degrees(cm::netcdf_file const& file, std::string const& name,
                                        double degrees) {
  auto const values = file.read<double>(name);
  std::vector<double> out;
  for (double const v : values) {
    out.push_back(v * degrees);
  }
  return out;
}

inline lat_lon_grid read_grid(cm::netcdf_file const& file, field const& f) {
  auto const side = [&](field_axis const& axis, std::vector<double>& centres,
                        std::vector<double>& bounds) {
    auto const& attributes = file.variable(axis.coordinate).attributes;
    double const degrees = cm::degrees_per_unit(attributes.text("units").value_or(""));
    centres = read_degrees(file, axis.coordinate, degrees);
    auto const* b = file.find_variable(attributes.text("bounds").value_or(""));
    if (b != nullptr && b->is_numeric() && b->rank() == 2 &&
        b->shape() == cm::shape{axis.size, 2}) {
      bounds = read_degrees(file, b->name, degrees);
    }
  };
  lat_lon_grid grid;
  side(f.axes[f.axes.size() - 2], grid.lat, grid.lat_bounds);
  side(f.axes[f.axes.size() - 1], grid.lon, grid.lon_bounds);
  return grid;
}

}  // namespace climate_anomaly
