// SPDX-License-Identifier: Apache-2.0
#pragma once
// A drawing surface on cairo: rectangles, lines, text and the PNG's bytes, released on every path.
// The panels draw on it; write_png takes its bytes.

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/io/figure/colour_map.hpp"
#include "cumulus/io/figure/label_text.hpp"

namespace cumulus::inline v1::plot {

/// A rectangle in pixels; y grows downwards.
struct box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

struct text_style {
  double size = 13;
  bool bold = false;
  rgb colour{51, 51, 51};
  double anchor = 0;        // of the text's width at x: 0 begins, 0.5 centres, 1 ends there
  double most_width = 1e9;  // longer text shrinks to three quarters, then loses its end to "…"
};

inline constexpr rgb frame_colour{85, 85, 85};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

class canvas {
 public:
  /// A white surface.
  /// Throws: library_error if cairo cannot make one (32,767 pixels is its longest side).
  canvas(int width, int height)
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
        context_(cairo_create(surface_.get())) {
    check();
    cairo_set_source_rgb(context_.get(), 1, 1, 1);
    cairo_paint(context_.get());
    font_options_.reset(cairo_font_options_create());
    cairo_font_options_set_antialias(font_options_.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(font_options_.get(), CAIRO_HINT_STYLE_SLIGHT);
    cairo_set_font_options(context_.get(), font_options_.get());
    select_font(13, false);
    only_built_in_font_ =
        cairo_scaled_font_get_type(cairo_get_scaled_font(context_.get())) == CAIRO_FONT_TYPE_USER;
  }

  void fill(box const& area, rgb colour) {
    use(colour);
    cairo_rectangle(context_.get(), area.x, area.y, area.width, area.height);
    cairo_fill(context_.get());
  }

  void frame(box const& area) {
    use(frame_colour);
    cairo_set_line_width(context_.get(), 1);
    cairo_rectangle(context_.get(), area.x - 0.5, area.y - 0.5, area.width + 1, area.height + 1);
    cairo_stroke(context_.get());
  }

  /// A line whose ends are moved to pixel centres, so that horizontals and verticals are sharp.
  void line(double x0, double y0, double x1, double y1, rgb colour, double alpha = 1) {
    use(colour, alpha);
    cairo_set_line_width(context_.get(), 1);
    cairo_move_to(context_.get(), std::floor(x0) + 0.5, std::floor(y0) + 0.5);
    cairo_line_to(context_.get(), std::floor(x1) + 0.5, std::floor(y1) + 0.5);
    cairo_stroke(context_.get());
  }

  /// Filled and outlined triangle or other polygon, x and y in turns.
  void polygon(std::vector<double> const& corners, rgb colour) {
    for (std::size_t i = 0; i + 1 < corners.size(); i += 2) {
      cairo_line_to(context_.get(), corners[i], corners[i + 1]);
    }
    cairo_close_path(context_.get());
    use(colour);
    cairo_fill(context_.get());
  }

  double text_width(std::string const& text, double size, bool bold) {
    select_font(size, bold);
    cairo_text_extents_t extents;
    cairo_text_extents(context_.get(), text.c_str(), &extents);
    return extents.x_advance;
  }

  /// Text on the baseline at y. Returns its width in pixels.
  double text(double x, double y, std::string const& raw, text_style style = {}) {
    std::string shown = only_built_in_font_ ? in_ascii(printable(raw)) : printable(raw);
    double const full = text_width(shown, style.size, style.bold);
    if (full > style.most_width) {
      style.size = std::max(style.size * 0.75, style.size * style.most_width / full);
      shown = shortened(shown, style);
    }
    double const width = text_width(shown, style.size, style.bold);
    use(style.colour);
    cairo_move_to(context_.get(), x - style.anchor * width, y);
    cairo_show_text(context_.get(), shown.c_str());
    cairo_new_path(context_.get());
    return width;
  }

  /// Text that reads upwards, centred on (x, y).
  void upward_text(double x, double y, std::string const& raw, text_style style = {}) {
    state_guard const kept(context_.get());
    cairo_translate(context_.get(), x, y);
    cairo_rotate(context_.get(), -3.14159265358979323846 / 2);
    style.anchor = 0.5;
    text(0, style.size * 0.36, raw, style);
  }

  /// Paints one colour per pixel, row by row from the top, at whole pixels (no filter).
  void pixels(int x, int y, int width, int height, std::vector<rgb> const& colours) {
    surface_handle image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
    check(cairo_surface_status(image.get()));
    cairo_surface_flush(image.get());
    unsigned char* const bytes = cairo_image_surface_get_data(image.get());
    int const stride = cairo_image_surface_get_stride(image.get());
    for (int row = 0; row < height; ++row) {
      auto* const out = reinterpret_cast<unsigned*>(bytes + std::ptrdiff_t{stride} * row);
      for (int column = 0; column < width; ++column) {
        rgb const c = colours[static_cast<std::size_t>(row) * width + column];
        out[column] = unsigned{c.red} << 16 | unsigned{c.green} << 8 | c.blue;
      }
    }
    cairo_surface_mark_dirty(image.get());
    cairo_set_source_surface(context_.get(), image.get(), x, y);
    cairo_rectangle(context_.get(), x, y, width, height);
    cairo_fill(context_.get());
    use({});  // lets go of the image
  }

  /// An antialiased line through the points (x and y in turns), nothing of it outside `area`.
  void curve(std::vector<double> const& points, box const& area, rgb colour, double width) {
    state_guard const kept(context_.get());
    cairo_rectangle(context_.get(), area.x, area.y, area.width, area.height);
    cairo_clip(context_.get());
    use(colour);
    cairo_set_line_width(context_.get(), width);
    cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(context_.get(), CAIRO_LINE_CAP_ROUND);
    // Cairo's stroker slows down with the square of a path's length: pieces share an end.
    constexpr std::size_t piece = 256;
    for (std::size_t begin = 0; begin + 2 < points.size(); begin += piece) {
      std::size_t const end = std::min(begin + piece + 2, points.size());
      for (std::size_t i = begin; i < end; i += 2) {
        cairo_line_to(context_.get(), points[i], points[i + 1]);
      }
      cairo_stroke(context_.get());
    }
  }

  void dot(double x, double y, double radius, rgb colour) {
    use(colour);
    cairo_arc(context_.get(), x, y, radius, 0, 2 * 3.14159265358979323846);
    cairo_fill(context_.get());
  }

  /// The picture as the bytes of a PNG file.
  /// Throws: library_error if any drawing before failed.
  std::vector<unsigned char> png() {
    check();
    std::vector<unsigned char> bytes;
    auto append = [](void* out, unsigned char const* data, unsigned size) noexcept {
      try {
        auto& all = *static_cast<std::vector<unsigned char>*>(out);
        all.insert(all.end(), data, data + size);
        return CAIRO_STATUS_SUCCESS;
      } catch (std::bad_alloc const&) {
        return CAIRO_STATUS_NO_MEMORY;
      }
    };
    check(cairo_surface_write_to_png_stream(surface_.get(), append, &bytes));
    return bytes;
  }

 private:
  struct release {
    void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
    void operator()(cairo_t* p) const { cairo_destroy(p); }
    void operator()(cairo_font_options_t* p) const { cairo_font_options_destroy(p); }
  };
  using surface_handle = std::unique_ptr<cairo_surface_t, release>;

  struct state_guard {
    explicit state_guard(cairo_t* context) : context_(context) { cairo_save(context_); }
    ~state_guard() { cairo_restore(context_); }
    state_guard(state_guard const&) = delete;
    state_guard& operator=(state_guard const&) = delete;
    cairo_t* context_;
  };

  static void check(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS) {
      throw library_error(std::string("canvas: expected cairo to draw, got its error: ") +
                          cairo_status_to_string(status));
    }
  }
  void check() const { check(cairo_status(context_.get())); }

  void use(rgb c, double alpha = 1) {
    cairo_set_source_rgba(context_.get(), c.red / 255.0, c.green / 255.0, c.blue / 255.0, alpha);
  }

  // Where the font is missing, fontconfig gives its nearest and cairo at last its built-in one.
  void select_font(double size, bool bold) {
    cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context_.get(), size);
  }

  // At most `bytes` of valid UTF-8, cut between characters.
  static std::string whole_characters(std::string const& text, std::size_t bytes) {
    while (bytes > 0 && (text[bytes] & 0xC0) == 0x80) {
      --bytes;
    }
    return text.substr(0, bytes);
  }

  std::string shortened(std::string const& text, text_style const& style) {
    if (text.empty() || text_width(text, style.size, style.bold) <= style.most_width + 0.5) {
      return text;
    }
    std::string const dots = only_built_in_font_ ? "..." : "…";
    std::size_t fits = 0;  // bytes, by halving what is left
    std::size_t too_long = text.size();
    while (too_long - fits > 1) {
      std::size_t const middle = (fits + too_long) / 2;
      bool const shown = text_width(whole_characters(text, middle) + dots, style.size,
                                    style.bold) <= style.most_width;
      (shown ? fits : too_long) = middle;
    }
    return whole_characters(text, fits) + dots;
  }

  surface_handle surface_;
  std::unique_ptr<cairo_t, release> context_;
  std::unique_ptr<cairo_font_options_t, release> font_options_;
  bool only_built_in_font_ = false;  // it has ASCII alone: no minus sign, no degree sign
};

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
