// SPDX-License-Identifier: Apache-2.0
// Oracles: cftime (cftime_answers.py) for units of fixed length in every calendar it has, CDO for
// months, years, calendar `none` and real files, and dates worked out by hand.
#include "cumulus/labelled/cf_time.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "tests/oracle_process.hpp"

namespace {

using cumulus::calendar;
using cumulus::date_time;
using cumulus::decode_time;

std::int64_t microseconds(date_time const& d) {
  return ((d.hour * 60 + d.minute) * 60) * std::int64_t{1'000'000} + std::llround(d.second * 1e6);
}

// Microseconds from b to a, two dates of one calendar.
std::int64_t difference(calendar c, date_time const& a, date_time const& b) {
  return (cumulus::days_from_date(c, a.year, a.month, a.day) -
          cumulus::days_from_date(c, b.year, b.month, b.day)) *
             cumulus::microseconds_per_day +
         microseconds(a) - microseconds(b);
}

date_time decode_one(double value, std::string const& units, std::string const& name = "") {
  return decode_time(std::vector<double>{value}, units, name).at(0);
}

TEST(CfTime, AgreesWithCftimeInEveryCalendar) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("cftime"), "cftime (python3-cftime)");
  auto const script = oracle::source_dir() + "/tests/labelled/cftime_answers.py";
  auto const answer = oracle::run(std::string(CUMULUS_PYTHON) + " " + script);
  ASSERT_EQ(answer.status, 0);
  std::istringstream lines(answer.output);
  int count = 0;
  std::string name;
  for (std::string units, value, fields; std::getline(lines, name, '|'); ++count) {
    std::getline(lines, units, '|');
    std::getline(lines, value, '|');
    std::getline(lines, fields);
    date_time expected;
    std::int64_t second = 0;
    std::int64_t micro = 0;
    std::istringstream(fields) >> expected.year >> expected.month >> expected.day >>
        expected.hour >> expected.minute >> second >> micro;
    expected.second = static_cast<double>(second * 1'000'000 + micro) / 1e6;
    date_time const got = decode_one(std::strtod(value.c_str(), nullptr), units, name);
    // One microsecond: half a microsecond is rounded to even there, away from zero here.
    EXPECT_LE(std::abs(difference(cumulus::calendar_from_name(name), got, expected)), 1)
        << name << " " << units << " " << value << " expected " << fields;
  }
  EXPECT_GT(count, 2000);
}

std::vector<date_time> cdo_timestamps(std::string const& file) {
  std::istringstream words(oracle::run("cdo -s showtimestamp " + file + " 2>/dev/null").output);
  std::vector<date_time> out;
  for (std::string word; words >> word;) {
    date_time d;
    char skip = 0;
    bool const negative = word.front() == '-';
    std::istringstream in(word.substr(negative ? 1 : 0));
    in >> d.year >> skip >> d.month >> skip >> d.day >> skip >> d.hour >> skip >> d.minute >>
        skip >> d.second;
    d.month = std::abs(d.month);
    d.year = negative ? -d.year : d.year;
    out.push_back(d);
  }
  return out;
}

TEST(CfTime, AgreesWithCdoOnMonthsYearsAndCalendarNone) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  CUMULUS_TEST_NEEDS(oracle::has_program("ncgen"), "ncgen (netcdf-bin)");
  std::string const values =
      "0, 0.5, 1, 1.25, 11.9, 13.5, 14, -1, -0.5, -13.25, 25, 240.75, 1200, -23.999, "
      "1.9166666666666667";
  int compared = 0;
  struct row {
    std::string unit, from;
  };
  for (row const& r : {row{"months", "2000-01-30"}, row{"months", "1582-09-10"},
                       row{"years", "1999-11-15 18:30:00"}, row{"days", "1582-09-10"},
                       row{"hours", "0050-03-01"}}) {
    for (std::string name :
         {"standard", "proleptic_gregorian", "360_day", "noleap", "all_leap", "none", ""}) {
      std::string const attribute = name.empty() ? "" : "time:calendar = \"" + name + "\";";
      std::string const units = r.unit + " since " + r.from;
      auto const file = oracle::netcdf_from_cdl(
          "months",
          "netcdf months { dimensions: time = 15; variables: double time(time); time:units = \"" +
              units + "\"; " + attribute + " float v(time); data: time = " + values +
              "; v = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15; }");
      ASSERT_FALSE(file.empty());
      auto const expected = cdo_timestamps(file);
      auto const got = decode_time(oracle::numbers(values), units, name);
      ASSERT_EQ(expected.size(), got.size());
      for (std::size_t i = 0; i < got.size(); ++i) {
        auto const c = cumulus::calendar_from_name(name);
        // CDO rounds to the second.
        EXPECT_LE(std::abs(difference(c, got[i], expected[i])), 500'000)
            << units << " " << name << " value " << i;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 5 * 7 * 15);
}

TEST(CfTime, FindsTheMonthsOfRealFilesAsCdo) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  CUMULUS_TEST_NEEDS(oracle::has_program("ncdump"), "ncdump (netcdf-bin)");
  struct row {
    char const* file;
    char const* units;
    std::size_t steps;
  };
  for (row const& r : {row{"monthly_navy_winds.cdf", "hour since 1980-01-14 14:00:00", 132},
                       row{"coads_climatology.cdf", "hour since 0000-01-01 00:00:00", 12}}) {
    auto const file = oracle::ferret(r.file);
    CUMULUS_TEST_NEEDS(oracle::has_file(file), file + " (ferret-datasets)");
    auto const time = oracle::netcdf_values(file, "TIME");
    ASSERT_EQ(time.size(), r.steps);
    auto const got = cumulus::month_of(time, r.units);
    auto const expected = cdo_timestamps(file);
    ASSERT_EQ(expected.size(), r.steps);
    for (std::size_t i = 0; i < r.steps; ++i) {
      EXPECT_EQ(got[i], expected[i].month) << r.file << " step " << i;
    }
  }
  EXPECT_EQ(cumulus::parse_time_units("hour since 0000-01-01 00:00:00").cal,
            calendar::proleptic_gregorian);
}

TEST(CfTime, ReadsTheSpellingsOfRealFiles) {
  struct row {
    char const* units;
    date_time expected;
  };
  for (row const& r : {
           row{"days since 1979-1-1", {1979, 1, 3}},
           row{"day since 1979-01-01 00:00:00", {1979, 1, 3}},
           row{"d since 1979-01-01T00:00:00Z", {1979, 1, 3}},
           row{"DAYS SINCE 1979-01-01 00:00", {1979, 1, 3}},
           row{"  days   since   19790101  ", {1979, 1, 3}},
           row{"days since 1979", {1979, 1, 3}},
           row{"days since 1979-1", {1979, 1, 3}},
           row{"days since 1-1-1 0:0:0", {1, 1, 3}},
           row{"days since 1-1-1", {1, 1, 3}},
           row{"days since 0000-01-01", {0, 1, 3}},
           row{"days since -4-2-28", {-4, 3, 1}},
           row{"days since 1979-01-01 24:00:00", {1979, 1, 4}},
           row{"weeks since 1979-1-1", {1979, 1, 15}},
           row{"h since 1979-1-1 6", {1979, 1, 1, 8}},
           row{"hr since 1979-1-1 6:30", {1979, 1, 1, 8, 30}},
           row{"hrs since 1979-1-1 06:30:15.25 UTC", {1979, 1, 1, 8, 30, 15.25}},
           row{"hours since 1979-1-1 06:00:00 +01:00", {1979, 1, 1, 7}},
           row{"hour since 1979-1-1 06:00:00 -6", {1979, 1, 1, 14}},
           row{"hours since 1979-1-1T06:00:00+0530", {1979, 1, 1, 2, 30}},
           row{"hours since 1979-1-1 23:00 -3:00", {1979, 1, 2, 4}},
           row{"min since 1979-1-1", {1979, 1, 1, 0, 2}},
           row{"mins since 1979-1-1", {1979, 1, 1, 0, 2}},
           row{"minutes since 1979-1-1", {1979, 1, 1, 0, 2}},
           row{"s since 1979-1-1", {1979, 1, 1, 0, 0, 2}},
           row{"sec since 1979-1-1", {1979, 1, 1, 0, 0, 2}},
           row{"secs since 1979-1-1", {1979, 1, 1, 0, 0, 2}},
           row{"milliseconds since 1979-1-1", {1979, 1, 1, 0, 0, 0.002}},
           row{"microseconds since 1979-1-1", {1979, 1, 1, 0, 0, 0.000002}},
           row{"month since 1979-1-1", {1979, 3, 1}},
           row{"yr since 1979-1-1", {1981, 1, 1}},
           row{"yrs since 1979-1-1", {1981, 1, 1}},
       }) {
    EXPECT_EQ(decode_one(2, r.units), r.expected) << r.units;
    EXPECT_TRUE(cumulus::is_time_units(r.units)) << r.units;
  }
}

TEST(CfTime, RefusesUnitsByNamingThem) {
  for (char const* units :
       {"", "days", "days since", "days since  ", "fortnights since 2000-01-01", "degrees_north",
        "day as %Y%m%d.%f", "days since yesterday", "days since 2000-01-01 12:60",
        "days since 2000-01-01 25:00", "days since 2000-01-01 00:00:00 EST", "days since 2000-01-",
        "days since 2000-01-01T", "days since 2000-1-1 1:2:3 +24", "days since 2000-123-1",
        "dayssince 2000-01-01", "ds since 2000-01-01", "days since 99999999999-1-1"}) {
    try {
      decode_one(0, units);
      ADD_FAILURE() << units;
    } catch (cumulus::unit_error const& e) {
      EXPECT_NE(std::string(e.what()).find(units), std::string::npos) << e.what();
    }
  }
  EXPECT_FALSE(cumulus::is_time_units("days"));
  EXPECT_TRUE(cumulus::is_time_units("days since yesterday"));
}

TEST(CfTime, RefusesDatesTheCalendarDoesNotHave) {
  EXPECT_THROW(decode_one(0, "days since 2000-02-30"), cumulus::calendar_error);
  EXPECT_THROW(decode_one(0, "days since 2000-02-29", "noleap"), cumulus::calendar_error);
  EXPECT_THROW(decode_one(0, "days since 1582-10-10"), cumulus::calendar_error);
  EXPECT_THROW(decode_one(0, "days since 0000-00-00"), cumulus::calendar_error);
  EXPECT_THROW(decode_one(0, "days since 2000-01-01", "lunar"), cumulus::calendar_error);
}

TEST(CfTime, RefusesValuesByNamingTheIndex) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  for (double bad : {std::nan(""), inf, -inf, 1e300, 1e18}) {
    try {
      decode_time(std::vector<double>{0, 1, bad}, "days since 2000-01-01");
      ADD_FAILURE() << bad;
    } catch (cumulus::calendar_error const& e) {
      EXPECT_NE(std::string(e.what()).find("index 2"), std::string::npos) << e.what();
    }
    EXPECT_THROW(cumulus::month_of(std::vector<double>{bad}, "months since 2000-01-01"),
                 cumulus::calendar_error);
  }
  EXPECT_THROW(decode_time(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max()},
                           "hours since 2000-01-01"),
               cumulus::calendar_error);
  EXPECT_THROW(decode_time(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()},
                           "years since 2000-01-01"),
               cumulus::calendar_error);
  EXPECT_TRUE(decode_time(std::span<double const>{}, "days since 2000-01-01").empty());
}

TEST(CfTime, TheLastInstantOfAMonthStaysInIt) {
  // 30 days and 86399.9999 s, given in four ways; the next month begins 0.1 ms later.
  date_time const last{1979, 1, 31, 23, 59, 59.9999};
  EXPECT_EQ(decode_one(30 + 86399.9999 / 86400, "days since 1979-01-01"), last);
  EXPECT_EQ(decode_one(31 * 86400.0 - 1e-4, "seconds since 1979-01-01"), last);
  EXPECT_EQ(decode_one(-1e-4, "seconds since 1979-02-01"), last);
  EXPECT_EQ(decode_one(0, "days since 1979-01-31 23:59:59.9999"), last);
  EXPECT_EQ(cumulus::month_of(std::vector<double>{-1e-4, 0.0}, "seconds since 1979-02-01"),
            (std::vector<int>{1, 2}));
  EXPECT_EQ(decode_one(31 - 1e-13, "days since 1979-01-01"), (date_time{1979, 2, 1}));
}

TEST(CfTime, IntegersAreExactBeyondADouble) {
  // Python datetime: 1970-01-01 + 2^53 + 1 microseconds; a double would lose the last one.
  // one.
  std::vector<std::int64_t> const micro{(std::int64_t{1} << 53) + 1};
  EXPECT_EQ(decode_time(micro, "microseconds since 1970-01-01").at(0),
            (date_time{2255, 6, 5, 23, 47, 34.740993}));
  std::vector<std::int64_t> const nano{1'700'000'000'123'456'789, -1};
  auto const dates = decode_time(nano, "nanoseconds since 1970-01-01");
  EXPECT_EQ(dates.at(0), (date_time{2023, 11, 14, 22, 13, 20.123456}));
  EXPECT_EQ(dates.at(1), (date_time{1969, 12, 31, 23, 59, 59.999999}));
  EXPECT_EQ(cumulus::month_of(std::vector<std::int32_t>{0, 31, -1}, "days since 2001-01-01"),
            (std::vector<int>{1, 2, 12}));
  EXPECT_EQ(cumulus::month_of(std::vector<float>{15.5F, 45.0F}, "days since 2001-01-01", "360_day"),
            (std::vector<int>{1, 2}));
  EXPECT_EQ(decode_time(std::vector<std::int32_t>{-13}, "months since 2001-01-31").at(0),
            (date_time{1999, 12, 31}));
}

}  // namespace
