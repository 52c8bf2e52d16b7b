// SPDX-License-Identifier: Apache-2.0
// NetCDF from and into arrays. Oracles: closed forms, netcdf_cases.py, the memory variants that
// netcdf_file_test.cpp and netcdf_writer_test.cpp hold against NumPy and CDO.

#include "cumulus/io/netcdf.hpp"

#include <cmath>

#include "tests/io/netcdf_cases.hpp"

namespace {

using namespace cumulus;
using netcdf_cases::scratch;

TEST(netcdf, arrays_come_back_as_they_went) {
  scratch const folder;
  netcdf_writer out(folder / "a.nc");
  out.define_unlimited("time");
  out.define_dimension("lat", 2);
  out.define_dimension("lon", 3);
  netcdf_attributes atts;
  atts.set("_FillValue", 1e20F);
  out.define_variable("u", netcdf_type::float32, {"time", "lat", "lon"}, atts);
  out.define_variable("ut", netcdf_type::float32, {"lon", "lat"}, atts);
  out.define_variable("time", netcdf_type::float64, {"time"});
  out.define_variable("n", netcdf_type::int32, {"lat"});
  out.define_variable("mean", netcdf_type::float64, {});

  ndarray<float, host> first(shape{2, 2, 3});
  for (index_t i = 0; i < 12; ++i) {
    first.data()[i] = i == 4 ? NAN : static_cast<float>(i);
  }
  ndarray<float, host> const constant = first;
  out.write("u", first);                          // an owner
  out.write("u", constant.view(), {2, 0, 0});     // a read-only view
  out.write("u", first(slice(1, 2)), {4, 0, 0});  // a contiguous slice
  array_view<float const, host> const swapped(constant.owner(), constant.data(), shape{3, 2},
                                              strides{1, 3});
  out.write("ut", swapped);  // a transposed view
  ndarray<double, host> times(shape{5});
  for (index_t i = 0; i < 5; ++i) {
    times.data()[i] = static_cast<double>(i) / 3.0;
    out.write("time", times(slice(i, i + 1)), {i});
  }
  ndarray<std::int32_t, host> numbers(shape{2});
  numbers.data()[0] = -7;
  numbers.data()[1] = 9;
  out.write("n", numbers);
  ndarray<double, host> mean(shape{});
  mean.data()[0] = 0.1;
  out.write("mean", mean);
  EXPECT_THROW(out.write("n", times), shape_error);
  EXPECT_THROW(out.write("ut", first), shape_error);
  EXPECT_THROW(out.write("u", ndarray<float, host>(shape{2, 3, 2})), shape_error);
  out.commit();

  netcdf_file const file(folder / "a.nc");
  ndarray<float, host> const u = file.read<float>("u");
  ASSERT_EQ(u.shape(), (shape{5, 2, 3}));
  for (index_t i = 0; i < 30; ++i) {
    index_t const k = i < 12 ? i : i < 24 ? i - 12 : i - 18;
    EXPECT_TRUE(k == 4 ? std::isnan(u.data()[i]) : u.data()[i] == static_cast<float>(k)) << i;
  }
  ndarray<double, host> const row = file.read<double>("u", {1, 1, 1}, {1, 1, 2});
  ASSERT_EQ(row.shape(), (shape{1, 1, 2}));
  EXPECT_EQ(row.data()[0], 10.0);
  EXPECT_EQ(row.data()[1], 11.0);
  ndarray<bool, host> const missing = file.read_missing("u");
  for (index_t i = 0; i < 30; ++i) {
    EXPECT_EQ(missing.data()[i], static_cast<bool>(std::isnan(u.data()[i])));
  }
  EXPECT_EQ(file.read<float>("u", {.decode = false}).data()[4], 1e20F);
  ndarray<float, host> const ut = file.read<float>("ut");
  for (index_t i = 0; i < 3; ++i) {
    for (index_t j = 0; j < 2; ++j) {
      index_t const k = i + 3 * j;
      EXPECT_TRUE(k == 4 ? std::isnan(ut.data()[2 * i + j])
                         : ut.data()[2 * i + j] == static_cast<float>(k));
    }
  }
  for (index_t i = 0; i < 5; ++i) {
    EXPECT_EQ(file.read<double>("time").data()[i], static_cast<double>(i) / 3.0);
  }
  EXPECT_EQ(file.read<std::int32_t>("n").data()[1], 9);
  EXPECT_EQ(file.read<std::int64_t>("n").data()[0], -7);
  EXPECT_EQ(file.read<double>("mean").item(), 0.1);
  EXPECT_THROW(file.read<float>("u", {5, 0, 0}, {1, 2, 3}), shape_error);
  EXPECT_EQ(file.read<float>("u", {5, 0, 0}, {0, 2, 3}).size(), 0);
}

}  // namespace
