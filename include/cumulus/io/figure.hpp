// SPDX-License-Identifier: Apache-2.0
#pragma once
// The component cumulus::figure: maps above time series, one row per variable, in one PNG. The
// climate example calls write_png. Drawing is cairo's; this header has no arrays in it, only spans.

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cumulus/core/error.hpp"
#include "cumulus/io/figure/map_panel.hpp"
#include "cumulus/io/figure/series_panel.hpp"
#include "cumulus/io/replaced_file.hpp"

namespace cumulus::inline v1::plot {

/// One variable: a map, a time series under it, or one of the two.
struct figure_row {
  std::optional<map_panel> map;
  std::optional<series_panel> series;
};

struct figure {
  std::vector<figure_row> rows;
};

namespace detail {

// Pixels of a row, from its top to the top of the next. A map of the whole globe fills its width.
struct row_layout {
  static constexpr int width = 1200;
  static constexpr int left = 84;
  static constexpr int plot_width = 1032;
  static constexpr int map_most_height = 516;
  static constexpr int title_height = 58;
  static constexpr int below_map = 92;
  static constexpr int series_title_height = 40;
  static constexpr int series_height = 190;
  static constexpr int below_series = 48;
};

// A column of the page ends before this; cairo's longest side is 32,767 pixels.
inline constexpr int most_column_height = 12000;

struct row_drawing {
  explicit row_drawing(figure_row const& row) : series(row.series ? &*row.series : nullptr) {
    if (row.map) {
      title = row.map->title;
      map.emplace(*row.map, row_layout::plot_width, row_layout::map_most_height);
    }
  }

  int height() const {
    int const of_map = map ? row_layout::title_height + map->height() + row_layout::below_map : 0;
    int const of_series = row_layout::series_title_height + row_layout::series_height;
    return of_map + (series != nullptr ? of_series : 0) + row_layout::below_series;
  }

  void draw(canvas& page, int x, int y) const {
    double const left = x + row_layout::left;
    double const right = left + row_layout::plot_width;
    if (map) {
      page.text(left, y + 38, title,
                {.size = 20, .bold = true, .most_width = row_layout::plot_width});
      y += row_layout::title_height;
      int const centred = x + row_layout::left + (row_layout::plot_width - map->width()) / 2;
      map->draw(page, centred, y, left, right);
      y += map->height() + row_layout::below_map;
    }
    if (series != nullptr) {
      draw_series(page,
                  {left, double(y) + row_layout::series_title_height, row_layout::plot_width,
                   row_layout::series_height},
                  *series);
    }
  }

  std::string title;
  std::optional<map_drawing> map;
  series_panel const* series;
};

}  // namespace detail

/// Draws the rows below each other (in further columns when there are many) and writes a PNG,
/// 1200 pixels wide per column. The file is written beside its name, synced and renamed: at any
/// moment the path holds the old file, the whole new one, or none.
///     write_png({.rows = {{.map = sst_map, .series = sst_mean}}}, "sst.png");
/// NaN:    missing cells are grey, missing steps are gaps; all missing draws empty axes.
/// Throws: value_error for no row, an empty row, edges that are not monotonic or a bad limit;
///         shape_error where values do not fit their axes; io_error naming the path; library_error.
inline void write_png(figure const& picture, std::filesystem::path const& path) {
  if (picture.rows.empty()) {
    throw value_error("write_png: expected at least one row, got none");
  }
  struct place {
    int column = 0;
    int y = 0;
  };
  std::vector<detail::row_drawing> rows;
  std::vector<place> places;
  place next;
  int height = 0;
  rows.reserve(picture.rows.size());
  for (figure_row const& row : picture.rows) {
    if (!row.map && !row.series) {
      throw value_error("write_png: expected a map or a series in each row, got neither in row " +
                        std::to_string(rows.size()));
    }
    rows.emplace_back(row);
    if (next.y + rows.back().height() > detail::most_column_height) {
      next = {next.column + 1, 0};
    }
    places.push_back(next);
    next.y += rows.back().height();
    height = std::max(height, next.y);
  }
  canvas page((next.column + 1) * detail::row_layout::width, height);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].draw(page, places[i].column * detail::row_layout::width, places[i].y);
  }
  std::vector<unsigned char> const bytes = page.png();
  replaced_file file(path);
  std::FILE* const out = std::fopen(file.temporary_path().c_str(), "wb");
  bool const written =
      out != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  if ((out != nullptr && std::fclose(out) != 0) || !written) {
    throw io_error("write_png: cannot write '" + path.string() +
                   "': " + std::generic_category().message(errno));
  }
  file.commit();
}

}  // namespace cumulus::inline v1::plot
