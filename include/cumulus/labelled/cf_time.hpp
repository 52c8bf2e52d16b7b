// SPDX-License-Identifier: Apache-2.0
#pragma once
// Decodes the values of a CF time coordinate to dates. Called by whatever groups by month, season
// or year, and by the time axis of a picture.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cumulus/core/error.hpp"
#include "cumulus/labelled/calendar.hpp"
#include "cumulus/labelled/time_units.hpp"

namespace cumulus::inline v1 {
namespace detail {

constexpr std::int64_t microseconds_of(time_unit unit) {
  switch (unit) {
    case time_unit::microsecond:
      return 1;
    case time_unit::millisecond:
      return 1'000;
    case time_unit::second:
      return 1'000'000;
    case time_unit::minute:
      return 60'000'000;
    case time_unit::hour:
      return 3'600'000'000;
    case time_unit::week:
      return 7 * microseconds_per_day;
    default:
      return microseconds_per_day;
  }
}

// whole + fraction steps of a unit of fixed length after the reference; fraction is in (-1, 1).
inline instant after_fixed(time_units const& u, std::int64_t whole, double fraction) {
  if (u.unit == time_unit::nanosecond) {
    std::int64_t const days = floor_div(whole, 1000 * microseconds_per_day);
    std::int64_t const micro = (whole - days * 1000 * microseconds_per_day) / 1000;
    return normalised(u.reference.days + days, u.reference.microseconds + micro);
  }
  std::int64_t const length = microseconds_of(u.unit);
  std::int64_t const micro =
      u.reference.microseconds + std::llround(fraction * static_cast<double>(length));
  if (length >= microseconds_per_day) {
    return normalised(u.reference.days + whole * (length / microseconds_per_day), micro);
  }
  std::int64_t const per_day = microseconds_per_day / length;
  std::int64_t const days = floor_div(whole, per_day);
  return normalised(u.reference.days + days, micro + (whole - days * per_day) * length);
}

// whole + fraction months after the reference: the month number moves, a day past the end of the
// month is carried over, and the fraction is one of the month arrived at, to the second. All as CDO
// 2 does.
inline instant after_months(time_units const& u, std::int64_t whole, double fraction) {
  date_time const from = to_date_time(u.cal, u.reference);
  std::int64_t const months = from.year * 12 + from.month - 1 + whole;
  std::int64_t const year = floor_div(months, 12);
  auto const month = static_cast<int>(floor_mod(months, 12)) + 1;
  double const seconds = fraction * days_in_month(u.cal, year, month) * 86400.0;
  return normalised(lenient_days(u.cal, year, month, from.day),
                    u.reference.microseconds + std::llround(seconds) * 1'000'000);
}

[[noreturn]] inline void bad_time_value(std::string const& value, std::size_t index) {
  throw calendar_error(
      "decode_time: expected a finite time value within 2.7e9 years of year 0, got " + value +
      " at index " + std::to_string(index));
}

template <class T> instant decode_instant(T value, time_units const& u, std::size_t index) {
  std::int64_t whole = 0;
  double fraction = 0;
  double const size = std::abs(static_cast<double>(value));
  bool const by_month = u.unit == time_unit::month || u.unit == time_unit::year;
  bool const by_day = by_month || u.unit == time_unit::day || u.unit == time_unit::week;
  // The comparison is false for NaN. 1e11 weeks, and the 2^63 of finer units, stay below overflow.
  if (!(size < (by_day ? 1e11 : 9.2e18))) {
    bad_time_value(std::to_string(value), index);
  }
  if constexpr (std::is_integral_v<T>) {
    whole = u.unit == time_unit::year ? 12 * static_cast<std::int64_t>(value) : value;
  } else {
    // As in CDO the product by 12 is rounded before it is split: 23/12 years are 23 months.
    double const steps = static_cast<double>(value) * (u.unit == time_unit::year ? 12.0 : 1.0);
    whole = static_cast<std::int64_t>(steps);
    fraction = steps - static_cast<double>(whole);
  }
  instant const out = by_month ? after_months(u, whole, fraction) : after_fixed(u, whole, fraction);
  if (out.days > max_calendar_days || out.days < -max_calendar_days) {
    bad_time_value(std::to_string(value), index);
  }
  return out;
}

template <class T>
std::vector<date_time> decode_times(std::span<T const> values, time_units const& u) {
  std::vector<date_time> out;
  out.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(to_date_time(u.cal, decode_instant(values[i], u, i)));
  }
  return out;
}

template <class T> std::vector<int> months_of(std::span<T const> values, time_units const& u) {
  std::vector<int> out;
  out.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(to_date_time(u.cal, decode_instant(values[i], u, i)).month);
  }
  return out;
}

}  // namespace detail

/// The dates of a time coordinate.
///     auto dates = decode_time(time, "days since 1850-01-01", "noleap");
/// Dtype:    double and float to their own resolution, integers exactly (pass 64-bit ones as such:
///           beyond 2^53 a double cannot hold them).
/// Units:    of `units`. Months and years step the calendar month and keep the day (one past the
///           end of the month runs into the next); a fraction is of the month arrived at, to the
///           second. Others are rounded to the microsecond (CDO: to the second).
/// Calendar: see parse_time_units; empty where the attribute is missing. `none` has no rule in CF
///           and decodes as proleptic_gregorian, as in CDO, so that perpetual runs open.
/// Throws:   unit_error, calendar_error as parse_time_units; calendar_error naming the index of a
///           value that is not finite (NaN too) or too far from year 0.
/// Source:   CF conventions 1.11, section 4.4; CDO 2.1.1 for months and years.
inline std::vector<date_time> decode_time(std::span<double const> values, std::string_view units,
                                          std::string_view calendar_attribute = {}) {
  return detail::decode_times(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<date_time> decode_time(std::span<float const> values, std::string_view units,
                                          std::string_view calendar_attribute = {}) {
  return detail::decode_times(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<date_time> decode_time(std::span<std::int64_t const> values,
                                          std::string_view units,
                                          std::string_view calendar_attribute = {}) {
  return detail::decode_times(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<date_time> decode_time(std::span<std::int32_t const> values,
                                          std::string_view units,
                                          std::string_view calendar_attribute = {}) {
  return detail::decode_times(values, parse_time_units(units, calendar_attribute));
}

/// The month, 1 to 12, of each value of a time coordinate: the labels of a monthly climatology.
///     auto labels = month_of(time, "hour since 0000-01-01 00:00:00");
/// Dtype, Units, Calendar, Throws, Source: as decode_time.
inline std::vector<int> month_of(std::span<double const> values, std::string_view units,
                                 std::string_view calendar_attribute = {}) {
  return detail::months_of(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<int> month_of(std::span<float const> values, std::string_view units,
                                 std::string_view calendar_attribute = {}) {
  return detail::months_of(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<int> month_of(std::span<std::int64_t const> values, std::string_view units,
                                 std::string_view calendar_attribute = {}) {
  return detail::months_of(values, parse_time_units(units, calendar_attribute));
}
inline std::vector<int> month_of(std::span<std::int32_t const> values, std::string_view units,
                                 std::string_view calendar_attribute = {}) {
  return detail::months_of(values, parse_time_units(units, calendar_attribute));
}

}  // namespace cumulus::inline v1
