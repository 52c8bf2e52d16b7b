// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the user of netcdf_writer chooses: the format of the file and how values are written.

#include <netcdf.h>

#include <filesystem>
#include <string>

#include "cumulus/core/error.hpp"
#include "cumulus/io/netcdf/netcdf_type.hpp"

namespace cumulus::inline v1 {

/// How a file is written. Compression needs a netCDF-4 format.
struct netcdf_writer_options {
  netcdf_format format = netcdf_format::classic_64bit_offset;
  int deflate = 0;      ///< zlib level 0 (none) to 9, of every variable with a dimension
  bool shuffle = true;  ///< reorder bytes before deflate
};

/// How values are written.
struct netcdf_write_options {
  /// Keeps `{t}` a position: only `{.encode = …}` makes options.
  struct named_only {
    explicit named_only() = default;
  } only = named_only();
  /// NaN becomes the variable's _FillValue, integers of a variable with scale_factor or add_offset
  /// are packed, and a number that would read back as missing is refused. false: as they stand.
  bool encode = true;
};

/// netCDF-C's flags for a new file.
/// Throws: value_error if the format cannot be compressed, or there is no such level or format.
inline int creation_flags(netcdf_writer_options const& options, std::filesystem::path const& file) {
  bool const compressible =
      options.format == netcdf_format::netcdf4 || options.format == netcdf_format::netcdf4_classic;
  if (options.deflate < 0 || options.deflate > 9 || (options.deflate > 0 && !compressible)) {
    throw value_error("netcdf_writer: expected deflate 0, or 1 to 9 with a netCDF-4 format, for '" +
                      file.string() + "', got " + std::to_string(options.deflate) +
                      " with format " + to_string(options.format));
  }
  switch (options.format) {
    case netcdf_format::classic:
      return NC_CLOBBER;
    case netcdf_format::classic_64bit_offset:
      return NC_CLOBBER | NC_64BIT_OFFSET;
    case netcdf_format::classic_64bit_data:
      return NC_CLOBBER | NC_64BIT_DATA;
    case netcdf_format::netcdf4:
      return NC_CLOBBER | NC_NETCDF4;
    case netcdf_format::netcdf4_classic:
      return NC_CLOBBER | NC_NETCDF4 | NC_CLASSIC_MODEL;
  }
  throw value_error("netcdf_writer: expected one of the five formats for '" + file.string() +
                    "', got number " + std::to_string(static_cast<int>(options.format)));
}

}  // namespace cumulus::inline v1
