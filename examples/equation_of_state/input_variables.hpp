// SPDX-License-Identifier: Apache-2.0
#pragma once
// The three inputs of the equation of state in a NetCDF file: which variables they are, their units
// and how their dimensions stand to one another.

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../program/default_space.hpp"
#include "../program/progress.hpp"
#include "command_line.hpp"
#include "cumulus/cumulus.hpp"
#include "cumulus/io/netcdf.hpp"

namespace equation_of_state {

/// A spelling of a unit: value * scale + offset is in the unit that the formula wants.
struct unit {
  std::string_view name;
  double scale = 1;
  double offset = 0;
};

/// One of the three inputs, as CF names it.
struct quantity {
  char const* option;
  char const* words;
  std::array<std::string_view, 2> standard_names;
  std::span<unit const> units;  ///< the first one is the formula's
};

inline constexpr unit salinity_units[] = {{"g kg-1"},  {"g/kg"},       {"g kg^-1"},
                                          {"1e-3"},    {"0.001"},      {"kg kg-1", 1000},
                                          {"1", 1000}, {"kg/kg", 1000}};
inline constexpr unit temperature_units[] = {{"degC"},
                                             {"degree_C"},
                                             {"degrees_C"},
                                             {"degree_Celsius"},
                                             {"degrees_Celsius"},
                                             {"degrees celsius"},
                                             {"Celsius"},
                                             {"celsius"},
                                             {"K", 1, -273.15},
                                             {"kelvin", 1, -273.15}};
inline constexpr unit pressure_units[] = {{"dbar"},       {"decibar"},   {"decibars"},
                                          {"Pa", 1e-4},   {"hPa", 0.01}, {"kPa", 0.1},
                                          {"MPa", 100.0}, {"bar", 10.0}};

inline constexpr quantity absolute_salinity{
    "--sa", "absolute salinity", {"sea_water_absolute_salinity"}, salinity_units};
inline constexpr quantity conservative_temperature{
    "--ct", "conservative temperature", {"sea_water_conservative_temperature"}, temperature_units};
inline constexpr quantity sea_pressure{
    "--p",
    "sea pressure",
    {"sea_water_pressure_due_to_sea_water", "sea_water_pressure"},
    pressure_units};

/// Where an input is found and how it is read.
struct input_variable {
  cm::netcdf_variable const* variable = nullptr;
  unit in;
};

namespace detail {

inline std::string list_of(std::vector<std::string> const& names) {
  std::string list;
  for (auto const& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return "(" + list + ")";
}

inline unit unit_of(quantity const& q, cm::netcdf_variable const& v, std::string const& path) {
  auto const said = v.attributes.text("units");
  if (!said) {
    return q.units.front();
  }
  std::string known;
  for (unit const& u : q.units) {
    if (*said == u.name) {
      return u;
    }
    known += (known.empty() ? "" : ", ") + std::string(u.name);
  }
  throw cm::unit_error("equation_of_state: expected units of " + std::string(q.words) +
                       " for variable '" + v.name + "' of '" + path + "' (" + known + "), got '" +
                       *said + "'");
}

inline cm::netcdf_variable const& find(cm::netcdf_file const& file, quantity const& q,
                                       std::string const& name) {
  if (!name.empty()) {
    return file.variable(name);
  }
  for (std::string_view wanted : q.standard_names) {
    for (auto const& v : file.variables()) {
      if (!wanted.empty() && v.attributes.text("standard_name") == wanted) {
        return v;
      }
    }
  }
  throw cm::coord_error("equation_of_state: expected a variable of " + std::string(q.words) +
                        " (standard_name " + std::string(q.standard_names[0]) + ") in '" +
                        file.path().string() + "', got none; " + q.option + " names it");
}

}  // namespace detail

/// Throws: coord_error if the file has no such variable; io_error if `name` is none of its;
///         unit_error for units of something else; dtype_error if it does not hold numbers.
inline input_variable find_input(cm::netcdf_file const& file, quantity const& q,
                                 std::string const& name) {
  auto const& v = detail::find(file, q, name);
  if (!v.is_numeric()) {
    throw cm::dtype_error("equation_of_state: expected numbers in variable '" + v.name + "' of '" +
                          file.path().string() + "', got " + to_string(v.type));
  }
  return {&v, detail::unit_of(q, v, file.path().string())};
}

/// The shape of `v` with extent 1 for every dimension of `all` that it lacks.
/// Throws: dim_error if it has others, or has them in another order.
inline cm::shape shape_among(cm::netcdf_variable const& v, cm::netcdf_variable const& all) {
  cm::shape s;
  std::size_t next = 0;
  auto const own = v.dimension_names();
  for (auto const& d : all.dimensions) {
    bool const has = next < own.size() && own[next] == d.name;
    s.push_back(has ? d.size : 1);
    next += has ? 1 : 0;
  }
  if (next != own.size()) {
    throw cm::dim_error("equation_of_state: expected the dimensions of '" + v.name + "' among " +
                        detail::list_of(all.dimension_names()) + " of '" + all.name +
                        "', in that order, got " + detail::list_of(own));
  }
  return s;
}

/// The values of an input in the formula's unit, missing ones NaN, in the space where the example
/// computes.
template <class T>
cm::ndarray<T> read_input(cm::netcdf_file const& file, input_variable const& input,
                          cm::shape const& as, program::progress& said) {
  said.begin("reading " + input.variable->name);
  cm::ndarray<T, cm::host> values(as);
  file.read_into<T>(input.variable->name,
                    std::span<T>(values.data(), static_cast<std::size_t>(values.size())));
  said.advance(static_cast<double>(values.size()));
  cm::ndarray<T> result = program::in_default_space(std::move(values));
  if (input.in.scale != 1 || input.in.offset != 0) {
    result = result * input.in.scale + input.in.offset;
  }
  return result;
}

}  // namespace equation_of_state
