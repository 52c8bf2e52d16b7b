// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table that the example prints.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "month_statistics.hpp"

namespace climate_anomaly {

namespace detail {

inline std::string number_words(double value) {
  if (std::isnan(value)) {
    return "-";
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

inline std::string range_words(value_range const& r) {
  return number_words(r.low) + " .. " + number_words(r.high);
}

}  // namespace detail

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

inline void print_summaries(std::vector<field_summary> const& summaries, std::FILE* to) {
  std::vector<std::vector<std::string>> rows{{"variable", "shape", "units", "climatology",
                                              "anomaly", "its std", "area mean, first .. last",
                                              "missing"}};
  for (auto const& s : summaries) {
    rows.push_back(
        {s.name, to_string(s.shape), s.units, detail::range_words(s.climatology),
         detail::range_words(s.anomaly), detail::number_words(s.deviation),
         std::isnan(s.mean.low) && std::isnan(s.mean.high) ? "-" : detail::range_words(s.mean),
         std::to_string(s.missing)});
  }
  print_table(rows, to);
}

}  // namespace climate_anomaly
