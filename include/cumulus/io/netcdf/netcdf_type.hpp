// SPDX-License-Identifier: Apache-2.0
#pragma once
// The types and formats of NetCDF by our names, their C++ types, and a visitor from the one to the
// other. All files of io/netcdf use it.

#include <netcdf.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// External type of a NetCDF variable or attribute; the values are netCDF-C's.
enum class netcdf_type : int {
  int8 = NC_BYTE,
  text = NC_CHAR,
  int16 = NC_SHORT,
  int32 = NC_INT,
  float32 = NC_FLOAT,
  float64 = NC_DOUBLE,
  uint8 = NC_UBYTE,
  uint16 = NC_USHORT,
  uint32 = NC_UINT,
  int64 = NC_INT64,
  uint64 = NC_UINT64,
  string = NC_STRING,
  user_defined = 13  ///< compound, enum, opaque and vlen types: listed, never read
};

/// On-disk format. CDO, NCO and xarray read all of them; `classic_64bit_offset` needs no HDF5.
enum class netcdf_format : int {
  classic = NC_FORMAT_CLASSIC,
  classic_64bit_offset = NC_FORMAT_64BIT_OFFSET,
  netcdf4 = NC_FORMAT_NETCDF4,
  netcdf4_classic = NC_FORMAT_NETCDF4_CLASSIC,
  classic_64bit_data = NC_FORMAT_64BIT_DATA  ///< also called CDF5
};

/// C++ types that NetCDF stores as numbers.
template <class T>
concept netcdf_number = std::same_as<T, std::int8_t> || std::same_as<T, std::uint8_t> ||
                        std::same_as<T, std::int16_t> || std::same_as<T, std::uint16_t> ||
                        std::same_as<T, std::int32_t> || std::same_as<T, std::uint32_t> ||
                        std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t> ||
                        std::same_as<T, float> || std::same_as<T, double>;

/// The NetCDF type of a C++ type: netcdf_type_of<float> is netcdf_type::float32.
template <netcdf_number T>
inline constexpr netcdf_type netcdf_type_of = std::same_as<T, std::int8_t>     ? netcdf_type::int8
                                              : std::same_as<T, std::uint8_t>  ? netcdf_type::uint8
                                              : std::same_as<T, std::int16_t>  ? netcdf_type::int16
                                              : std::same_as<T, std::uint16_t> ? netcdf_type::uint16
                                              : std::same_as<T, std::int32_t>  ? netcdf_type::int32
                                              : std::same_as<T, std::uint32_t> ? netcdf_type::uint32
                                              : std::same_as<T, std::int64_t>  ? netcdf_type::int64
                                              : std::same_as<T, std::uint64_t> ? netcdf_type::uint64
                                              : std::same_as<T, float> ? netcdf_type::float32
                                                                       : netcdf_type::float64;

/// The name that ncdump prints: "byte", "char", "float", …
inline std::string to_string(netcdf_type type) {
  switch (type) {
    case netcdf_type::int8:
      return "byte";
    case netcdf_type::text:
      return "char";
    case netcdf_type::int16:
      return "short";
    case netcdf_type::int32:
      return "int";
    case netcdf_type::float32:
      return "float";
    case netcdf_type::float64:
      return "double";
    case netcdf_type::uint8:
      return "ubyte";
    case netcdf_type::uint16:
      return "ushort";
    case netcdf_type::uint32:
      return "uint";
    case netcdf_type::int64:
      return "int64";
    case netcdf_type::uint64:
      return "uint64";
    case netcdf_type::string:
      return "string";
    default:
      return "a user-defined type";
  }
}

/// The name that `ncdump -k` prints.
inline std::string to_string(netcdf_format format) {
  switch (format) {
    case netcdf_format::classic:
      return "classic";
    case netcdf_format::classic_64bit_offset:
      return "64-bit offset";
    case netcdf_format::netcdf4:
      return "netCDF-4";
    case netcdf_format::netcdf4_classic:
      return "netCDF-4 classic model";
    default:
      return "cdf5";
  }
}

/// True for float, double and the eight integer types.
inline bool is_number(netcdf_type type) {
  return type != netcdf_type::text && type != netcdf_type::string &&
         type != netcdf_type::user_defined;
}

/// True for float and double.
inline bool is_floating(netcdf_type type) {
  return type == netcdf_type::float32 || type == netcdf_type::float64;
}

/// Whether a file of this format can hold this type: the classic model has byte, char, short, int,
/// float and double; CDF5 adds the other integers.
inline bool can_hold(netcdf_format format, netcdf_type type) {
  switch (format) {
    case netcdf_format::netcdf4:
      return type != netcdf_type::user_defined;
    case netcdf_format::classic_64bit_data:
      return type != netcdf_type::user_defined && type != netcdf_type::string;
    default:
      return static_cast<int>(type) <= NC_DOUBLE;
  }
}

/// Calls f with a value of the C++ type of a numeric NetCDF type: `f(float{})` for float32.
/// Throws: dtype_error for text, string and user-defined types.
template <class F> decltype(auto) visit_netcdf_type(netcdf_type type, F&& f) {
  switch (type) {
    case netcdf_type::int8:
      return f(std::int8_t{});
    case netcdf_type::uint8:
      return f(std::uint8_t{});
    case netcdf_type::int16:
      return f(std::int16_t{});
    case netcdf_type::uint16:
      return f(std::uint16_t{});
    case netcdf_type::int32:
      return f(std::int32_t{});
    case netcdf_type::uint32:
      return f(std::uint32_t{});
    case netcdf_type::int64:
      return f(std::int64_t{});
    case netcdf_type::uint64:
      return f(std::uint64_t{});
    case netcdf_type::float32:
      return f(float{});
    case netcdf_type::float64:
      return f(double{});
    default:
      throw dtype_error("visit_netcdf_type: expected a numeric type, got " + to_string(type));
  }
}

/// Bytes of one element in a file.
inline std::size_t item_bytes(netcdf_type type) {
  if (type == netcdf_type::text) {
    return 1;
  }
  return visit_netcdf_type(type, [](auto value) { return sizeof(value); });
}

}  // namespace cumulus::inline v1
