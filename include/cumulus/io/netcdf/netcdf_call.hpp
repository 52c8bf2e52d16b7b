// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one lock around netCDF-C, which is not thread-safe, the one check of its status codes, and
// how messages name a variable.

#include <netcdf.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// The process-wide lock of netCDF-C. Held during each read and write of the library; a program
/// that calls netCDF-C or HDF5 itself from another thread holds it as well.
[[gnu::visibility("default")]] inline std::mutex& netcdf_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// How messages name a variable of a file.
inline std::string variable_place(std::string const& variable, std::string const& file) {
  return "variable '" + variable + "' of '" + file + "'";
}

/// Throws: io_error "nc_get_att: file 'a.nc', variable 'u', attribute 'units': <nc_strerror>"
///         unless status is NC_NOERR.
inline void check_netcdf(int status, std::string_view call, std::filesystem::path const& file,
                         std::string_view variable = {}, std::string_view attribute = {}) {
  if (status == NC_NOERR) {
    return;
  }
  std::string message = std::string(call) + ": file '" + file.string() + "'";
  if (!variable.empty()) {
    message += ", variable '" + std::string(variable) + "'";
  }
  if (!attribute.empty()) {
    message += ", attribute '" + std::string(attribute) + "'";
  }
  message += std::string(": ") + nc_strerror(status);
  if (status == NC_EHDFERR || status == NC_EATTMETA || status == NC_EVARMETA ||
      status == NC_EDIMMETA) {
    message += " (truncated or damaged, a filter that is not installed, or a full disk)";
  } else if (status == NC_ENOTNC) {
    message += " (not a NetCDF file)";
  } else if (status == NC_EVARSIZE) {
    message += " (too large for this format; netCDF-4 and CDF5 have no such limit)";
  }
  throw io_error(message);
}

}  // namespace cumulus::inline v1
