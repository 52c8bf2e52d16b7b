// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a NetCDF file says about its dimensions and variables, without their data. The reader lists
// these.

#include <string>
#include <vector>

#include "cumulus/core/shape.hpp"
#include "cumulus/io/netcdf/cf_decoding.hpp"
#include "cumulus/io/netcdf/netcdf_attributes.hpp"

namespace cumulus::inline v1 {

/// A named axis of a file; `size` is the present one where it is unlimited.
struct netcdf_dimension {
  std::string name;
  index_t size = 0;
  bool unlimited = false;
};

/// A variable of a file: its name, the type in the file, its dimensions outermost first, and its
/// attributes.
struct netcdf_variable {
  int id = -1;  // netCDF-C's
  std::string name;
  netcdf_type type = netcdf_type::user_defined;
  std::vector<netcdf_dimension> dimensions;
  netcdf_attributes attributes;

  int rank() const { return static_cast<int>(dimensions.size()); }

  /// Throws: shape_error if the variable has more than max_rank dimensions, or an impossible size.
  cumulus::shape shape() const {
    if (rank() > max_rank) {
      throw shape_error("netcdf_variable: expected at most " + std::to_string(max_rank) +
                        " dimensions of variable '" + name + "', got " + std::to_string(rank()));
    }
    cumulus::shape s;
    for (auto const& d : dimensions) {
      s.push_back(d.size);
    }
    checked_size(s, sizeof(double), ("netcdf_variable '" + name + "'").c_str());
    return s;
  }

  /// The names of its dimensions, outermost first.
  std::vector<std::string> dimension_names() const {
    std::vector<std::string> names;
    for (auto const& d : dimensions) {
      names.push_back(d.name);
    }
    return names;
  }

  /// True for numbers, false for text, strings and user-defined types.
  bool is_numeric() const { return is_number(type); }

  /// The type that its values have after decoding (cf_decoding.hpp).
  netcdf_type decoded_type() const { return cumulus::decoded_type(type, attributes); }
};

}  // namespace cumulus::inline v1
