// SPDX-License-Identifier: Apache-2.0
#pragma once
// The diverging colour map of the figures: blue below zero, near-white at zero, red above. Called
// by the map panel and its colour bar.
//
// This product includes color specifications and designs developed by Cynthia Brewer
// (https://colorbrewer2.org/), licensed under Apache-2.0: the eleven-class scheme RdBu, reversed.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1::plot {

/// An opaque sRGB colour, eight bits a channel.
struct rgb {
  unsigned char red = 0;
  unsigned char green = 0;
  unsigned char blue = 0;

  friend bool operator==(rgb const&, rgb const&) = default;
};

/// Cells without a value. Darker than the colour of zero, and neutral as no value is.
inline constexpr rgb missing_colour{176, 176, 176};

/// ColorBrewer's RdBu with eleven classes, from the most negative to the most positive.
inline constexpr std::array<rgb, 11> blue_to_red_anchors{{{5, 48, 97},
                                                          {33, 102, 172},
                                                          {67, 147, 195},
                                                          {146, 197, 222},
                                                          {209, 229, 240},
                                                          {247, 247, 247},
                                                          {253, 219, 199},
                                                          {244, 165, 130},
                                                          {214, 96, 77},
                                                          {178, 24, 43},
                                                          {103, 0, 31}}};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

namespace detail {

using triple = std::array<double, 3>;

// Oklab of an sRGB colour. Source: B. Ottosson, "A perceptual color space for image processing",
// 2020.
inline triple to_oklab(rgb colour) {
  auto linear = [](unsigned char channel) {
    double const c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  double const r = linear(colour.red);
  double const g = linear(colour.green);
  double const b = linear(colour.blue);
  double const l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  double const m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  double const s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

inline rgb from_oklab(triple const& lab) {
  auto cube = [](double x) { return x * x * x; };
  double const l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
  double const m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
  double const s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
  auto channel = [](double x) {
    double const c = x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
    return static_cast<unsigned char>(std::lround(255 * std::clamp(c, 0.0, 1.0)));
  };
  return {channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

// An odd number of entries, so that zero has one of its own.
inline constexpr int half_colours = 512;

inline std::array<rgb, 2 * half_colours + 1> make_blue_to_red_table() {
  std::array<rgb, 2 * half_colours + 1> table;
  std::size_t const gaps = blue_to_red_anchors.size() - 1;
  for (std::size_t i = 0; i < table.size(); ++i) {
    double const position = static_cast<double>(gaps * i) / (table.size() - 1);
    std::size_t const left = std::min(static_cast<std::size_t>(position), gaps - 1);
    double const t = position - static_cast<double>(left);
    triple const a = to_oklab(blue_to_red_anchors[left]);
    triple const b = to_oklab(blue_to_red_anchors[left + 1]);
    table[i] = from_oklab({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]),  //
                           a[2] + t * (b[2] - a[2])});
  }
  return table;
}

}  // namespace detail

/// Colour of a value relative to the limit of the scale: -1 is the bluest, 0 near-white, 1 the
/// reddest. Between the published anchors it is linear in Oklab; beyond ±1 the end colours stay.
/// NaN: missing_colour.
inline rgb diverging_colour(double relative) {
  static auto const table = detail::make_blue_to_red_table();
  if (std::isnan(relative)) {
    return missing_colour;
  }
  double const place = std::clamp(relative, -1.0, 1.0) * detail::half_colours;
  return table[static_cast<std::size_t>(std::lround(place) + detail::half_colours)];
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
