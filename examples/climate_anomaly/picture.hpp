// SPDX-License-Identifier: Apache-2.0
#pragma once
// The picture: for each field a map of its last anomaly above the series of the anomaly's mean.

#include <cstdio>
#include <deque>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "cumulus/io/figure.hpp"
#include "month_statistics.hpp"
#include "prepared_field.hpp"

namespace climate_anomaly {

namespace detail {

/// First of July 1992 is 1992.5.
inline double fractional_year(cm::calendar cal, cm::date_time const& d) {
  auto const begin = cm::days_from_date(cal, d.year, 1, 1);
  auto const length = cm::days_from_date(cal, d.year + 1, 1, 1) - begin;
  double const day = static_cast<double>(cm::days_from_date(cal, d.year, d.month, d.day) - begin) +
                     (d.hour * 3600.0 + d.minute * 60.0 + d.second) / 86400.0;
  return static_cast<double>(d.year) + day / static_cast<double>(length);
}

inline std::string month_words(cm::date_time const& d) {
  static constexpr char const* names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
  char year[32];
  std::snprintf(year, sizeof year, " %04lld", static_cast<long long>(d.year));
  return names[d.month - 1] + std::string(year);
}

/// n + 1 edges of n cells: the bounds where they touch each other, else the midpoints.
inline std::vector<double> edges_of(std::vector<double> const& centres,
                                    std::vector<double> const& bounds, double low, double high) {
  std::vector<double> edges;
  for (std::size_t i = 0; i < bounds.size(); i += 2) {
    if (i > 0 && bounds[i] != bounds[i - 1]) {
      return cm::plot::midpoint_edges(centres, low, high);
    }
    edges.push_back(bounds[i]);
  }
  if (edges.empty()) {
    return cm::plot::midpoint_edges(centres, low, high);
  }
  edges.push_back(bounds.back());
  return edges;
}

}  // namespace detail

/// Keeps what the panels look at until the picture is written.
class picture {
 public:
  template <class T>
  void add(prepared_field const& p, month_statistics<T> const& s, command_line const& asked) {
    auto const& f = p.variable;
    std::string const units = f.attributes.text("units").value_or("");
    std::string const what = title_of(f);
    std::string const level = p.first_level.empty() ? "" : ", " + p.first_level;
    cm::plot::figure_row row;
    if (p.grid) {
      // The last step, and the first of every axis between time and the grid.
      auto const cells = on_host(s.anomaly);
      cm::index_t const map_size =
          cells.shape()[-1 + cells.rank()] * cells.shape()[cells.rank() - 2];
      cm::index_t const step_size = cells.size() / cells.shape()[0];
      T const* const last = cells.data() + cells.size() - step_size;
      row.map = {.title = what + " anomaly, " + detail::month_words(p.time.dates.back()) + level,
                 .units = units,
                 .values = kept({last, last + map_size}),
                 .lat_edges = kept(detail::edges_of(p.grid->lat, p.grid->lat_bounds, -90, 90)),
                 .lon_edges = kept(detail::edges_of(cm::plot::unwrapped_longitudes(p.grid->lon),
                                                    p.grid->lon_bounds, -1e9, 1e9))};
      row.series = series_of(p, *s.anomaly_mean);
      row.series->title =
          what + " anomaly, area mean weighted by " + weight_words(asked.weights) + level;
    } else {
      row.series = series_of(p, s.anomaly);
      row.series->title = what + " anomaly" + level;
    }
    row.series->units = units;
    figure_.rows.push_back(std::move(row));
  }

  /// Throws: io_error naming the path.
  void write(std::filesystem::path const& path) const { cm::plot::write_png(figure_, path); }

 private:
  static std::string title_of(field const& f) {
    auto const words = f.attributes.text("long_name");
    return words && *words != f.name ? f.name + ": " + *words : f.name;
  }

  template <class T>
  cm::plot::series_panel series_of(prepared_field const& p, cm::ndarray<T> const& values) {
    auto const v = on_host(values);
    cm::index_t const step_size = v.size() / v.shape()[0];
    std::vector<double> first_of_step;
    std::vector<double> years;
    for (cm::index_t i = 0; i < v.shape()[0]; ++i) {
      first_of_step.push_back(static_cast<double>(v.data()[i * step_size]));
      years.push_back(
          detail::fractional_year(p.time.units.cal, p.time.dates[static_cast<std::size_t>(i)]));
    }
    return {.time = kept(std::move(years)), .values = kept(std::move(first_of_step))};
  }

  std::span<double const> kept(std::vector<double> values) {
    return storage_.emplace_back(std::move(values));
  }

  std::deque<std::vector<double>> storage_;
  cm::plot::figure figure_;
};

}  // namespace climate_anomaly
