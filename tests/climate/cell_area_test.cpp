// SPDX-License-Identifier: Apache-2.0
// Oracles: CDO's gridarea, gridweights and fldmean on real and made grids; the spherical-triangle
// formula with corner vectors; closed forms of bands and whole spheres.
#include "cumulus/climate/cell_area.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "tests/oracle_process.hpp"

namespace {

using cumulus::climate::cell_area;
using cumulus::climate::cell_weight;
using values = std::vector<double>;

constexpr double degree = std::numbers::pi / 180;
constexpr double earth_radius_squared = 6371000.0 * 6371000.0;  // CDO's PlanetRadius

double total(values const& v) {
  double sum = 0;
  for (double const x : v) {
    sum += x;
  }
  return sum;
}

values steps(double first, double step, int n) {
  values out;
  for (int i = 0; i < n; ++i) {
    out.push_back(first + step * i);
  }
  return out;
}

// Each element of got/total against expected/total, relative to it.
double worst_relative(values const& got, values const& expected) {
  if (got.size() != expected.size() || got.empty()) {
    return std::numeric_limits<double>::infinity();
  }
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, std::abs(got[i] / total(got) / (expected[i] / total(expected)) - 1));
  }
  return worst;
}

// CDL of a variable v on a latitude-longitude grid; bounds where given.
std::string cdl(values const& lat, values const& lon, values const& lat_bounds = {},
                values const& lon_bounds = {}) {
  std::string head = "netcdf grid { dimensions: lat = " + std::to_string(lat.size()) +
                     "; lon = " + std::to_string(lon.size()) + "; two = 2; variables: ";
  std::string data = "data: ";
  auto const add = [&](std::string const& name, std::string const& units, values const& centres,
                       values const& bounds) {
    head += "double " + name + "(" + name + "); " + name + ":units = \"" + units + "\"; ";
    if (!bounds.empty()) {
      head += name + ":bounds = \"" + name + "_b\"; double " + name + "_b(" + name + ", two); ";
    }
    for (auto const& [suffix, list] : {std::pair{std::string(), centres}, {"_b", bounds}}) {
      char const* separator = " = ";
      for (double const x : list) {
        char text[40];
        std::snprintf(text, sizeof text, "%.17g", x);
        data += (separator[1] == '=' ? name + suffix : "") + separator + text;
        separator = ", ";
      }
      data += list.empty() ? "" : "; ";
    }
  };
  add("lat", "degrees_north", lat, lat_bounds);
  add("lon", "degrees_east", lon, lon_bounds);
  data += "v = 0";
  for (std::size_t i = 1; i < lat.size() * lon.size(); ++i) {
    data += ", 0";
  }
  return head + "float v(lat, lon); " + data + "; }";
}

struct grid_case {
  std::string name;
  values lat, lon, lat_bounds, lon_bounds;
};

TEST(CellArea, AgreesWithCdoGridareaOnMadeGrids) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  CUMULUS_TEST_NEEDS(oracle::has_program("ncgen"), "ncgen (netcdf-bin)");
  for (grid_case const& g : {
           grid_case{"global with poles", steps(-90, 10, 19), steps(0, 20, 18), {}, {}},
           grid_case{"global without poles", steps(-85, 10, 18), steps(-170, 20, 18), {}, {}},
           grid_case{"descending", steps(80, -5, 20), steps(0, 5, 8), {}, {}},
           grid_case{"descending longitude", steps(-10, 5, 5), steps(40, -5, 8), {}, {}},
           grid_case{"edge at 88.1 snaps", {85, 86, 87.4}, {0, 5}, {}, {}},
           grid_case{"edge at 87.9 does not", {85, 86, 87.3}, {0, 5}, {}, {}},
           grid_case{"southern edge snaps", {-87.4, -86, -85}, {0, 5}, {}, {}},
           grid_case{"uneven", {-60, -20, -5, 0, 3, 70}, {0, 1, 5, 100, 180, 200}, {}, {}},
           grid_case{"both bounds", {20, 10}, {0, 5}, {24, 16, 14, 6}, {-2, 2, 3, 7}},
           grid_case{"latitude bounds", {20, 10}, {0, 5}, {25, 15, 15, 5}, {}},
           grid_case{"bounds to 89", {70, 87}, {0, 5}, {60, 85, 85, 89}, {}},
           grid_case{"one latitude with bounds", {10}, {0, 5, 20}, {5, 15}, {}},
       }) {
    auto const file =
        oracle::netcdf_from_cdl("grid", cdl(g.lat, g.lon, g.lat_bounds, g.lon_bounds));
    ASSERT_FALSE(file.empty()) << g.name;
    auto const expected = oracle::cdo_values("-gridarea " + file);
    auto const got = cell_area(g.lat, g.lon, cell_weight::great_circle, g.lat_bounds, g.lon_bounds);
    ASSERT_EQ(got.size(), expected.size()) << g.name;
    for (std::size_t i = 0; i < got.size(); ++i) {
      // CDO's excess is a difference of angles of order 1: 1e-15 absolute on the unit sphere.
      EXPECT_NEAR(got[i], expected[i] / earth_radius_squared, 2e-15 + 1e-13 * got[i])
          << g.name << " cell " << i;
    }
  }
}

TEST(CellArea, AgreesWithCdoGridweightsOnRealGrids) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  CUMULUS_TEST_NEEDS(oracle::has_program("ncdump"), "ncdump (netcdf-bin)");
  auto const navy = oracle::ferret("monthly_navy_winds.cdf");
  auto const coads = oracle::ferret("coads_climatology.cdf");
  CUMULUS_TEST_NEEDS(oracle::has_file(navy) && oracle::has_file(coads), "ferret-datasets");
  std::string const u = "-selname,UWND -seltimestep,1 " + navy;
  struct row {
    std::string name, chain, lat, lon;
  };
  for (row const& r :
       {row{"navy", u, "FNOCY", "FNOCX"}, row{"inverted", "-invertlat " + u, "FNOCY", "FNOCX"},
        row{"box over the date line", "-sellonlatbox,-20,31,-33,47 " + u, "FNOCY", "FNOCX"},
        row{"box at the pole", "-sellonlatbox,100,200,60,90 " + u, "FNOCY", "FNOCX"},
        row{"one longitude", "-sellonlatbox,10,11,-30,30 " + u, "FNOCY", "FNOCX"},
        row{"one latitude", "-sellonlatbox,0,20,10,11 " + u, "FNOCY", "FNOCX"},
        row{"zonal mean", "-zonmean " + u, "lat", "lon"},
        row{"coads", "-selname,SST -seltimestep,1 " + coads, "COADSY", "COADSX"},
        row{"gaussian", "-random,n32", "lat", "lon"}}) {
    auto const file = oracle::scratch("weights.nc");
    ASSERT_EQ(oracle::run("cdo -s -O -f nc copy " + r.chain + " " + file + " 2>/dev/null").status,
              0);
    auto lat = oracle::netcdf_values(file, r.lat);
    auto lon = oracle::netcdf_values(file, r.lon);
    auto const expected = oracle::cdo_values("-gridweights " + file);
    auto const got = cell_area(lat, lon, cell_weight::great_circle);
    EXPECT_LE(worst_relative(got, expected), 1e-12) << r.name;
  }
}

// Mean of a CDO chain's fields over their valid cells, weighted.
values weighted_means(values const& field, values const& weight, double missing) {
  values out;
  for (std::size_t start = 0; start < field.size(); start += weight.size()) {
    double sum = 0;
    double norm = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      bool const valid = field[start + i] != missing;
      sum += valid ? weight[i] * field[start + i] : 0.0;
      norm += valid ? weight[i] : 0.0;
    }
    out.push_back(sum / norm);
  }
  return out;
}

TEST(CellArea, WeightedMeansAreCdoFldmeanWithAndWithoutMissingCells) {
  CUMULUS_TEST_NEEDS(oracle::has_program("cdo"), "cdo");
  auto const navy = oracle::ferret("monthly_navy_winds.cdf");
  auto const coads = oracle::ferret("coads_climatology.cdf");
  CUMULUS_TEST_NEEDS(oracle::has_file(navy) && oracle::has_file(coads), "ferret-datasets");
  struct row {
    std::string chain;
    values lat, lon;
    double missing;
  };
  std::string const u = "-selname,UWND -seltimestep,1/3 " + navy;
  double const navy_missing = static_cast<double>(-99.9F);
  for (row const& r :
       {row{u, steps(-90, 2.5, 73), steps(20, 2.5, 144), navy_missing},
        row{"-setrtomiss,-0.5,0.5 " + u, steps(-90, 2.5, 73), steps(20, 2.5, 144), navy_missing},
        row{"-selname,SST -seltimestep,1/3 " + coads, steps(-89, 2, 90), steps(21, 2, 180),
            static_cast<double>(-1e34F)}}) {
    auto const field = oracle::cdo_values(r.chain);
    auto const expected = oracle::cdo_values("-fldmean " + r.chain);
    ASSERT_EQ(field.size(), 3 * r.lat.size() * r.lon.size());
    ASSERT_EQ(expected.size(), 3U);
    auto const got =
        weighted_means(field, cell_area(r.lat, r.lon, cell_weight::great_circle), r.missing);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(got[i], expected[i], 1e-11) << r.chain;
    }
  }
}

// Twice the angle whose tangent is |a.(b x c)| / (1 + a.b + b.c + c.a): Van Oosterom and Strackee
// 1983.
double triangle(double const (&a)[3], double const (&b)[3], double const (&c)[3]) {
  auto const dot = [](double const(&p)[3], double const(&q)[3]) {
    return p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  };
  double const bc[3] = {b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2],
                        b[0] * c[1] - b[1] * c[0]};
  return 2 * std::atan2(std::abs(dot(a, bc)), 1 + dot(a, b) + dot(b, c) + dot(c, a));
}

void corner(double lon, double lat, double (&out)[3]) {
  out[0] = std::cos(lat * degree) * std::cos(lon * degree);
  out[1] = std::cos(lat * degree) * std::sin(lon * degree);
  out[2] = std::sin(lat * degree);
}

TEST(CellArea, IsTheSumOfTwoSphericalTriangles) {
  for (double south : {-90.0, -88.75, -40.0, -1.0, 0.0, 33.0, 80.0}) {
    for (double height : {0.25, 2.5, 9.0}) {
      for (double width : {0.25, 2.5, 30.0, 120.0, 179.0}) {
        double const north = south + height;
        double a[3], b[3], c[3], d[3];
        corner(0, south, a);
        corner(width, south, b);
        corner(width, north, c);
        corner(0, north, d);
        double const got =
            cell_area(values{south + height / 2}, values{width / 2}, cell_weight::great_circle,
                      values{south, north}, values{0, width})
                .at(0);
        // The triple product of the oracle cancels: 1e-16 of a cell that may be 1e-7.
        EXPECT_NEAR(got, triangle(a, b, c) + triangle(a, c, d), 4e-16 + 1e-11 * got)
            << south << " " << height << " " << width;
      }
    }
  }
}

TEST(CellArea, OfTheWholeSphereIsFourPi) {
  for (values const& lat : {steps(-90, 2.5, 73), steps(85, -10, 18)}) {
    // The sides that neighbours share cancel, and nothing is left at the poles.
    EXPECT_NEAR(total(cell_area(lat, steps(0, 2.5, 144), cell_weight::great_circle)),
                4 * std::numbers::pi, 1e-12);
  }
  values const sphere{0};  // one point stands for everything
  EXPECT_NEAR(cell_area(sphere, sphere, cell_weight::great_circle).at(0), 4 * std::numbers::pi,
              1e-12);
  // A zonal mean with its bounds: the exact band.
  EXPECT_NEAR(cell_area(values{-45, 45}, values{180}, cell_weight::great_circle,
                        values{-90, 0, 0, 90}, values{0, 360})
                  .at(1),
              2 * std::numbers::pi, 1e-14);
}

TEST(CellArea, CosineIsThatOfTheCentreTimesTheRelativeWidth) {
  values const lat = steps(-90, 2.5, 73);
  auto const got = cell_area(lat, steps(0, 2.5, 144), cell_weight::cos_lat);
  for (std::size_t j = 0; j < lat.size(); ++j) {
    EXPECT_EQ(got[j * 144], got[j * 144 + 143]);
    EXPECT_NEAR(got[j * 144], std::cos(lat[j] * degree), 1e-16);
  }
  auto const uneven = cell_area(values{60}, values{1, 4}, cell_weight::cos_lat, {},
                                values{0, 2, 2, 6});  // widths 2 and 4, mean 3
  EXPECT_NEAR(uneven[0], 0.5 * 2 / 3, 1e-15);
  EXPECT_NEAR(uneven[1], 0.5 * 4 / 3, 1e-15);
}

TEST(CellArea, SinBandIsTheDifferenceOfSinesOfClippedEdges) {
  values const lat = steps(90, -2.5, 73);  // points at the poles: half cells
  auto const got = cell_area(lat, steps(0, 2.5, 144), cell_weight::sin_band);
  for (std::size_t j = 0; j < lat.size(); ++j) {
    double const north = std::min(lat[j] + 1.25, 90.0);
    double const south = std::max(lat[j] - 1.25, -90.0);
    EXPECT_NEAR(got[j * 144], std::sin(north * degree) - std::sin(south * degree), 3e-16);
  }
  EXPECT_NEAR(total(got) / 144, 2, 1e-13);
  // Clipped, not snapped: the outer edge of a grid that ends at 87.4 stays at 88.1.
  auto const regional = cell_area(values{85, 86, 87.4}, values{0, 1}, cell_weight::sin_band);
  EXPECT_NEAR(regional[4], std::sin(88.1 * degree) - std::sin(86.7 * degree), 3e-16);
}

TEST(CellArea, WrappedLongitudesWeighAsUnwrappedOnes) {
  values const lat{-10, 0, 10};
  for (auto kind : {cell_weight::great_circle, cell_weight::cos_lat, cell_weight::sin_band}) {
    auto const plain = cell_area(lat, values{350, 355, 360, 365}, kind);
    EXPECT_LE(worst_relative(cell_area(lat, values{350, 355, 0, 5}, kind), plain), 1e-14);
    EXPECT_LE(worst_relative(cell_area(lat, values{350, 355, 0, 5}, kind, {},
                                       values{347.5, 352.5, 352.5, 357.5, 357.5, 2.5, 2.5, 7.5}),
                             plain),
              1e-14);
  }
}

TEST(CellArea, RefusesBadAxesByNamingThem) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  values const good{0, 10};
  struct row {
    values lat, lon, lat_bounds, lon_bounds;
    char const* says;
  };
  for (row const& r :
       {row{{}, good, {}, {}, "latitude"}, row{good, {}, {}, {}, "longitude"},
        row{{0, nan}, good, {}, {}, "index 1"}, row{good, {0, nan, 1}, {}, {}, "longitude"},
        row{good, {0, INFINITY}, {}, {}, "longitude"},
        row{{0, 10, 10}, good, {}, {}, "monotonic latitude"},
        row{{0, 10, 5}, good, {}, {}, "monotonic latitude"},
        row{{0, 0}, good, {}, {}, "monotonic latitude"},
        row{good, {0, 10, 5}, {}, {}, "monotonic longitude"},
        row{{0, 91}, good, {}, {}, "[-90, 90]"}, row{good, good, {0, 1, 2}, {}, "(2, 2)"},
        row{good, good, {0, 1, 2, nan}, {}, "latitude bounds"},
        row{good, good, {}, {0, 1, 2}, "longitude bounds"},
        row{good, good, {}, {-400, 400, 5, 15}, "360"}}) {
    try {
      cell_area(r.lat, r.lon, cell_weight::sin_band, r.lat_bounds, r.lon_bounds);
      ADD_FAILURE() << r.says;
    } catch (cumulus::coord_error const& e) {
      EXPECT_NE(std::string(e.what()).find(r.says), std::string::npos) << e.what();
    }
  }
  // Float latitudes may overshoot a pole by their rounding.
  EXPECT_NO_THROW(cell_area(values{89, 90.00001}, good, cell_weight::great_circle));
}

}  // namespace
