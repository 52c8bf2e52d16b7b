// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where an axis has its ticks and what they say: plain numbers, degrees, years and months, and the
// round limits of a colour scale. Called by the map and series panels.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/io/figure/label_text.hpp"

namespace cumulus::inline v1::plot {

/// Ticks of one axis. Labels leave out a common power of ten, which the axis' units then name.
struct axis_ticks {
  std::vector<double> at;
  std::vector<std::string> labels;
  int exponent = 0;
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

/// The smallest of 1, 2 and 5 times a power of ten that divides `span` into at most `most` steps.
inline double nice_step(double span, int most) {
  double const raw = span / most;
  double const power = std::pow(10.0, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

/// The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below `value`.
/// The limits of colour scales are these; each divides into 3 to 5 steps of 1, 2 or 5.
inline double nice_limit(double value) {
  double const power = std::pow(10.0, std::floor(std::log10(value)));
  for (double factor : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    if (factor * power >= value * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

namespace detail {

/// Multiples of `step` in [low, high]; a tick that rounding puts just outside counts.
inline std::vector<double> multiples(double low, double high, double step) {
  std::vector<double> at;
  double const first = std::ceil(low / step - 1e-6);
  double const last = std::floor(high / step + 1e-6);
  for (double k = first; k <= last && at.size() < 1000; ++k) {
    at.push_back(k == 0 ? 0.0 : k * step);
  }
  return at;
}

/// Decimals that tell apart numbers `step` apart.
inline int decimals(double step) {
  return std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
}

}  // namespace detail

/// Ticks at the multiples of `step` in [low, high]. From 10⁵ on, and below 10⁻², labels drop a
/// power of ten.
inline axis_ticks stepped_ticks(double low, double high, double step) {
  axis_ticks ticks;
  ticks.at = detail::multiples(low, high, step);
  double largest = 0;
  for (double value : ticks.at) {
    largest = std::max(largest, std::abs(value));
  }
  if (largest >= 1e5 * (1 - 1e-9) || (largest > 0 && largest < 1e-2 * (1 - 1e-9))) {
    ticks.exponent = static_cast<int>(std::floor(std::log10(largest) + 1e-9));
  }
  double const scale = std::pow(10.0, ticks.exponent);
  for (double value : ticks.at) {
    ticks.labels.push_back(fixed_number(value / scale, detail::decimals(step / scale)));
  }
  return ticks;
}

/// At most `most` + 1 ticks at round numbers in [low, high].
inline axis_ticks number_ticks(double low, double high, int most) {
  return stepped_ticks(low, high, nice_step(high - low, most));
}

/// Ticks of a colour scale from -limit to limit: both ends and zero among them for a nice limit.
inline axis_ticks symmetric_ticks(double limit) {
  for (int steps : {5, 4, 3}) {
    double const step = limit / steps;
    double const nice = nice_step(step, 1);
    if (std::abs(nice - step) <= 1e-9 * nice) {
      return stepped_ticks(-limit, limit, nice);
    }
  }
  return number_ticks(-limit, limit, 9);
}

enum class degrees_of { latitude, longitude };

/// "30°N", "60°W", "0°", "180°"; longitudes of any range are named within 180° of Greenwich.
inline std::string degree_label(double value, degrees_of axis, int decimals = 0) {
  if (axis == degrees_of::longitude) {
    value = std::remainder(value, 360.0);
  }
  std::string const number = fixed_number(std::abs(value), decimals);
  bool const zero = number.find_first_of("123456789") == number.npos;
  bool const antimeridian =
      axis == degrees_of::longitude && number == fixed_number(180.0, decimals);
  if (zero || antimeridian) {
    return number + "°";
  }
  bool const positive = value > 0;
  char const* side = axis == degrees_of::latitude ? (positive ? "N" : "S") : (positive ? "E" : "W");
  return number + "°" + side;
}

/// Ticks of a map: steps of 90, 60, 45, 30, 15, 10, 5, 2, 1 degrees, then 5, 2, 1 of each decimal.
inline axis_ticks degree_ticks(double low, double high, int most, degrees_of axis) {
  double const span = high - low;
  double step = span < most ? std::min(nice_step(span, most), 1.0) : 90;
  if (span >= most) {
    for (double candidate : {60.0, 45.0, 30.0, 15.0, 10.0, 5.0, 2.0, 1.0}) {
      step = span / candidate <= most + 1e-9 ? candidate : step;
    }
  }
  axis_ticks ticks;
  ticks.at = detail::multiples(low, high, step);
  for (double value : ticks.at) {
    ticks.labels.push_back(degree_label(value, axis, detail::decimals(step)));
  }
  return ticks;
}

/// Ticks of a time axis in fractional years: whole years ("1990"), the first days of months
/// ("1990-07") where whole years would be too few, fractions of a year below a month.
inline axis_ticks year_ticks(double low, double high, int most) {
  double const span = high - low;
  double const years = nice_step(span, most);
  axis_ticks ticks;
  if (years >= 1 - 1e-9) {
    ticks.at = detail::multiples(low, high, years);
    for (double year : ticks.at) {
      ticks.labels.push_back(fixed_number(year, 0));
    }
    return ticks;
  }
  if (span * 12 < 2) {
    ticks.at = detail::multiples(low, high, years);
    for (double year : ticks.at) {
      ticks.labels.push_back(fixed_number(year, detail::decimals(years)));
    }
    return ticks;
  }
  int step = 1;
  for (int months : {6, 3, 2, 1}) {
    step = span * 12 / months <= most ? months : step;
  }
  for (double month : detail::multiples(low * 12, high * 12, step)) {
    double const year = std::floor(month / 12);
    std::string const digits = fixed_number(std::abs(year), 0);
    std::string const zeros(digits.size() < 4 ? 4 - digits.size() : 0, '0');
    int const of_year = static_cast<int>(month - 12 * year) + 1;
    ticks.at.push_back(month / 12);
    ticks.labels.push_back((year < 0 ? "−" : "") + zeros + digits + (of_year < 10 ? "-0" : "-") +
                           std::to_string(of_year));
  }
  return ticks;
}

/// Units with the power of ten that the labels left out: "10⁻⁵ kg m⁻² s⁻¹".
inline std::string scaled_units(std::string const& units, int exponent) {
  std::string const shown = pretty_units(units);
  if (exponent == 0) {
    return shown;
  }
  std::string const power = "10" + superscript(std::to_string(exponent));
  return shown.empty() || shown == "1" ? "× " + power : power + " " + shown;
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
