// SPDX-License-Identifier: Apache-2.0
#pragma once
// A PNG file read back by cairo's own reader, so that tests look at the pixels that were written.

#include <cairo.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "cumulus/io/figure.hpp"

// Fontconfig keeps about a kilobyte of patterns until exit, however many pictures are drawn. The
// leak sanitizer asks this function what to pass over.
extern "C" [[gnu::used]] inline char const* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}

namespace figure_test {

namespace plot = cumulus::plot;

// Where a row whose map covers the globe (2:1) has its map and its series on the page.
inline constexpr int map_left = 84;
inline constexpr int map_top = 58;
inline constexpr int map_width = 1032;
inline constexpr int map_height = 516;

class decoded_png {
 public:
  explicit decoded_png(std::filesystem::path const& path)
      : image_(cairo_image_surface_create_from_png(path.c_str()), cairo_surface_destroy) {}

  bool valid() const { return cairo_surface_status(image_.get()) == CAIRO_STATUS_SUCCESS; }
  int width() const { return cairo_image_surface_get_width(image_.get()); }
  int height() const { return cairo_image_surface_get_height(image_.get()); }

  plot::rgb at(double x, double y) const {
    unsigned char const* const row =
        cairo_image_surface_get_data(image_.get()) +
        static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(image_.get());
    auto const pixel = reinterpret_cast<unsigned const*>(row)[static_cast<std::ptrdiff_t>(x)];
    auto const channel = [&](int shift) { return static_cast<unsigned char>(pixel >> shift); };
    return {channel(16), channel(8), channel(0)};
  }

  /// The pixel at a place of a map of the whole globe, whose west end is at `west`.
  plot::rgb at_place(double lon, double lat, double west) const {
    return at(map_left + (lon - west) / 360 * map_width, map_top + (90 - lat) / 180 * map_height);
  }

  /// How many pixels of a rectangle have the colour.
  int count(int x, int y, int width, int height, plot::rgb colour) const {
    int n = 0;
    for (int j = y; j < y + height; ++j) {
      for (int i = x; i < x + width; ++i) {
        n += at(i, j) == colour ? 1 : 0;
      }
    }
    return n;
  }

 private:
  std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> image_;
};

/// A directory of its own for one test, removed at the end.
class scratch_directory {
 public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "figure_test_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(scratch_directory const&) = delete;
  scratch_directory& operator=(scratch_directory const&) = delete;

  std::filesystem::path operator/(std::string const& name) const { return path_ / name; }

  std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), {});
  }

 private:
  std::filesystem::path path_;
};

inline decoded_png drawn(plot::figure const& picture) {
  scratch_directory const place;
  plot::write_png(picture, place / "picture.png");
  return decoded_png(place / "picture.png");
}

}  // namespace figure_test

namespace cumulus::inline v1::plot {

// Found by GoogleTest.
inline void PrintTo(rgb const& c, std::ostream* out) {
  *out << "rgb(" << int{c.red} << ", " << int{c.green} << ", " << int{c.blue} << ")";
}

}  // namespace cumulus::inline v1::plot
