// SPDX-License-Identifier: Apache-2.0
#pragma once
// Brackets, line breaks and the dots of long arrays, on elements that are already words. Called by
// array/print.hpp.

#include <string>
#include <vector>

#include "cumulus/array/print/print_options.hpp"
#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// True if the axis is too long to be written whole in an array that is summarised.
inline bool is_cut(index_t extent, print_options const& options) {
  return extent > 2 * options.edgeitems;
}

/// Offsets, in row-major order, of the elements that are written.
inline std::vector<index_t> written_offsets(shape const& s, strides const& st, bool summarised,
                                            print_options const& options) {
  std::vector<index_t> offsets{0};
  for (int axis = 0; axis < s.rank(); ++axis) {
    bool const cut = summarised && is_cut(s[axis], options);
    std::vector<index_t> longer;
    for (index_t const start : offsets) {
      for (index_t i = 0; i < s[axis]; ++i) {
        if (cut && i == options.edgeitems) {
          i = s[axis] - options.edgeitems;
        }
        longer.push_back(start + i * st[axis]);
      }
    }
    offsets.swap(longer);
  }
  return offsets;
}

/// Lays words out as NumPy's str() does.
class array_text {
 public:
  /// `words` are those of written_offsets, in the same order.
  array_text(shape const& s, std::vector<std::string> const& words, bool summarised,
             print_options const& options)
      : shape_(s), words_(words), summarised_(summarised), options_(options) {}

  std::string text() {
    next_ = 0;
    return block(0, 1, options_.linewidth);
  }

 private:
  /// Axes from `axis` on; every line but the first begins with `indent` blanks.
  std::string block(int axis, std::size_t indent, int width) {
    if (axis == shape_.rank()) {
      return words_[next_++];
    }
    bool const cut = summarised_ && is_cut(shape_[axis], options_);
    index_t const count = cut ? 2 * options_.edgeitems : shape_[axis];
    index_t const dots_at = cut ? options_.edgeitems : -1;
    return "[" +
           (axis + 1 == shape_.rank() ? row(count, dots_at, indent, width)
                                      : rows(axis, count, dots_at, indent, width)) +
           "]";
  }

  std::string rows(int axis, index_t count, index_t dots_at, std::size_t indent, int width) {
    std::string const separator =
        std::string(static_cast<std::size_t>(shape_.rank() - axis - 1), '\n') +
        std::string(indent, ' ');
    std::string result;
    for (index_t i = 0; i < count; ++i) {
      result += i != 0 ? separator : "";
      result += i == dots_at ? "..." + separator : "";
      result += block(axis + 1, indent + 1, width - 1);
    }
    return result;
  }

  /// Words with a blank between them, broken where the closing bracket would pass the width.
  std::string row(index_t count, index_t dots_at, std::size_t indent, int width) {
    std::string result;
    std::string line(indent, ' ');
    auto const add = [&](std::string const& word) {
      bool const fits = static_cast<std::int64_t>(line.size() + word.size()) <= width - 1;
      if (!fits && line.size() > indent) {
        line.erase(line.find_last_not_of(' ') + 1);
        result += line + "\n";
        line.assign(indent, ' ');
      }
      line += word;
    };
    for (index_t i = 0; i < count; ++i) {
      if (i == dots_at) {
        add("...");
        line += ' ';
      }
      add(words_[next_++]);
      line += i + 1 < count ? " " : "";
    }
    return (result + line).substr(indent);
  }

  shape const& shape_;
  std::vector<std::string> const& words_;
  bool summarised_;
  print_options const& options_;
  std::size_t next_ = 0;
};

}  // namespace cumulus::inline v1
