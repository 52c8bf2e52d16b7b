// SPDX-License-Identifier: Apache-2.0
// Oracles: std::chrono for the Gregorian rules, Julian day numbers from the literature, and a walk
// from day to day by month lengths written out here.
#include "cumulus/labelled/calendar.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace {

using cumulus::calendar;
using cumulus::date_time;

constexpr calendar every_calendar[] = {calendar::standard, calendar::proleptic_gregorian,
                                       calendar::julian,   calendar::noleap,
                                       calendar::all_leap, calendar::day_360,
                                       calendar::none};

int length_of_month(calendar c, std::int64_t year, int month) {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool const fourth = year % 4 == 0;
  bool const gregorian = fourth && (year % 100 != 0 || year % 400 == 0);
  bool leap = false;
  switch (c) {
    case calendar::day_360:
      return 30;
    case calendar::noleap:
      break;
    case calendar::all_leap:
      leap = true;
      break;
    case calendar::julian:
      leap = fourth;
      break;
    case calendar::standard:
      leap = year <= 1582 ? fourth : gregorian;
      break;
    default:
      leap = gregorian;
  }
  return lengths[month - 1] + (leap && month == 2 ? 1 : 0);
}

TEST(Calendar, WalksEveryDayFromYearMinus900To2100) {
  for (calendar c : every_calendar) {
    date_time date{.year = -900, .month = 1, .day = 1};
    std::int64_t days = cumulus::days_from_date(c, -900, 1, 1);
    std::int64_t wrong = 0;
    while (date.year < 2100) {
      wrong += cumulus::to_date_time(c, {days, 0}) != date;
      wrong += cumulus::days_from_date(c, date.year, date.month, date.day) != days;
      wrong += !cumulus::is_date(c, date.year, date.month, date.day);
      ++days;
      if (c == calendar::standard && date.year == 1582 && date.month == 10 && date.day == 4) {
        date.day = 14;
      }
      if (++date.day > length_of_month(c, date.year, date.month)) {
        date.day = 1;
        if (++date.month > 12) {
          date.month = 1;
          ++date.year;
        }
      }
    }
    EXPECT_EQ(wrong, 0) << name(c);
  }
}

TEST(Calendar, ProlepticGregorianCountsAsStdChrono) {
  namespace chr = std::chrono;
  auto const zero = chr::sys_days(chr::year(0) / 1 / 1).time_since_epoch().count();
  for (int days = -11'000'000; days < 11'000'000; days += 997) {
    chr::year_month_day const expected(chr::sys_days(chr::days(days + zero)));
    date_time const got = cumulus::to_date_time(calendar::proleptic_gregorian, {days, 0});
    ASSERT_EQ(got.year, static_cast<int>(expected.year())) << days;
    ASSERT_EQ(got.month, static_cast<int>(static_cast<unsigned>(expected.month()))) << days;
    ASSERT_EQ(got.day, static_cast<int>(static_cast<unsigned>(expected.day()))) << days;
  }
}

TEST(Calendar, StandardCountsJulianDayNumbers) {
  // Meeus, Astronomical Algorithms, chapter 7: the day numbers at noon.
  auto const origin = cumulus::days_from_date(calendar::standard, -4712, 1, 1);
  struct row {
    std::int64_t year;
    int month, day;
    std::int64_t number;
  };
  for (row const& r :
       {row{2000, 1, 1, 2451545}, row{1987, 6, 19, 2446966}, row{1600, 1, 1, 2305448},
        row{1582, 10, 15, 2299161}, row{1582, 10, 4, 2299160}, row{837, 4, 10, 2026872},
        row{-123, 12, 31, 1676497}, row{-1000, 7, 12, 1356001}, row{-4712, 1, 1, 0}}) {
    EXPECT_EQ(cumulus::days_from_date(calendar::standard, r.year, r.month, r.day) - origin,
              r.number)
        << r.year;
  }
}

TEST(Calendar, RoundTripsFarFromYearZero) {
  for (calendar c : every_calendar) {
    for (std::int64_t days :
         {cumulus::max_calendar_days, std::int64_t{730'000'000'001}, std::int64_t{-1},
          std::int64_t{-365'242'000'003}, -cumulus::max_calendar_days}) {
      date_time const d = cumulus::to_date_time(c, {days, 0});
      if (d.year < 2'700'000'000 && d.year > -2'700'000'000) {
        EXPECT_EQ(cumulus::days_from_date(c, d.year, d.month, d.day), days) << name(c);
      }
    }
    EXPECT_THROW(cumulus::to_date_time(c, {cumulus::max_calendar_days + 1, 0}),
                 cumulus::calendar_error);
  }
}

TEST(Calendar, ClockKeepsTheLastMicrosecondOfADay) {
  auto const d = cumulus::to_date_time(calendar::noleap, {58, cumulus::microseconds_per_day - 1});
  EXPECT_EQ(d, (date_time{0, 2, 28, 23, 59, 59.999999}));
  EXPECT_LT(d.second, 60.0);
  EXPECT_THROW(cumulus::to_date_time(calendar::noleap, {0, cumulus::microseconds_per_day}),
               cumulus::calendar_error);
  EXPECT_THROW(cumulus::to_date_time(calendar::noleap, {0, -1}), cumulus::calendar_error);
}

TEST(Calendar, NamesAreThoseOfTheConventions) {
  EXPECT_EQ(cumulus::calendar_from_name("365_day"), calendar::noleap);
  EXPECT_EQ(cumulus::calendar_from_name("366_day"), calendar::all_leap);
  EXPECT_EQ(cumulus::calendar_from_name("Gregorian"), calendar::standard);
  EXPECT_EQ(cumulus::calendar_from_name(" 360_DAY "), calendar::day_360);
  EXPECT_EQ(cumulus::calendar_from_name(std::string("noleap\0", 7)), calendar::noleap);
  EXPECT_EQ(cumulus::calendar_from_name(""), calendar::standard);
  for (calendar c : every_calendar) {
    EXPECT_EQ(cumulus::calendar_from_name(name(c)), c);
  }
}

TEST(Calendar, RefusesWhatItDoesNotHave) {
  for (char const* text : {"utc", "mayan", "360", "standards"}) {
    try {
      cumulus::calendar_from_name(text);
      ADD_FAILURE() << text;
    } catch (cumulus::calendar_error const& e) {
      EXPECT_NE(std::string(e.what()).find(text), std::string::npos) << e.what();
    }
  }
  EXPECT_THROW(cumulus::days_from_date(calendar::standard, 1582, 10, 5), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_from_date(calendar::standard, 1582, 10, 14), cumulus::calendar_error);
  EXPECT_NO_THROW(cumulus::days_from_date(calendar::julian, 1582, 10, 14));
  EXPECT_THROW(cumulus::days_from_date(calendar::noleap, 2000, 2, 29), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_from_date(calendar::standard, 1900, 2, 29), cumulus::calendar_error);
  EXPECT_NO_THROW(cumulus::days_from_date(calendar::standard, 1500, 2, 29));
  EXPECT_THROW(cumulus::days_from_date(calendar::day_360, 2000, 1, 31), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_from_date(calendar::julian, 0, 13, 1), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_from_date(calendar::julian, 0, 1, 0), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_from_date(calendar::julian, INT64_MAX, 1, 1), cumulus::calendar_error);
  EXPECT_THROW(cumulus::days_in_month(calendar::julian, 0, 0), cumulus::calendar_error);
}

}  // namespace
