// SPDX-License-Identifier: Apache-2.0
#pragma once
// The picture: for each field a map of its last anomaly above the series of the anomaly's mean.

#include <cstdio>
#include <deque>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "cumulus/climate/cell_edges.hpp"
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

/// The edges of a map: those that the weights have, where cells touch; else half-way between
/// centres.
template <class EdgesOf>
std::vector<double> map_edges(EdgesOf const& edges_of, std::vector<double> const& bounds) {
  auto edges = cm::climate::joined_edges(edges_of(bounds));
  return edges.empty() ? cm::climate::joined_edges(edges_of({})) : edges;
}

}  // namespace detail

/// Keeps what the panels look at until the picture is written.
class picture {
 public:
  /// Throws: value_error if the fields are more than fit, before their values are known.
  picture(std::vector<prepared_field> const& fields, command_line const& asked) {
    for (auto const& p : fields) {
      figure_.rows.push_back(row_of(p, asked));
    }
    if (auto const fit = cm::plot::rows_that_fit(figure_); fit < fields.size()) {
      throw cm::value_error("climate_anomaly: expected at most " + std::to_string(fit) +
                            " variables, which fit in the picture, got " +
                            std::to_string(fields.size()) + "; choose with --var");
    }
  }

  /// The values of the next field.
  template <class T> void add(prepared_field const& p, month_statistics<T> const& s) {
    auto& row = figure_.rows.at(added_++);
    if (p.grid) {
      // The last step in time, and the first of every axis between time and the grid.
      auto const cells = on_host(s.anomaly);
      cm::index_t const map_size =
          cells.shape()[cells.rank() - 1] * cells.shape()[cells.rank() - 2];
      cm::index_t const step_size = cells.size() / cells.shape()[0];
      T const* const last = cells.data() + static_cast<cm::index_t>(p.time.latest()) * step_size;
      row.map->values = kept({last, last + map_size});
      fill(*row.series, p, *s.anomaly_mean);
    } else {
      fill(*row.series, p, s.anomaly);
    }
  }

  /// Writes all of the file; commit() is the caller's. Throws: io_error naming the path.
  void write(cm::replaced_file& file) const { cm::plot::write_png(figure_, file); }

 private:
  cm::plot::figure_row row_of(prepared_field const& p, command_line const& asked) {
    auto const& f = p.variable;
    std::string const units = f.attributes.text("units").value_or("");
    std::string const what = title_of(f);
    std::string const level = p.first_level.empty() ? "" : ", " + p.first_level;
    cm::plot::figure_row row;
    row.series.emplace();
    row.series->title = what + " anomaly" + level;
    row.series->units = units;
    if (p.grid) {
      auto const& g = *p.grid;
      auto const lat_edges = [&g](std::vector<double> const& bounds) {
        return cm::climate::latitude_edges(g.lat, cm::climate::pole_edges::clip, bounds);
      };
      auto const lon_edges = [&g](std::vector<double> const& bounds) {
        return cm::climate::longitude_edges(g.lon, bounds);
      };
      row.map = {
          .title = what + " anomaly, " + detail::month_words(p.time.dates[p.time.latest()]) + level,
          .units = units,
          .values = {},
          .lat_edges = kept(detail::map_edges(lat_edges, g.lat_bounds)),
          .lon_edges = kept(detail::map_edges(lon_edges, g.lon_bounds))};
      row.series->title =
          what + " anomaly, area mean weighted by " + weight_words(asked.weights) + level;
    }
    return row;
  }

  static std::string title_of(field const& f) {
    auto const words = f.attributes.text("long_name");
    return words && *words != f.name ? f.name + ": " + *words : f.name;
  }

  // A series in the order of time, the first of every other axis.
  template <class T>
  void fill(cm::plot::series_panel& panel, prepared_field const& p, cm::ndarray<T> const& values) {
    auto const v = on_host(values);
    cm::index_t const step_size = v.size() / v.shape()[0];
    std::vector<double> first_of_step;
    std::vector<double> years;
    for (std::size_t const i : p.time.order()) {
      first_of_step.push_back(
          static_cast<double>(v.data()[static_cast<cm::index_t>(i) * step_size]));
      years.push_back(detail::fractional_year(p.time.units.cal, p.time.dates[i]));
    }
    panel.time = kept(std::move(years));
    panel.values = kept(std::move(first_of_step));
  }

  std::span<double const> kept(std::vector<double> values) {
    return storage_.emplace_back(std::move(values));
  }

  std::deque<std::vector<double>> storage_;
  cm::plot::figure figure_;
  std::size_t added_ = 0;
};

}  // namespace climate_anomaly
