// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line of the example: what the caller asks for.

#include <getopt.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../program/options.hpp"
#include "cumulus/climate/cell_area.hpp"

namespace climate_anomaly {

namespace cm = cumulus;
using program::is_same_file;

inline constexpr char const* help_text =
    R"(usage: climate_anomaly [FILE] [options]

The monthly climatology of variables with a time axis, the anomaly from it, the standardised anomaly
and the area-weighted means, written to a NetCDF file, with maps and time series in a PNG. FILE is a
NetCDF file; without one a synthetic dataset is generated.

  --var NAME      the variable to process; may be given several times. Default: every numeric
                  variable with a time axis; those that cannot be used are left out and named
  --out PATH      the NetCDF file to write (anomaly.nc)
  --plot PATH     the picture to write (anomaly.png)
  --weights KIND  what the cells of area means are weighted by (great-circle):
                    great-circle  the area between great circles, as cdo fldmean
                    cos           the cosine of latitude
                    sin-band      the area between latitude circles
  --double        compute and write everything in double; default: in the input's type,
                  integers in double
  --help          this text

Of a variable V(time, ..., lat, lon) the file holds
  V_climatology(month, ...)   the mean of each month that occurs, over all years
  V_anomaly(time, ...)        V minus its month's climatology
  V_standardised(time, ...)   the anomaly over its month's standard deviation (of n - 1), missing
                              where that is 0 or not defined
  V_mean(time), V_anomaly_mean(time)   area means of V and of V_anomaly, always in double
Missing values are skipped. Other dimensions, such as levels, stay; the picture shows the first.
Latitude and longitude are known by units such as degrees_north or by standard_name (CF); axis = "Y"
or "X" alone may be a projection's, which has no area mean and no map.
)";

struct command_line {
  std::optional<std::filesystem::path> input;  ///< none: the synthetic dataset
  std::vector<std::string> variables;          ///< empty: all
  std::filesystem::path out = "anomaly.nc";
  std::filesystem::path plot = "anomaly.png";
  cm::climate::cell_weight weights = cm::climate::great_circle;
  bool in_double = false;
  bool help = false;
};

/// The name of a kind of weight, as on the command line.
inline std::string weight_name(cm::climate::cell_weight kind) {
  switch (kind) {
    case cm::climate::great_circle:
      return "great-circle";
    case cm::climate::cos_lat:
      return "cos";
    default:
      return "sin-band";
  }
}

/// What area means are weighted by, in words.
inline std::string weight_words(cm::climate::cell_weight kind) {
  switch (kind) {
    case cm::climate::great_circle:
      return "great-circle cell area";
    case cm::climate::cos_lat:
      return "cosine of latitude";
    default:
      return "area of the latitude band (sin-band)";
  }
}

inline cm::climate::cell_weight weight_from_name(std::string_view text) {
  for (auto kind : {cm::climate::great_circle, cm::climate::cos_lat, cm::climate::sin_band}) {
    if (text == weight_name(kind)) {
      return kind;
    }
  }
  throw cm::value_error("--weights: expected great-circle, cos or sin-band, got \"" +
                        std::string(text) + "\"");
}

/// Throws: value_error naming the option or the paths.
inline void check_paths(command_line const& c) {
  if (c.input && is_same_file(*c.input, c.out)) {
    throw cm::value_error("--out: expected another file than the input '" + c.input->string() +
                          "', got '" + c.out.string() + "'");
  }
  if (c.input && is_same_file(*c.input, c.plot)) {
    throw cm::value_error("--plot: expected another file than the input '" + c.input->string() +
                          "', got '" + c.plot.string() + "'");
  }
  if (is_same_file(c.out, c.plot)) {
    throw cm::value_error("--plot: expected another file than --out, got '" + c.plot.string() +
                          "' for both");
  }
}

/// Throws: value_error naming an unknown option, a missing or bad value, or a second FILE.
inline command_line read_command_line(int argc, char** argv) {
  enum { var = 1, out, plot, weights, in_double, help };
  static constexpr option known[] = {{"var", required_argument, nullptr, var},
                                     {"out", required_argument, nullptr, out},
                                     {"plot", required_argument, nullptr, plot},
                                     {"weights", required_argument, nullptr, weights},
                                     {"double", no_argument, nullptr, in_double},
                                     {"help", no_argument, nullptr, help},
                                     {nullptr, 0, nullptr, 0}};
  command_line result;
  opterr = 0;  // the messages are ours
  for (int code; (code = getopt_long(argc, argv, ":h", known, nullptr)) != -1;) {
    switch (code) {
      case var:
        if (std::find(result.variables.begin(), result.variables.end(), optarg) ==
            result.variables.end()) {
          result.variables.emplace_back(optarg);
        }
        break;
      case out:
        result.out = optarg;
        break;
      case plot:
        result.plot = optarg;
        break;
      case weights:
        result.weights = weight_from_name(optarg);
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
  if (!result.help) {
    check_paths(result);
  }
  return result;
}

}  // namespace climate_anomaly
