// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads the `units` of a CF time coordinate, "<unit> since <reference>", with its calendar. Called
// by the decoding of time values (cf_time.hpp) and by the search for the time axis (cf_axes.hpp).

#include <cstdint>
#include <string>
#include <string_view>

#include "cumulus/core/error.hpp"
#include "cumulus/labelled/calendar.hpp"

namespace cumulus::inline v1 {

/// What one step of a time coordinate is. month and year are those of the calendar.
enum class time_unit {
  nanosecond,
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  year
};

/// A decoded `units` attribute: what one step of the coordinate is, and the time it counts from, in
/// UTC.
struct time_units {
  time_unit unit = time_unit::day;
  calendar cal = calendar::standard;
  instant reference;
};

namespace detail {

struct unit_spelling {
  std::string_view text;
  time_unit unit;
};

// UDUNITS' names and symbols, cftime's abbreviations, and "calendar_month" of COARDS files.
inline constexpr unit_spelling unit_spellings[] = {{"nanosecond", time_unit::nanosecond},
                                                   {"nanosec", time_unit::nanosecond},
                                                   {"nsec", time_unit::nanosecond},
                                                   {"ns", time_unit::nanosecond},
                                                   {"microsecond", time_unit::microsecond},
                                                   {"microsec", time_unit::microsecond},
                                                   {"usec", time_unit::microsecond},
                                                   {"us", time_unit::microsecond},
                                                   {"millisecond", time_unit::millisecond},
                                                   {"millisec", time_unit::millisecond},
                                                   {"msec", time_unit::millisecond},
                                                   {"ms", time_unit::millisecond},
                                                   {"second", time_unit::second},
                                                   {"sec", time_unit::second},
                                                   {"s", time_unit::second},
                                                   {"minute", time_unit::minute},
                                                   {"min", time_unit::minute},
                                                   {"hour", time_unit::hour},
                                                   {"hr", time_unit::hour},
                                                   {"h", time_unit::hour},
                                                   {"day", time_unit::day},
                                                   {"d", time_unit::day},
                                                   {"week", time_unit::week},
                                                   {"month", time_unit::month},
                                                   {"calendar_month", time_unit::month},
                                                   {"mon", time_unit::month},
                                                   {"year", time_unit::year},
                                                   {"yr", time_unit::year},
                                                   {"calendar_year", time_unit::year},
                                                   {"common_year", time_unit::year}};

// The plural adds an s, except to one-letter symbols and to "ns", "us", "ms".
inline time_unit const* find_time_unit(std::string_view word) {
  for (auto const& row : unit_spellings) {
    bool const plural = row.text.size() > 2 || row.text == "hr" || row.text == "yr";
    bool const match = word == row.text || (plural && word.size() == row.text.size() + 1 &&
                                            word.back() == 's' && word.starts_with(row.text));
    if (match) {
      return &row.unit;
    }
  }
  return nullptr;
}

// Reads "1979-1-1", "1979-01-01T00:00:00.5Z", "-4-3-1 6:00 +01:00", "19790101"; text is lower case.
class reference_scanner {
 public:
  explicit reference_scanner(std::string_view text) : rest_(text) {}

  bool scan() { return scan_date() && scan_clock() && scan_zone() && rest_.empty(); }

  std::int64_t year = 0;
  std::int64_t month = 1;
  std::int64_t day = 1;
  // Since midnight UTC; negative or past a day where a zone moves it.
  std::int64_t microseconds = 0;

 private:
  bool accept(char c) {
    bool const found = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(found ? 1 : 0);
    return found;
  }

  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

  // The number of digits read, 0 if there is none or more than most.
  int number(std::int64_t& value, int most) {
    int digits = 0;
    std::int64_t read = 0;
    for (; at_digit() && digits <= most; ++digits, rest_.remove_prefix(1)) {
      read = 10 * read + (rest_.front() - '0');
    }
    if (digits == 0 || digits > most) {
      return 0;
    }
    value = read;
    return digits;
  }

  bool skip_blanks() {
    bool skipped = false;
    while (accept(' ') || accept('\t')) {
      skipped = true;
    }
    return skipped;
  }

  bool scan_date() {
    bool const negative = accept('-');
    bool const signed_year = negative || accept('+');
    int const digits = number(year, 9);
    if (digits == 0) {
      return false;
    }
    if (digits == 8 && !signed_year && (rest_.empty() || rest_.front() != '-')) {  // yyyymmdd
      day = year % 100;
      month = year / 100 % 100;
      year /= 10000;
      return true;
    }
    year = negative ? -year : year;
    if (!accept('-')) {
      return true;
    }
    if (number(month, 2) == 0) {
      return false;
    }
    return !accept('-') || number(day, 2) != 0;
  }

  bool scan_clock() {
    bool const separated = skip_blanks();
    bool const marked = accept('t');
    if (marked) {
      skip_blanks();
    }
    if (!at_digit()) {
      return !marked;
    }
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t micro = 0;
    if (!(separated || marked) || number(hour, 2) == 0) {
      return false;
    }
    if (accept(':')) {
      if (number(minute, 2) == 0) {
        return false;
      }
      if (accept(':')) {
        if (number(second, 2) == 0) {
          return false;
        }
        if (accept('.')) {
          for (std::int64_t place = 100'000; at_digit(); rest_.remove_prefix(1), place /= 10) {
            micro += place * (rest_.front() - '0');
          }
        }
      }
    }
    microseconds = ((hour * 60 + minute) * 60 + second) * 1'000'000 + micro;
    return hour <= 24 && minute < 60 && second < 60 && microseconds <= microseconds_per_day;
  }

  // East of Greenwich is positive: noon at +01:00 is 11 UTC.
  bool scan_zone() {
    skip_blanks();
    for (std::string_view utc : {"utc", "gmt", "z"}) {
      if (rest_.starts_with(utc)) {
        rest_.remove_prefix(utc.size());
        skip_blanks();
        break;
      }
    }
    bool const west = accept('-');
    if (!west && !accept('+')) {
      return true;
    }
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    int const digits = number(hours, 4);
    if (digits == 0 || (digits <= 2 && accept(':') && number(minutes, 2) == 0)) {
      return false;
    }
    if (digits > 2) {  // hhmm
      minutes = hours % 100;
      hours /= 100;
    }
    microseconds += (west ? 1 : -1) * (hours * 60 + minutes) * 60'000'000;
    return hours < 24 && minutes < 60;
  }

  std::string_view rest_;
};

inline instant normalised(std::int64_t days, std::int64_t microseconds) {
  std::int64_t const carry = floor_div(microseconds, microseconds_per_day);
  return {days + carry, microseconds - carry * microseconds_per_day};
}

struct unit_and_reference {
  time_unit const* unit = nullptr;
  std::string_view reference;  // what follows "since"
};

inline unit_and_reference split_time_units(std::string_view lower) {
  constexpr std::string_view blank = " \t";
  auto const word_end = lower.find_first_of(blank);
  if (word_end == std::string_view::npos) {
    return {};
  }
  auto const since = lower.find_first_not_of(blank, word_end);
  auto const since_end = lower.find_first_of(blank, since);
  if (since_end == std::string_view::npos || lower.substr(since, since_end - since) != "since") {
    return {};
  }
  return {find_time_unit(lower.substr(0, word_end)),
          lower.substr(lower.find_first_not_of(blank, since_end))};
}

}  // namespace detail

/// Whether a `units` attribute is that of a time coordinate: a unit of time and the word "since",
/// in any case. What follows is not looked at: a bad reference is an error of parse_time_units.
inline bool is_time_units(std::string_view units) {
  return detail::split_time_units(lower_trimmed(units)).unit != nullptr;
}

/// Reads "<unit> since <reference>" as UDUNITS and real files write it, in any case.
///     auto u = parse_time_units("hours since 1900-1-1 00:00:0.0", "noleap");
/// Units:     nanoseconds to years with their abbreviations (s, sec, hrs, d, …); months and years
///            are those of the calendar, not UDUNITS' mean ones.
/// Reference: year[-month[-day]] or yyyymmdd; T or blanks, hour[:minute[:second[.fraction]]]; a
///            zone (Z, UTC, +01:00, -6, +0530), east positive. Beyond a microsecond it is cut.
/// Calendar:  empty means that the attribute is missing: standard, except that a reference in year
///            0, which standard lacks, gives proleptic_gregorian.
/// Throws:    unit_error if units have another form; calendar_error if the calendar is unknown or
///            does not have the reference date.
/// Source:    CF conventions 1.11, section 4.4; UDUNITS-2 manual, "Timestamps".
inline time_units parse_time_units(std::string_view units,
                                   std::string_view calendar_attribute = {}) {
  std::string const lower = lower_trimmed(units);
  auto const parts = detail::split_time_units(lower);
  detail::reference_scanner at(parts.reference);
  if (parts.unit == nullptr || !at.scan()) {
    throw unit_error(
        "parse_time_units: expected \"<unit of time> since <date>\", such as \"days since "
        "1979-01-01\", got \"" +
        std::string(units) + "\"");
  }
  time_units out;
  out.unit = *parts.unit;
  out.cal = calendar_from_name(calendar_attribute);
  if (at.year == 0 && lower_trimmed(calendar_attribute).empty()) {
    out.cal = calendar::proleptic_gregorian;
  }
  auto const month = static_cast<int>(at.month);
  auto const day = static_cast<int>(at.day);
  if (!is_date(out.cal, at.year, month, day)) {
    throw calendar_error("parse_time_units: expected a date of the calendar " +
                         std::string(name(out.cal)) + ", got \"" + std::string(units) + "\"");
  }
  out.reference = detail::normalised(days_from_date(out.cal, at.year, month, day), at.microseconds);
  return out;
}

}  // namespace cumulus::inline v1
