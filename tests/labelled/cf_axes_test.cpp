// SPDX-License-Identifier: Apache-2.0
// Oracles: the rules of the CF conventions, written out case by case; CDO's griddes for which pairs
// of axes make a longitude-latitude grid; the attributes of Debian's ferret-datasets.
#include "cumulus/labelled/cf_axes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/oracle_process.hpp"

namespace {

using cumulus::axis_kind;
using cumulus::axis_kind_of;

TEST(CfAxes, LatitudeAndLongitudeByUnits) {
  for (char const* units : {"degrees_north", "degree_north", "degree_N", "degrees_N", "degreeN",
                            "degreesN", "DEGREES_NORTH", " degrees_north ", "degrees north"}) {
    EXPECT_EQ(axis_kind_of({.units = units}), axis_kind::latitude) << units;
    EXPECT_EQ(axis_kind_of({.axis = "Y", .units = units}), axis_kind::latitude) << units;
  }
  for (char const* units : {"degrees_east", "degree_east", "degree_E", "degrees_E", "degreeE",
                            "degreesE", "Degrees_East"}) {
    EXPECT_EQ(axis_kind_of({.units = units}), axis_kind::longitude) << units;
  }
  for (char const* units :
       {"degrees", "degree", "degrees_south", "degrees_nearly", "m", "radian"}) {
    EXPECT_EQ(axis_kind_of({.units = units}), axis_kind::other) << units;
  }
}

TEST(CfAxes, LatitudeAndLongitudeByStandardName) {
  EXPECT_EQ(axis_kind_of({.standard_name = "latitude", .units = "degrees"}), axis_kind::latitude);
  EXPECT_EQ(axis_kind_of({.standard_name = "longitude", .units = "radian"}), axis_kind::longitude);
  EXPECT_EQ(axis_kind_of({.standard_name = "latitude"}), axis_kind::latitude);
}

TEST(CfAxes, RotatedAndProjectedAxesAreNotGeographic) {
  EXPECT_EQ(axis_kind_of({.axis = "Y", .standard_name = "grid_latitude", .units = "degrees"}),
            axis_kind::y);
  EXPECT_EQ(axis_kind_of({.standard_name = "grid_longitude", .units = "degrees"}), axis_kind::x);
  EXPECT_EQ(axis_kind_of({.standard_name = "grid_latitude", .units = "degrees_north"}),
            axis_kind::y);
  EXPECT_EQ(axis_kind_of({.standard_name = "projection_y_coordinate", .units = "m"}), axis_kind::y);
  EXPECT_EQ(axis_kind_of({.axis = "Y", .units = "m"}), axis_kind::y);
  EXPECT_EQ(axis_kind_of({.axis = "Y", .units = "degrees"}), axis_kind::y);
  EXPECT_EQ(axis_kind_of({.axis = "X"}), axis_kind::x);
}

TEST(CfAxes, TimeByUnitsAxisOrStandardName) {
  EXPECT_EQ(axis_kind_of({.units = "hour since 0000-01-01 00:00:00"}), axis_kind::time);
  EXPECT_EQ(axis_kind_of({.units = "Days Since yesterday"}), axis_kind::time);
  EXPECT_EQ(axis_kind_of({.axis = "T"}), axis_kind::time);
  EXPECT_EQ(axis_kind_of({.standard_name = "time", .units = "day as %Y%m%d.%f"}), axis_kind::time);
  EXPECT_EQ(axis_kind_of({.units = "days"}), axis_kind::other);
  EXPECT_EQ(axis_kind_of({.standard_name = "forecast_period", .units = "hours"}), axis_kind::other);
}

TEST(CfAxes, VerticalByAxisPositiveNameOrPressure) {
  EXPECT_EQ(axis_kind_of({.units = "METERS", .positive = "down"}), axis_kind::vertical);  // levitus
  EXPECT_EQ(axis_kind_of({.units = "hPa"}), axis_kind::vertical);
  EXPECT_EQ(axis_kind_of({.units = "millibar"}), axis_kind::vertical);
  EXPECT_EQ(axis_kind_of({.axis = "Z", .units = "1"}), axis_kind::vertical);
  EXPECT_EQ(axis_kind_of({.standard_name = "depth", .units = "m"}), axis_kind::vertical);
  EXPECT_EQ(axis_kind_of({.standard_name = "atmosphere_hybrid_sigma_pressure_coordinate"}),
            axis_kind::vertical);
  EXPECT_EQ(axis_kind_of({.units = "m"}), axis_kind::other);
  EXPECT_EQ(axis_kind_of({.units = "m", .positive = ""}), axis_kind::other);
}

TEST(CfAxes, NothingIsOther) {
  EXPECT_EQ(axis_kind_of({}), axis_kind::other);
  EXPECT_EQ(axis_kind_of({.axis = "", .standard_name = "", .units = "", .positive = ""}),
            axis_kind::other);
  EXPECT_EQ(axis_kind_of({.standard_name = "realization", .units = "1"}), axis_kind::other);
}

TEST(CfAxes, CdoMakesTheSameGridsGeographic) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  CUMULUS_TEST_NEEDS(oracle::has_program("ncgen"), "ncgen (netcdf-bin)");
  struct row {
    char const* axis;
    char const* name;
    char const* units;
  };
  for (row const& r :
       {row{"", "", "degrees_north"}, row{"", "", "degreeN"}, row{"", "latitude", "degrees"},
        row{"", "latitude", "radian"}, row{"Y", "", "degrees"}, row{"Y", "", ""}, row{"Y", "", "m"},
        row{"", "", "degrees"}}) {
    std::string attributes;
    for (auto const& [key, value] : {std::pair<std::string, std::string>{"axis", r.axis},
                                     {"standard_name", r.name},
                                     {"units", r.units}}) {
      attributes += value.empty() ? "" : "p:" + key + " = \"" + value + "\"; ";
    }
    auto const file = oracle::netcdf_from_cdl(
        "axis", "netcdf axis { dimensions: p = 3; q = 2; variables: double p(p); " + attributes +
                    "double q(q); q:units = \"degrees_east\"; q:standard_name = \"longitude\"; "
                    "float v(p, q); data: p = 0, 1, 2; q = 0, 1; v = 1, 2, 3, 4, 5, 6; }");
    ASSERT_FALSE(file.empty());
    bool const geographic =
        oracle::run("cdo -s griddes " + file + " 2>/dev/null").output.find("lonlat") !=
        std::string::npos;
    auto const kind = axis_kind_of({.axis = r.axis, .standard_name = r.name, .units = r.units});
    EXPECT_EQ(kind == axis_kind::latitude, geographic) << attributes;
  }
}

TEST(CfAxes, DegreesPerUnit) {
  EXPECT_EQ(cumulus::degrees_per_unit("degrees_north"), 1.0);
  EXPECT_EQ(cumulus::degrees_per_unit("Degree"), 1.0);
  EXPECT_EQ(cumulus::degrees_per_unit(""), 1.0);
  EXPECT_DOUBLE_EQ(cumulus::degrees_per_unit("radian"), 57.29577951308232);
  EXPECT_THROW(cumulus::degrees_per_unit("km"), cumulus::unit_error);
}

}  // namespace
