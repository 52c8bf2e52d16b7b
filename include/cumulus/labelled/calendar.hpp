// SPDX-License-Identifier: Apache-2.0
#pragma once
// The calendars of the CF conventions in exact integer arithmetic: a date of a calendar to a count
// of days and back, a clock in microseconds. Called by the decoding of time coordinates
// (cf_time.hpp).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// The calendars of CF. Years are astronomical in all of them: 0 is the year before 1 and years may
/// be negative (CF forbids year 0 in `standard` and `julian`, yet files have it, and CDO reads it
/// this way).
enum class calendar {
  standard,             ///< Julian up to 1582-10-04, Gregorian from 1582-10-15 ("gregorian" too)
  proleptic_gregorian,  ///< Gregorian rules for all years
  julian,               ///< a leap year every four years
  noleap,               ///< 365 days ("365_day" too)
  all_leap,             ///< 366 days ("366_day" too)
  day_360,              ///< twelve months of 30 days, CF's "360_day"
  none                  ///< CF gives no rule; proleptic Gregorian arithmetic, as CDO does
};

/// A date and a time of day in some calendar. Units: second in [0, 60), the others whole.
struct date_time {
  std::int64_t year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  double second = 0;
  friend bool operator==(date_time const&, date_time const&) = default;
};

/// A point in time: whole days since 0000-01-01 of its calendar, and microseconds in [0, 86400e6).
struct instant {
  std::int64_t days = 0;
  std::int64_t microseconds = 0;
  friend bool operator==(instant const&, instant const&) = default;
};

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;
/// Dates further than this many days from year 0 (about 2.7e9 years) are refused.
inline constexpr std::int64_t max_calendar_days = 1'000'000'000'000;

/// The text of an attribute without blanks around it, in lower case.
inline std::string lower_trimmed(std::string_view text) {
  // Attributes written by Fortran and C carry trailing blanks and NULs.
  constexpr std::string_view blank(" \t\n\r\0", 5);
  auto const first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) {
    return {};
  }
  std::string out;
  for (char const c : text.substr(first, text.find_last_not_of(blank) - first + 1)) {
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

namespace detail {

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b < 0);
}

constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

// The calendar whose arithmetic holds at a date; only `standard` has two.
constexpr calendar arithmetic_of(calendar c, std::int64_t year, int month, int day) {
  if (c == calendar::none) {
    return calendar::proleptic_gregorian;
  }
  if (c != calendar::standard) {
    return c;
  }
  bool const reformed = year > 1582 || (year == 1582 && (month > 10 || (month == 10 && day >= 15)));
  return reformed ? calendar::proleptic_gregorian : calendar::julian;
}

constexpr bool leap(calendar c, std::int64_t year) {
  switch (c) {
    case calendar::all_leap:
      return true;
    case calendar::noleap:
    case calendar::day_360:
      return false;
    case calendar::julian:
      return floor_mod(year, 4) == 0;
    default:
      return floor_mod(year, 4) == 0 && (floor_mod(year, 100) != 0 || floor_mod(year, 400) == 0);
  }
}

// Days from 0000-01-01 to the first day of a year; not for `standard`.
constexpr std::int64_t days_before_year(calendar c, std::int64_t year) {
  switch (c) {
    case calendar::day_360:
      return 360 * year;
    case calendar::noleap:
      return 365 * year;
    case calendar::all_leap:
      return 366 * year;
    case calendar::julian:
      return 365 * year + floor_div(year + 3, 4);
    default:
      return 365 * year + floor_div(year + 3, 4) - floor_div(year + 99, 100) +
             floor_div(year + 399, 400);
  }
}

inline constexpr std::array<int, 13> days_before_month = {0,   31,  59,  90,  120, 151, 181,
                                                          212, 243, 273, 304, 334, 365};

constexpr int day_of_year(calendar c, std::int64_t year, int month) {
  if (c == calendar::day_360) {
    return 30 * (month - 1);
  }
  int const extra = month > 2 && leap(c, year) ? 1 : 0;
  return days_before_month[static_cast<unsigned>(month - 1)] + extra;
}

// A day past the end of its month is carried into the next one, which months-since arithmetic
// needs.
constexpr std::int64_t count_days(calendar c, std::int64_t year, int month, int day) {
  return days_before_year(c, year) + day_of_year(c, year, month) + day - 1;
}

// 1582-10-15 follows 1582-10-04 (Julian) without a gap in the count of days of `standard`.
inline constexpr std::int64_t reform_day = count_days(calendar::julian, 1582, 10, 5);
inline constexpr std::int64_t reform_shift =
    reform_day - count_days(calendar::proleptic_gregorian, 1582, 10, 15);

constexpr std::int64_t lenient_days(calendar c, std::int64_t year, int month, int day) {
  calendar const rule = arithmetic_of(c, year, month, day);
  std::int64_t const count = count_days(rule, year, month, day);
  return c == calendar::standard && rule == calendar::proleptic_gregorian ? count + reform_shift
                                                                          : count;
}

constexpr std::pair<std::int64_t, std::int64_t> cycle_of(calendar c) {  // years, days
  switch (c) {
    case calendar::day_360:
      return {1, 360};
    case calendar::noleap:
      return {1, 365};
    case calendar::all_leap:
      return {1, 366};
    case calendar::julian:
      return {4, 1461};
    default:
      return {400, 146097};
  }
}

inline std::string date_text(std::int64_t year, int month, int day) {
  return std::to_string(year) + "-" + std::to_string(month) + "-" + std::to_string(day);
}

}  // namespace detail

/// CF's name of a calendar: "standard", "proleptic_gregorian", "julian", "noleap", "all_leap",
/// "360_day", "none".
constexpr std::string_view name(calendar c) {
  switch (c) {
    case calendar::standard:
      return "standard";
    case calendar::proleptic_gregorian:
      return "proleptic_gregorian";
    case calendar::julian:
      return "julian";
    case calendar::noleap:
      return "noleap";
    case calendar::all_leap:
      return "all_leap";
    case calendar::day_360:
      return "360_day";
    case calendar::none:
      break;
  }
  return "none";
}

/// The calendar that a `calendar` attribute names, in any case and with blanks around; empty is
/// standard.
///     auto c = calendar_from_name("365_day");       // calendar::noleap
/// Throws: calendar_error if CF has no such calendar, or one with leap seconds ("utc").
/// Source: CF conventions 1.11, section 4.4.1.
inline calendar calendar_from_name(std::string_view text) {
  std::string const key = lower_trimmed(text);
  if (key.empty() || key == "standard" || key == "gregorian") {
    return calendar::standard;
  }
  if (key == "noleap" || key == "365_day") {
    return calendar::noleap;
  }
  if (key == "all_leap" || key == "366_day") {
    return calendar::all_leap;
  }
  for (calendar c :
       {calendar::proleptic_gregorian, calendar::julian, calendar::day_360, calendar::none}) {
    if (key == name(c)) {
      return c;
    }
  }
  throw calendar_error(
      "calendar_from_name: expected standard, gregorian, proleptic_gregorian, julian, noleap, "
      "365_day, all_leap, 366_day, 360_day or none, got \"" +
      std::string(text) + "\"");
}

/// The number of the last day of a month; October 1582 of `standard` ends with 31 (and has 21
/// days).
/// Throws: calendar_error if month is outside 1..12.
inline int days_in_month(calendar c, std::int64_t year, int month) {
  if (month < 1 || month > 12) {
    throw calendar_error("days_in_month: expected a month in 1..12, got " + std::to_string(month));
  }
  calendar const rule = detail::arithmetic_of(c, year, month, 31);
  if (rule == calendar::day_360) {
    return 30;
  }
  auto const m = static_cast<unsigned>(month);
  return detail::days_before_month[m] - detail::days_before_month[m - 1] +
         (month == 2 && detail::leap(rule, year) ? 1 : 0);
}

/// Whether a calendar has a date (1582-10-05..14 are not in `standard`, February 29 not in
/// `noleap`).
inline bool is_date(calendar c, std::int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(c, year, month)) {
    return false;
  }
  return !(c == calendar::standard && year == 1582 && month == 10 && day > 4 && day < 15);
}

/// Days from 0000-01-01 of the calendar to a date of it; negative before.
/// Throws: calendar_error if the calendar does not have the date, or it is past max_calendar_days.
inline std::int64_t days_from_date(calendar c, std::int64_t year, int month, int day) {
  if (!is_date(c, year, month, day)) {
    throw calendar_error("days_from_date: expected a date of the calendar " + std::string(name(c)) +
                         ", got " + detail::date_text(year, month, day));
  }
  if (year > max_calendar_days / 367 || year < -max_calendar_days / 367) {
    throw calendar_error("days_from_date: expected |year| <= " +
                         std::to_string(max_calendar_days / 367) + ", got " + std::to_string(year));
  }
  return detail::lenient_days(c, year, month, day);
}

/// The date and time of an instant: the inverse of days_from_date, at any distance from year 0.
///     to_date_time(calendar::noleap, {365, 0})        // 0001-01-01 00:00:00
/// Cost:   a few integer divisions; no table of years.
/// Throws: calendar_error if |days| > max_calendar_days or microseconds are outside [0, 86400e6).
inline date_time to_date_time(calendar c, instant at) {
  if (at.days > max_calendar_days || at.days < -max_calendar_days || at.microseconds < 0 ||
      at.microseconds >= microseconds_per_day) {
    throw calendar_error("to_date_time: expected |days| <= " + std::to_string(max_calendar_days) +
                         " and 0 <= microseconds < 86400000000, got " + std::to_string(at.days) +
                         " days, " + std::to_string(at.microseconds) + " microseconds");
  }
  bool const reformed = c == calendar::standard && at.days >= detail::reform_day;
  calendar const rule = c == calendar::standard
                            ? (reformed ? calendar::proleptic_gregorian : calendar::julian)
                            : detail::arithmetic_of(c, 0, 1, 1);
  std::int64_t const days = at.days - (reformed ? detail::reform_shift : 0);
  auto const [cycle_years, cycle_days] = detail::cycle_of(rule);
  std::int64_t const cycle = detail::floor_div(days, cycle_days);
  std::int64_t const in_cycle = days - cycle * cycle_days;
  std::int64_t year = in_cycle / 366;  // too small by one year at most
  while (year + 1 < cycle_years && detail::days_before_year(rule, year + 1) <= in_cycle) {
    ++year;
  }
  auto const rest = static_cast<int>(in_cycle - detail::days_before_year(rule, year));
  date_time out;
  out.year = cycle * cycle_years + year;
  out.month = 12;
  while (detail::day_of_year(rule, out.year, out.month) > rest) {
    --out.month;
  }
  out.day = rest - detail::day_of_year(rule, out.year, out.month) + 1;
  auto const minutes = static_cast<int>(at.microseconds / 60'000'000);
  out.hour = minutes / 60;
  out.minute = minutes % 60;
  out.second = static_cast<double>(at.microseconds % 60'000'000) / 1e6;
  return out;
}

}  // namespace cumulus::inline v1
