// SPDX-License-Identifier: Apache-2.0
#pragma once
// A made-up sea surface temperature with a seasonal cycle, a trend, red noise and no values over
// schematic continents. It is the same on every machine: its random numbers are hashes, and its
// values are rounded to 1/1024 kelvin, further than any difference between sine functions.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "../program/default_space.hpp"
#include "cumulus/cumulus.hpp"
#include "cumulus/io/netcdf.hpp"
#include "cumulus/labelled/calendar.hpp"

namespace climate_anomaly {

namespace cm = cumulus;
using program::in_default_space;
using program::on_host;

inline constexpr char const* synthetic_name = "synthetic dataset";
inline constexpr char const* synthetic_variable = "synthetic_sst";

/// A number in [-2, 2) with a bell-shaped distribution of variance 1/3 that depends on i alone.
struct hashed_noise {
  CUMULUS_HD double operator()(std::int64_t i) const {
    double sum = -2;
    for (std::uint64_t k = 0; k < 4; ++k) {
      // splitmix64: Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195
      std::uint64_t z = (static_cast<std::uint64_t>(i) * 4 + k + 1) * 0x9e3779b97f4a7c15U;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      sum += static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }
    return sum;
  }
};

/// Months of red noise of variance 1: each keeps 0.8 of the one before.
inline std::vector<double> red_noise(cm::index_t months, std::int64_t seed) {
  std::vector<double> series(static_cast<std::size_t>(months));
  double value = 0;
  for (std::int64_t i = 0; i < 50 + months; ++i) {  // 50 months to forget the start
    value = 0.8 * value + 0.6 * 1.7320508075688772 * hashed_noise{}(seed * 100'000 + i);
    if (i >= 50) {
      series[static_cast<std::size_t>(i - 50)] = value;
    }
  }
  return series;
}

/// True over ellipses that stand for continents.
inline cm::ndarray<bool> schematic_land(cm::ndarray<double> const& lat,
                                        cm::ndarray<double> const& lon) {
  struct ellipse {
    double lat, lon, height, width;
  };
  cm::ndarray<bool> land = cm::full<bool>(cm::shape{lat.shape()[0], lon.shape()[0]}, false);
  for (ellipse const& e :
       {ellipse{50, 260, 26, 38}, ellipse{25, 255, 14, 13}, ellipse{-12, 300, 22, 20},
        ellipse{-38, 292, 18, 7}, ellipse{14, 8, 22, 24}, ellipse{-12, 26, 25, 15},
        ellipse{54, 75, 24, 70}, ellipse{28, 85, 20, 38}, ellipse{-26, 134, 13, 19},
        ellipse{74, 318, 11, 18}}) {
    cm::ndarray const east = (lon - e.lon + 540.0) % 360.0 - 180.0;
    land |= cm::expand_dims(cm::square((lat - e.lat) / e.height), 1) +
                cm::expand_dims(cm::square(east / e.width), 0) <
            1.0;
  }
  land |= cm::expand_dims(lat < -72.0, 1);
  return land;
}

/// The temperatures of some months, in degrees Celsius, NaN over land.
inline cm::ndarray<float> synthetic_temperature(cm::ndarray<double> const& lat_degrees,
                                                cm::ndarray<double> const& lon_degrees,
                                                cm::index_t months) {
  constexpr double radians = std::numbers::pi / 180;
  cm::ndarray const lat = lat_degrees * radians;
  cm::ndarray const lon = lon_degrees * radians;
  cm::ndarray const sine = cm::sin(lat);
  cm::ndarray const cosine = cm::cos(lat);
  cm::ndarray const month = cm::arange<double>(static_cast<double>(months));
  cm::ndarray const always = cm::ones(month.shape());
  cm::ndarray const everywhere = cm::ones(lon.shape());

  // Every part of the field is a product of a series, a profile over latitude and a wave.
  cm::ndarray t = cm::zeros({months, lat.shape()[0], lon.shape()[0]});
  auto const add = [&t](cm::ndarray<double> const& series, cm::ndarray<double> const& profile,
                        cm::ndarray<double> const& wave) {
    t += cm::expand_dims(series, {1, 2}) * cm::expand_dims(profile, 1) * wave;
  };
  add(always, 28.0 - 29.0 * (sine * sine), everywhere);
  // A cycle of 6 K that follows the sun, and a trend of 2 to 4 K in a century.
  add(cm::cos((month - 7.5) * (std::numbers::pi / 6)), 6.0 * (sine * cosine), everywhere);
  add(month * (0.02 / 12), 1.0 + cm::abs(sine), everywhere);
  // Standing waves with red amplitudes, and a little noise of each cell.
  for (int k = 0; k < 12; ++k) {
    double const zonal = k / 2 + 1;
    double const meridional = k % 4 + 1;
    add(cm::from_vector(red_noise(months, k + 1)) * (1.1 / zonal),
        cosine * cm::sin(lat * meridional + 1.3 * k), cm::cos(lon * zonal + 2.4 * k));
  }
  cm::ndarray const noise = cm::map(hashed_noise{}, cm::arange(t.size()));
  t += 0.25 * cm::reshape(noise, t.shape());

  cm::ndarray const land = schematic_land(lat_degrees, lon_degrees);
  return cm::astype<float>(
      cm::where(land, std::numeric_limits<double>::quiet_NaN(), cm::round(t * 1024.0) / 1024.0));
}

/// Writes the dataset as a NetCDF file.
inline void write_synthetic_dataset(std::filesystem::path const& path) {
  constexpr cm::index_t years = 20;
  constexpr int first_year = 2001;
  cm::ndarray const lat = cm::linspace<double, cm::host>(-87.5, 87.5, 36);
  cm::ndarray const lon = cm::linspace<double, cm::host>(2.5, 357.5, 72);
  std::vector<double> time;
  auto const day = [](int year, int month) {
    return static_cast<double>(cm::days_from_date(cm::calendar::standard, year, month, 1));
  };
  for (int m = 0; m < 12 * years; ++m) {
    double const begin = day(first_year + m / 12, m % 12 + 1);
    double const end = day(first_year + (m + 1) / 12, (m + 1) % 12 + 1);
    time.push_back((begin + end) / 2 - day(first_year, 1));
  }
  cm::netcdf_writer file(path);
  auto const axis = [&](char const* name, std::vector<double> const& values, char const* letter,
                        char const* standard_name, char const* units) {
    cm::netcdf_attributes attributes;
    attributes.set("standard_name", standard_name);
    attributes.set("units", units);
    attributes.set("axis", letter);
    file.define_dimension(name, static_cast<cm::index_t>(values.size()));
    file.define_variable(name, cm::netcdf_type::float64, {name}, attributes);
    file.write<double>(name, std::span<double const>(values));
  };
  axis("time", time, "T", "time", "days since 2001-01-01");
  axis("lat", std::vector<double>(lat.begin(), lat.end()), "Y", "latitude", "degrees_north");
  axis("lon", std::vector<double>(lon.begin(), lon.end()), "X", "longitude", "degrees_east");
  cm::netcdf_attributes attributes;
  attributes.set("long_name", "synthetic sea surface temperature");
  attributes.set("units", "degC");
  attributes.set("_FillValue", -1e34F);
  file.define_variable(synthetic_variable, cm::netcdf_type::float32, {"time", "lat", "lon"},
                       attributes);
  file.set_attribute("title", "Synthetic sea surface temperature");
  file.set_attribute("source", "generated by climate_anomaly; not an observation of anything");
  file.write(synthetic_variable, on_host(synthetic_temperature(in_default_space(lat),
                                                               in_default_space(lon), 12 * years)));
  file.commit();
}

}  // namespace climate_anomaly
