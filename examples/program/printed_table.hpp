// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tables on standard output.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace program {

inline std::string number_words(double value) {
  if (std::isnan(value)) {
    return "-";
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// Columns as wide as their contents, the first to the left and the others to the right.
inline void print_table(std::vector<std::vector<std::string>> const& rows, std::FILE* to) {
  std::vector<std::size_t> width;
  for (auto const& row : rows) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) {
      width[k] = std::max(width[k], row[k].size());
    }
  }
  for (auto const& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      int const w = static_cast<int>(width[k]);
      std::fprintf(to, k == 0 ? "%-*s" : "  %*s", w, row[k].c_str());
    }
    std::fputc('\n', to);
  }
}

}  // namespace program
