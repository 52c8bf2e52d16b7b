// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line of the example: what the caller asks for.

#include <getopt.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "../program/options.hpp"

namespace equation_of_state {

namespace cm = cumulus;

inline constexpr char const* help_text =
    R"(usage: equation_of_state [FILE] [options]

The in-situ density of seawater, its derivative with respect to pressure and the speed of sound,
written to a NetCDF file, with maps of the first level in a PNG. FILE is a NetCDF file with absolute
salinity, conservative temperature and sea pressure (TEOS-10); without one an ocean is generated.

  --sa NAME       the variable of absolute salinity. Default: the one whose standard_name is
                  sea_water_absolute_salinity
  --ct NAME       conservative temperature. Default: sea_water_conservative_temperature
  --p NAME        sea pressure, 0 at the surface. Default: sea_water_pressure_due_to_sea_water, else
                  sea_water_pressure, which is taken for sea pressure as floats measure it
  --out PATH      the NetCDF file to write (density.nc)
  --plot PATH     the picture to write (density.png)
  --double        compute and write in double; default: in float where all three variables are
  --help          this text

Salinity has all dimensions of the result; temperature and pressure may lack some of them. The file
holds density (kg m-3), density_by_pressure (kg m-3 per dbar) and speed_of_sound (m s-1); cells with
a missing value are missing. The picture needs latitude and longitude as the last dimensions.
)";

struct command_line {
  std::optional<std::filesystem::path> input;  ///< none: the generated ocean
  std::string sa, ct, p;                       ///< empty: by standard_name
  std::filesystem::path out = "density.nc";
  std::filesystem::path plot = "density.png";
  bool in_double = false;
  bool help = false;
};

/// Throws: value_error naming an unknown option, a missing value, a second FILE, or two paths that
///         are one file.
inline command_line read_command_line(int argc, char** argv) {
  enum { sa = 1, ct, p, out, plot, in_double, help };
  static constexpr option known[] = {
      {"sa", required_argument, nullptr, sa},     {"ct", required_argument, nullptr, ct},
      {"p", required_argument, nullptr, p},       {"out", required_argument, nullptr, out},
      {"plot", required_argument, nullptr, plot}, {"double", no_argument, nullptr, in_double},
      {"help", no_argument, nullptr, help},       {nullptr, 0, nullptr, 0}};
  command_line result;
  opterr = 0;  // the messages are ours
  for (int code; (code = getopt_long(argc, argv, ":h", known, nullptr)) != -1;) {
    switch (code) {
      case sa:
        result.sa = optarg;
        break;
      case ct:
        result.ct = optarg;
        break;
      case p:
        result.p = optarg;
        break;
      case out:
        result.out = optarg;
        break;
      case plot:
        result.plot = optarg;
        break;
      case in_double:
        result.in_double = true;
        break;
      case help:
      case 'h':
        result.help = true;
        break;
      default:
        throw program::command_line_error(code, argv);
    }
  }
  result.input = program::the_one_file(argc, argv);
  auto const expect_different = [](char const* name, std::filesystem::path const& path,
                                   std::filesystem::path const& other) {
    if (program::is_same_file(path, other)) {
      throw cm::value_error(std::string(name) + ": expected another file than '" + other.string() +
                            "', got '" + path.string() + "'");
    }
  };
  if (!result.help) {
    expect_different("--plot", result.plot, result.out);
    if (result.input) {
      expect_different("--out", result.out, *result.input);
      expect_different("--plot", result.plot, *result.input);
    }
  }
  return result;
}

}  // namespace equation_of_state
