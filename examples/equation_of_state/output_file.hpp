// SPDX-License-Identifier: Apache-2.0
#pragma once
// The NetCDF file that the example writes: copies of the coordinates of salinity, and the results.

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "../program/default_space.hpp"
#include "command_line.hpp"
#include "cumulus/io/netcdf.hpp"
#include "results.hpp"

namespace equation_of_state {

/// The output while it is being written; without commit() nothing is left behind.
class output_file {
 public:
  /// Defines everything; the results have the dimensions of `like`.
  /// Throws: io_error naming the file where it cannot be written.
  output_file(command_line const& asked, cm::netcdf_file const& input,
              cm::netcdf_variable const& like, cm::netcdf_type type)
      : writer_(asked.out, {.format = cm::netcdf_format::netcdf4_classic}) {
    for (auto const& d : like.dimensions) {
      writer_.define_dimension(d.name, d.size);
    }
    auto const copied = coordinates_of(input, like);
    for (auto const* v : copied) {
      define_copy(*v);
    }
    define(like, type, "density", "sea_water_density", "in-situ density of sea water", "kg m-3");
    define(like, type, "density_by_pressure", "",
           "derivative of the in-situ density of sea water with respect to pressure, at constant "
           "salinity and temperature",
           "kg m-3 dbar-1");
    define(like, type, "speed_of_sound", "speed_of_sound_in_sea_water",
           "speed of sound in sea water", "m s-1");
    for (char const* name : {"title", "source", "institution", "references"}) {
      if (auto const text = input.attributes().text(name)) {
        writer_.set_attribute(name, *text);
      }
    }
    writer_.set_attribute("Conventions", "CF-1.8");
    std::string history = "equation_of_state: density of " + input.path().filename().string();
    if (auto const before = input.attributes().text("history")) {
      history += "\n" + *before;
    }
    writer_.set_attribute("history", history);
    for (auto const* v : copied) {
      if (cm::is_floating(v->type)) {
        write_copy<double>(input, v->name);  // holds every float, too
      } else {
        write_copy<std::int64_t>(input, v->name);
      }
    }
  }

  template <class T> void write(results<T> const& r) {
    writer_.write("density", program::on_host(r.density));
    writer_.write("density_by_pressure", program::on_host(r.density_by_pressure));
    writer_.write("speed_of_sound", program::on_host(r.speed_of_sound));
  }

  /// Gives the file its name. Throws: io_error; nothing is left then.
  void commit() { writer_.commit(); }

 private:
  /// The coordinate variables of its dimensions, and what its attribute `coordinates` names, as far
  /// as they are numbers over dimensions of its own.
  static std::vector<cm::netcdf_variable const*> coordinates_of(cm::netcdf_file const& input,
                                                                cm::netcdf_variable const& like) {
    std::vector<std::string> names = like.dimension_names();
    auto const own = names;
    std::istringstream listed(like.attributes.text("coordinates").value_or(""));
    for (std::string name; listed >> name;) {
      names.push_back(name);
    }
    std::vector<cm::netcdf_variable const*> found;
    for (auto const& name : names) {
      auto const* v = input.find_variable(name);
      if (v == nullptr || !v->is_numeric() || v->type == cm::netcdf_type::uint64 ||
          std::find(found.begin(), found.end(), v) != found.end()) {
        continue;
      }
      auto const dimensions = v->dimension_names();
      bool const inside = std::all_of(dimensions.begin(), dimensions.end(), [&](auto const& d) {
        return std::find(own.begin(), own.end(), d) != own.end();
      });
      if (inside) {
        found.push_back(v);
      }
    }
    return found;
  }

  void define_copy(cm::netcdf_variable const& v) {
    cm::netcdf_attributes attributes = v.attributes;
    for (char const* link : {"bounds", "climatology", "formula_terms", "edges"}) {
      attributes.erase(link);  // what these name is not copied
    }
    writer_.define_variable(v.name, v.type, v.dimension_names(), attributes);
  }

  void define(cm::netcdf_variable const& like, cm::netcdf_type type, char const* name,
              std::string const& standard_name, char const* long_name, char const* units) {
    cm::netcdf_attributes attributes;
    if (!standard_name.empty()) {
      attributes.set("standard_name", standard_name);
    }
    attributes.set("long_name", long_name);
    attributes.set("units", units);
    if (auto const coordinates = like.attributes.text("coordinates")) {
      attributes.set("coordinates", *coordinates);
    }
    attributes.set("_FillValue", -1e34F);
    writer_.define_variable(name, type, like.dimension_names(), attributes);
  }

  // The stored numbers as they are.
  template <class T> void write_copy(cm::netcdf_file const& input, std::string const& name) {
    writer_.write(name, input.read<T>(name, {.decode = false}), {.encode = false});
  }

  cm::netcdf_writer writer_;
};

}  // namespace equation_of_state
