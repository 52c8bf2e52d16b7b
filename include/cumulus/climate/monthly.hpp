// SPDX-License-Identifier: Apache-2.0
#pragma once
// Monthly climatologies and the anomalies from them, on arrays with axis numbers. Called with the
// months that labelled/cf_time.hpp decodes.

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cumulus/cumulus.hpp"
#include "cumulus/ops/take.hpp"

namespace cumulus::inline v1::climate {

/// The months that occur in a series, and where each of its steps belongs among them.
struct month_groups {
  std::vector<int> months;        ///< 1 to 12, ascending, only those that occur
  std::vector<index_t> position;  ///< per step: the position of its month in `months`

  index_t count() const { return static_cast<index_t>(months.size()); }
};

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

/// Groups the steps of a series by their month.
///     auto groups = group_by_month(month_of(time, units, calendar));
/// Throws: value_error naming the index of a month outside 1 to 12.
inline month_groups group_by_month(std::span<int const> month) {
  std::array<index_t, 13> position{};
  for (std::size_t i = 0; i < month.size(); ++i) {
    if (month[i] < 1 || month[i] > 12) {
      throw value_error("group_by_month: expected months in 1..12, got " +
                        std::to_string(month[i]) + " at index " + std::to_string(i));
    }
    position[static_cast<std::size_t>(month[i])] = 1;
  }
  month_groups groups;
  for (int m = 1; m <= 12; ++m) {
    if (std::exchange(position[static_cast<std::size_t>(m)], groups.count()) == 1) {
      groups.months.push_back(m);
    }
  }
  for (int const m : month) {
    groups.position.push_back(position[static_cast<std::size_t>(m)]);
  }
  return groups;
}

/// The mean of each month over all years.
///     ndarray clim = monthly_climatology(t, groups);            // (month, lat, lon)
/// Formula: clim(m) = sum of the valid x(i) with month(i) = m / their number.
/// Shape:  x's with groups.count() along axis.    Dtype: x's; integers give double. Accumulates in
///         double and rounds once.                Units: x's.
/// NaN:    missing, skipped; NaN where a month has no valid value.
/// Cost:   one read of x.
/// Throws: axis_error; shape_error if there is not one month per element along axis.
/// Source: CDO ymonmean.
template <array_like X>
auto monthly_climatology(X const& x, month_groups const& groups, int axis = 0) {
  return group_nanmean(x, groups.position, axis, groups.count());
}

/// The standard deviation of each month over the years.
///     ndarray sd = monthly_stddev(t, groups, 0, 1);
/// Formula: sd(m) = sqrt(sum of (x(i) - clim(m))^2 / (n - ddof)) over the n valid x(i) of month m.
/// Shape, Dtype, Units, Throws: as monthly_climatology.
/// NaN:    missing, skipped; NaN where a month has not more than ddof valid values.
/// Source: CDO ymonstd (ddof 0) and ymonstd1 (ddof 1).
template <array_like X>
auto monthly_stddev(X const& x, month_groups const& groups, int axis, double ddof) {
  return group_nanstd(x, groups.position, axis, groups.count(), {.ddof = ddof});
}

/// The departure of each value from its month's climatology.
///     ndarray a = anomaly(t, clim, groups);
/// Formula: a(i) = x(i) - clim(month(i)).    Sign: positive above the climatology.
/// Shape:  x's.    Dtype: of x and clim promoted.    Units: x's.    NaN: propagates.
/// Cost:   lazy; one pass over x, the climatology is not expanded.
/// Throws: axis_error; shape_error if the shapes do not fit.
/// Source: CDO ymonsub.
template <array_like X, array_like Climatology>
auto anomaly(X const& x, Climatology const& clim, month_groups const& groups, int axis = 0) {
  return x - take(clim, groups.position, axis);
}

/// The departure of each value from its month's climatology in units of the month's deviation.
///     ndarray z = standardised_anomaly(t, clim, monthly_stddev(t, groups, 0, 1), groups);
/// Formula: z(i) = (x(i) - clim(month(i))) / sd(month(i)).
/// Shape:  x's.    Dtype: of x, clim and sd promoted.    Units: 1.
/// NaN:    propagates; missing also where the deviation is 0.
/// Cost:   lazy; one pass over x. The deviations, small, are read once now.
/// Throws: axis_error; shape_error if the shapes do not fit.
/// Source: CDO ymondiv of ymonsub and ymonstd1.
template <array_like X, array_like Climatology, array_like Deviation>
auto standardised_anomaly(X const& x, Climatology const& clim, Deviation const& sd,
                          month_groups const& groups, int axis = 0) {
  using D = value_type_of<Deviation>;
  ndarray<D, space_of<Deviation>> const divisor(
      where(sd > D(0), sd, std::numeric_limits<D>::quiet_NaN()));
  return anomaly(x, clim, groups, axis) / take(divisor, groups.position, axis);
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::climate
