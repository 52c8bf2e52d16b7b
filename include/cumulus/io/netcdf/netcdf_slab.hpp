// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part of a variable that an access names by start and count, checked before netCDF-C sees it.
// The reader and the writer use it.

#include <algorithm>
#include <cstddef>
#include <string>

#include "cumulus/core/shape.hpp"
#include "cumulus/io/netcdf/netcdf_variable.hpp"

namespace cumulus::inline v1 {

/// Whether an access may go beyond the present length of an unlimited dimension.
enum class netcdf_growth { fixed, along_unlimited };

/// A hyperslab in the form that netCDF-C takes.
struct netcdf_slab {
  std::size_t start[max_rank] = {};
  std::size_t count[max_rank] = {};

  /// Both must have passed check_slab.
  netcdf_slab(shape const& from, shape const& extents) {
    std::copy(from.begin(), from.end(), start);
    std::copy(extents.begin(), extents.end(), count);
  }
};

/// Throws: shape_error unless start and count name a part of the variable.
inline void check_slab(char const* function, netcdf_variable const& v, std::string const& file,
                       shape const& start, shape const& count, netcdf_growth growth) {
  shape const extents = v.shape();
  bool inside = start.rank() == extents.rank() && count.rank() == extents.rank();
  for (int k = 0; inside && k < extents.rank(); ++k) {
    bool const grows = growth == netcdf_growth::along_unlimited &&
                       v.dimensions[static_cast<std::size_t>(k)].unlimited;
    inside = start[k] >= 0 && count[k] >= 0 &&
             (grows || (start[k] <= extents[k] && count[k] <= extents[k] - start[k]));
  }
  if (!inside) {
    throw shape_error(std::string(function) + ": expected start and count within " +
                      to_string(extents) + " for " + variable_place(v.name, file) + ", got start " +
                      to_string(start) + " and count " + to_string(count));
  }
}

/// Throws: shape_error unless `count` has `size` elements.
inline void check_slab_size(char const* function, netcdf_variable const& v, std::string const& file,
                            shape const& count, index_t size) {
  if (checked_size(count, sizeof(double), function) != size) {
    throw shape_error(std::string(function) + ": expected as many values as count " +
                      to_string(count) + " has for " + variable_place(v.name, file) + ", got " +
                      std::to_string(size));
  }
}

/// The extents of a whole variable of `size` elements: its first unlimited dimension is as long as
/// they fill it.
/// Throws: shape_error if they do not fill the others.
inline shape whole_shape(char const* function, netcdf_variable const& v, std::string const& file,
                         index_t size) {
  shape count = v.shape();
  index_t fixed = 1;
  int unlimited = -1;
  for (int k = 0; k < count.rank(); ++k) {
    if (v.dimensions[static_cast<std::size_t>(k)].unlimited && unlimited < 0) {
      unlimited = k;
    } else {
      fixed *= count[k];
    }
  }
  if (unlimited >= 0 && fixed > 0) {
    count[unlimited] = size / fixed;
  }
  if (count.size() != size) {
    throw shape_error(std::string(function) + ": expected values for shape " +
                      to_string(v.shape()) + " of " + variable_place(v.name, file) + ", got " +
                      std::to_string(size));
  }
  return count;
}

}  // namespace cumulus::inline v1
