// SPDX-License-Identifier: Apache-2.0
#pragma once
// The component cumulus::figure: maps above time series, one row per variable, in one PNG. The
// climate example calls write_png. Drawing is cairo's; this header has no arrays in it, only spans.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cumulus/core/config.hpp"
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

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

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
inline constexpr int most_columns = 32767 / row_layout::width;

inline map_frame frame_in_row(map_panel const& map) {
  return frame_of(map, row_layout::plot_width, row_layout::map_most_height);
}

/// Where the rows of a figure lie, from their maps' edges alone.
struct page_layout {
  struct place {
    int column = 0;
    int y = 0;
  };
  std::vector<place> places;  // of the rows that fit, all of them if none is left over
  int columns = 1;
  int height = 0;

  explicit page_layout(figure const& picture) {
    place next;
    for (figure_row const& row : picture.rows) {
      if (!row.map && !row.series) {
        throw value_error("write_png: expected a map or a series in each row, got neither in row " +
                          std::to_string(places.size()));
      }
      int const row_height = height_of(row);
      if (next.y + row_height > most_column_height) {
        next = {next.column + 1, 0};
      }
      if (next.column == most_columns) {
        return;
      }
      places.push_back(next);
      next.y += row_height;
      columns = next.column + 1;
      height = std::max(height, next.y);
    }
  }

 private:
  static int height_of(figure_row const& row) {
    int const of_map =
        row.map ? row_layout::title_height + frame_in_row(*row.map).height + row_layout::below_map
                : 0;
    int const of_series = row_layout::series_title_height + row_layout::series_height;
    return of_map + (row.series ? of_series : 0) + row_layout::below_series;
  }
};

inline void draw_row(canvas& page, figure_row const& row, int x, int y) {
  double const left = x + row_layout::left;
  double const right = left + row_layout::plot_width;
  if (row.map) {
    map_drawing const map(*row.map, frame_in_row(*row.map));
    page.text(left, y + 38, row.map->title,
              {.size = 20, .bold = true, .most_width = row_layout::plot_width});
    y += row_layout::title_height;
    int const centred = x + row_layout::left + (row_layout::plot_width - map.width()) / 2;
    map.draw(page, centred, y, left, right);
    y += map.height() + row_layout::below_map;
  }
  if (row.series) {
    draw_series(page,
                {left, double(y) + row_layout::series_title_height, row_layout::plot_width,
                 row_layout::series_height},
                *row.series);
  }
}

}  // namespace detail

/// How many rows of a figure, from its first, fit on a page: 324 with maps of the globe and series,
/// 1161 with series alone. Looks at the edges of maps, not at values, so that a caller can know
/// before it computes them.
/// Throws: value_error for an empty row or edges that are not monotonic; shape_error for fewer than
///         2 edges.
inline std::size_t rows_that_fit(figure const& picture) {
  return detail::page_layout(picture).places.size();
}

/// Draws the rows below each other (in further columns when there are many) and writes a PNG,
/// 1200 pixels wide per column. The file is written beside its name, synced and renamed: at any
/// moment the path holds the old file, the whole new one, or none.
///     write_png({.rows = {{.map = sst_map, .series = sst_mean}}}, "sst.png");
/// Into a replaced_file it writes all and leaves commit() to the caller.
/// NaN:    missing cells are grey, missing steps are gaps; all missing draws empty axes.
/// Throws: value_error for no row, an empty row, more than rows_that_fit, edges that are not
///         monotonic or a bad limit; shape_error where values do not fit their axes; io_error
///         naming the path; library_error.
inline void write_png(figure const& picture, replaced_file& file) {
  if (picture.rows.empty()) {
    throw value_error("write_png: expected at least one row, got none");
  }
  detail::page_layout const layout(picture);
  if (layout.places.size() < picture.rows.size()) {
    throw value_error("write_png: expected at most " + std::to_string(layout.places.size()) +
                      " rows, which fit on a page, got " + std::to_string(picture.rows.size()));
  }
  canvas page(layout.columns * detail::row_layout::width, layout.height);
  for (std::size_t i = 0; i < picture.rows.size(); ++i) {
    auto const& place = layout.places[i];
    detail::draw_row(page, picture.rows[i], place.column * detail::row_layout::width, place.y);
  }
  std::vector<unsigned char> const bytes = page.png();
  std::FILE* const out = std::fopen(file.temporary_path().c_str(), "wb");
  bool written = out != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  int code = errno;
  if (out != nullptr && std::fclose(out) != 0) {
    code = written ? errno : code;
    written = false;
  }
  if (!written) {
    throw io_error("write_png: cannot write '" + file.path() +
                   "': " + std::generic_category().message(code));
  }
}
inline void write_png(figure const& picture, std::filesystem::path const& path) {
  replaced_file file(path);
  write_png(picture, file);
  file.commit();
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
