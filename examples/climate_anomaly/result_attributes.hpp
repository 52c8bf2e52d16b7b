// SPDX-License-Identifier: Apache-2.0
#pragma once
// The attributes that computed variables take over from the field they come from.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "prepared_field.hpp"

namespace climate_anomaly {

/// A month as CF writes it: 1982-01, -0010-01.
inline std::string month_words(cm::date_time const& d) {
  char text[64];
  std::snprintf(text, sizeof text, "%s%04lld-%02d", d.year < 0 ? "-" : "",
                static_cast<long long>(std::abs(d.year)), d.month);
  return text;
}

/// A date as CF writes it: 1982-01-16.
inline std::string date_words(cm::date_time const& d) {
  char text[16];
  std::snprintf(text, sizeof text, "-%02d", d.day);
  return month_words(d) + text;
}

/// The earliest and the latest month of a time axis, in words.
inline std::string period_words(time_axis const& t) {
  return month_words(t.dates[t.earliest()]) + " to " + month_words(t.dates[t.latest()]);
}

namespace detail {

/// Whether values may meet this fill: anomalies are small numbers around 0.
inline bool is_beyond_values(double fill) { return std::isnan(fill) || std::abs(fill) >= 1e15; }

/// Whether an auxiliary coordinate exists and has only these dimensions (text has one more).
inline bool is_within(cm::netcdf_file const& input, std::string const& name,
                      std::vector<std::string> const& dimensions) {
  auto const* v = input.find_variable(name);
  if (v == nullptr || !can_be_copied(*v)) {
    return false;
  }
  auto own = v->dimension_names();
  if (v->type == cm::netcdf_type::text && !own.empty()) {
    own.pop_back();
  }
  return std::all_of(own.begin(), own.end(), [&](std::string const& d) {
    return std::find(dimensions.begin(), dimensions.end(), d) != dimensions.end();
  });
}

}  // namespace detail

/// The attributes of a field that hold for what is computed from it.
inline cm::netcdf_attributes result_attributes(cm::netcdf_file const& input,
                                               prepared_field const& p, cm::netcdf_type type,
                                               std::vector<std::string> const& dimensions) {
  auto const& own = p.variable.attributes;
  cm::netcdf_attributes a = cm::decoded_attributes(own, type);
  for (char const* name :
       {"ancillary_variables", "cell_measures", "formula_terms", "actual_range", "valid_min",
        "valid_max", "valid_range", "coordinates", "missing_value", "_FillValue"}) {
    a.erase(name);
  }
  auto const declared = cm::decoded_attributes(own, type).number("_FillValue");
  double const fill = declared && detail::is_beyond_values(*declared) ? *declared
                      : type == cm::netcdf_type::float32 ? static_cast<double>(NC_FILL_FLOAT)
                                                         : NC_FILL_DOUBLE;
  for (char const* name : {"_FillValue", "missing_value"}) {
    if (name[0] == '_' || own.contains(name)) {
      if (type == cm::netcdf_type::float32) {
        a.set(name, static_cast<float>(fill));
      } else {
        a.set(name, fill);
      }
    }
  }
  std::string coordinates;
  for (auto const& name : words_of(own.text("coordinates").value_or(""))) {
    if (detail::is_within(input, name, dimensions)) {
      coordinates += (coordinates.empty() ? "" : " ") + name;
    }
  }
  if (!coordinates.empty()) {
    a.set("coordinates", coordinates);
  }
  return a;
}

}  // namespace climate_anomaly
