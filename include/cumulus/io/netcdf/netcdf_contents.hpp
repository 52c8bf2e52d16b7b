// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an open NetCDF file says about itself: its format, dimensions, variables and attributes. The
// reader asks once, when it opens a file.

#include <netcdf.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "cumulus/io/netcdf/netcdf_attributes.hpp"
#include "cumulus/io/netcdf/netcdf_call.hpp"
#include "cumulus/io/netcdf/netcdf_variable.hpp"

namespace cumulus::inline v1 {

/// Everything in the root group of a file but the data.
struct netcdf_contents {
  netcdf_format format = netcdf_format::classic;
  std::vector<netcdf_dimension> dimensions;
  std::vector<netcdf_variable> variables;
  netcdf_attributes attributes;
};

/// Reads the contents of an open file. The caller holds netcdf_mutex().
/// Throws: io_error naming the file, and what of it cannot be read.
inline netcdf_contents read_contents(int ncid, std::filesystem::path const& file) {
  netcdf_contents result;
  int format = 0;
  int dimension_count = 0;
  int variable_count = 0;
  check_netcdf(nc_inq_format(ncid, &format), "nc_inq_format", file);
  result.format = netcdf_format{format};
  check_netcdf(nc_inq_ndims(ncid, &dimension_count), "nc_inq_ndims", file);
  check_netcdf(nc_inq_nvars(ncid, &variable_count), "nc_inq_nvars", file);
  std::vector<int> ids(static_cast<std::size_t>(dimension_count));
  std::vector<int> unlimited(ids.size());
  int unlimited_count = 0;
  check_netcdf(nc_inq_dimids(ncid, &dimension_count, ids.data(), 0), "nc_inq_dimids", file);
  check_netcdf(nc_inq_unlimdims(ncid, &unlimited_count, unlimited.data()), "nc_inq_unlimdims",
               file);
  unlimited.resize(static_cast<std::size_t>(unlimited_count));
  auto const dimension = [&](int id) {
    char name[NC_MAX_NAME + 1] = {};
    std::size_t length = 0;
    check_netcdf(nc_inq_dim(ncid, id, name, &length), "nc_inq_dim", file);
    return netcdf_dimension{name, static_cast<index_t>(length),
                            std::find(unlimited.begin(), unlimited.end(), id) != unlimited.end()};
  };
  for (int const id : ids) {
    result.dimensions.push_back(dimension(id));
  }
  result.attributes = read_attributes(ncid, NC_GLOBAL, file);
  for (int id = 0; id < variable_count; ++id) {
    netcdf_variable v;
    char name[NC_MAX_NAME + 1] = {};
    nc_type type = NC_NAT;
    int rank = 0;
    check_netcdf(nc_inq_var(ncid, id, name, &type, &rank, nullptr, nullptr), "nc_inq_var", file);
    std::vector<int> axes(static_cast<std::size_t>(rank));
    check_netcdf(nc_inq_vardimid(ncid, id, axes.data()), "nc_inq_vardimid", file, name);
    v.id = id;
    v.name = name;
    v.type = type >= NC_BYTE && type <= NC_STRING ? netcdf_type{type} : netcdf_type::user_defined;
    for (int const axis : axes) {
      v.dimensions.push_back(dimension(axis));
    }
    v.attributes = read_attributes(ncid, id, file);
    result.variables.push_back(std::move(v));
  }
  return result;
}

}  // namespace cumulus::inline v1
