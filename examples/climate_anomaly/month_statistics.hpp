// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the example computes for one field, and the figures that its table shows of it.

#include <limits>
#include <optional>
#include <string>

#include "cumulus/climate/area_mean.hpp"
#include "cumulus/climate/monthly.hpp"
#include "field_values.hpp"
#include "prepared_field.hpp"

namespace climate_anomaly {

template <class T> struct month_statistics {
  cm::ndarray<T> climatology;               ///< (month, …)
  cm::ndarray<T> anomaly;                   ///< (time, …)
  cm::ndarray<T> standardised;              ///< (time, …)
  std::optional<cm::ndarray<double>> mean;  ///< area mean of the field, (time, …)
  std::optional<cm::ndarray<double>> anomaly_mean;
};

/// Dtype: T throughout: a float32 anomaly is the float32 value minus the float32 climatology.
template <class T>
month_statistics<T> statistics_of(cm::ndarray<T> const& x, prepared_field const& p,
                                  progress& said) {
  auto const next = [&](std::string const& what) {
    said.begin("computing the " + what + " of " + p.variable.name);
  };
  month_statistics<T> s;
  next("climatology");
  s.climatology = cm::climate::monthly_climatology(x, p.months);
  next("anomaly");
  s.anomaly = cm::climate::anomaly(x, s.climatology, p.months);
  next("standardised anomaly");
  cm::ndarray const deviation = cm::climate::monthly_stddev(x, p.months, 0, 1);
  s.standardised = cm::climate::standardised_anomaly(x, s.climatology, deviation, p.months);
  if (p.weights) {
    next("area means");
    s.mean = cm::climate::area_mean(x, *p.weights);
    s.anomaly_mean = cm::climate::area_mean(s.anomaly, *p.weights);
  }
  said.advance(static_cast<double>(x.size()));
  return s;
}

struct value_range {
  double low;
  double high;
};

/// NaN where nothing is valid.
template <class T> value_range range_of(cm::ndarray<T> const& x) {
  return {static_cast<double>(cm::nanmin(x).item()), static_cast<double>(cm::nanmax(x).item())};
}

/// One row of the table.
struct field_summary {
  std::string name;
  std::string units;
  cm::shape shape;
  value_range climatology;
  value_range anomaly;
  double deviation;     ///< of all anomalies
  value_range mean;     ///< the area means of the first and the last step in time
  cm::index_t missing;  ///< cells of the field
};

template <class T>
field_summary summary_of(prepared_field const& p, cm::ndarray<T> const& x,
                         month_statistics<T> const& s) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  field_summary row{.name = p.variable.name,
                    .units = p.variable.attributes.text("units").value_or(""),
                    .shape = x.shape(),
                    .climatology = range_of(s.climatology),
                    .anomaly = range_of(s.anomaly),
                    .deviation = cm::nanstd(cm::astype<double>(s.anomaly)).item(),
                    .mean = {nan, nan},
                    .missing = cm::count_nonzero(cm::isnan(x)).item()};
  if (s.mean) {
    auto const series = on_host(*s.mean);
    cm::index_t const per_step = series.size() / series.shape()[0];
    auto const at = [&](std::size_t step) {
      return series.data()[static_cast<cm::index_t>(step) * per_step];
    };
    row.mean = {at(p.time.earliest()), at(p.time.latest())};
  }
  return row;
}

}  // namespace climate_anomaly
