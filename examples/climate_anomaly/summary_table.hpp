// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table that the example prints.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "../program/printed_table.hpp"
#include "month_statistics.hpp"

namespace climate_anomaly {

using program::number_words;
using program::print_table;

namespace detail {

inline std::string range_words(value_range const& r) {
  return number_words(r.low) + " .. " + number_words(r.high);
}

}  // namespace detail

inline void print_summaries(std::vector<field_summary> const& summaries, std::FILE* to) {
  std::vector<std::vector<std::string>> rows{{"variable", "shape", "units", "climatology",
                                              "anomaly", "its std", "area mean, first .. last",
                                              "missing"}};
  for (auto const& s : summaries) {
    rows.push_back(
        {s.name, to_string(s.shape), s.units, detail::range_words(s.climatology),
         detail::range_words(s.anomaly), number_words(s.deviation),
         std::isnan(s.mean.low) && std::isnan(s.mean.high) ? "-" : detail::range_words(s.mean),
         std::to_string(s.missing)});
  }
  print_table(rows, to);
}

}  // namespace climate_anomaly
