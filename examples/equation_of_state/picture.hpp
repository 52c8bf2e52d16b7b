// SPDX-License-Identifier: Apache-2.0
#pragma once
// The picture: maps of density and speed of sound at the first level, less their means there.

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../program/default_space.hpp"
#include "command_line.hpp"
#include "cumulus/climate/cell_edges.hpp"
#include "cumulus/io/figure.hpp"
#include "cumulus/io/netcdf.hpp"
#include "cumulus/labelled/cf_axes.hpp"
#include "results.hpp"

namespace equation_of_state {

/// The edges of the cells of a map.
struct map_cells {
  std::vector<double> lat_edges;
  std::vector<double> lon_edges;
};

/// The grid of a variable whose last dimensions are latitude and longitude; nothing if they are
/// not, or if the cells make no map.
inline std::optional<map_cells> map_cells_of(cm::netcdf_file const& file,
                                             cm::netcdf_variable const& v) {
  auto const degrees = [&](std::size_t from_end, cm::axis_kind kind) {
    std::vector<double> values;
    auto const dimensions = v.dimension_names();
    auto const* c = from_end > dimensions.size()
                        ? nullptr
                        : file.find_variable(dimensions[dimensions.size() - from_end]);
    if (c != nullptr && c->rank() == 1 && c->is_numeric() &&
        cm::axis_kind_of({.axis = c->attributes.text("axis"),
                          .standard_name = c->attributes.text("standard_name"),
                          .units = c->attributes.text("units"),
                          .positive = c->attributes.text("positive")}) == kind) {
      auto const read = file.read<double>(c->name);
      values.assign(read.begin(), read.end());
    }
    return values;
  };
  auto const lat = degrees(2, cm::axis_kind::latitude);
  auto const lon = degrees(1, cm::axis_kind::longitude);
  if (lat.empty() || lon.empty()) {
    return std::nullopt;
  }
  try {
    map_cells cells{
        cm::climate::joined_edges(cm::climate::latitude_edges(lat, cm::climate::pole_edges::clip)),
        cm::climate::joined_edges(cm::climate::longitude_edges(lon))};
    if (!cells.lat_edges.empty() && !cells.lon_edges.empty()) {
      return cells;
    }
  } catch (cm::coord_error const&) {
    // Coordinates of which no cells can be made.
  }
  return std::nullopt;
}

/// Keeps what the panels look at until the picture is written.
class picture {
 public:
  explicit picture(map_cells cells) : cells_(std::move(cells)) {}

  /// The first level of a field, less its mean.
  template <class T>
  void add(std::string const& what, std::string const& units, cm::ndarray<T> const& field) {
    auto const all = program::on_host(field);
    auto const size =
        static_cast<cm::index_t>((cells_.lat_edges.size() - 1) * (cells_.lon_edges.size() - 1));
    auto& values = values_.emplace_back(all.data(), all.data() + size);
    double const mean = cm::nanmean(cm::from_vector<double, cm::host>(values)).item();
    for (double& value : values) {
      value -= mean;
    }
    char less[64];
    std::snprintf(less, sizeof less, " at the first level, less %.6g %s", mean, units.c_str());
    cm::plot::figure_row row;
    row.map = {.title = what + less,
               .units = units,
               .values = values,
               .lat_edges = cells_.lat_edges,
               .lon_edges = cells_.lon_edges};
    figure_.rows.push_back(std::move(row));
  }

  /// Writes all of the file; commit() is the caller's. Throws: io_error naming the path.
  void write(cm::replaced_file& file) const { cm::plot::write_png(figure_, file); }

 private:
  map_cells cells_;
  std::deque<std::vector<double>> values_;
  cm::plot::figure figure_;
};

}  // namespace equation_of_state
