// SPDX-License-Identifier: Apache-2.0
#pragma once
// NetCDF: reading into arrays and writing from them, on netCDF-C. Link cumulus::netcdf.

#include "cumulus/io/netcdf/netcdf_file.hpp"
#include "cumulus/io/netcdf/netcdf_writer.hpp"
