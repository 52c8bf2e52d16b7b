// SPDX-License-Identifier: Apache-2.0
// Reading NetCDF. Oracles: closed forms, the netCDF4 module with NumPy (netcdf_cases.py), CDO.

#include "cumulus/io/netcdf/netcdf_file.hpp"

#include <cmath>
#include <thread>

#include "tests/io/netcdf_cases.hpp"

namespace {

using namespace cumulus;
using netcdf_cases::message_of;
using netcdf_cases::scratch;

template <class T>
std::vector<T> read(netcdf_file const& file, std::string const& name,
                    netcdf_read_options const& options = {}) {
  std::vector<T> values(static_cast<std::size_t>(file.variable(name).shape().size()));
  file.read_into<T>(name, std::span<T>(values), options);
  return values;
}

void expect_same(std::vector<double> const& got, std::vector<double> const& expected,
                 std::string const& name) {
  ASSERT_EQ(got.size(), expected.size()) << name;
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i])))
        << name << "[" << i << "]: " << got[i] << " instead of " << expected[i];
  }
}

class netcdf_reader : public testing::Test {
 protected:
  void SetUp() override {
    CUMULUS_NEEDS(netcdf_cases::has_netcdf4_module(), "Python with netCDF4 and numpy");
    ASSERT_EQ(
        netcdf_cases::status_of(netcdf_cases::python("make '" + folder_.path().string() + "'")), 0);
  }
  scratch folder_;
};

template <class T> void expect_ramp(netcdf_file const& file, std::string const& suffix) {
  auto const values = read<T>(file, "v_" + suffix);
  auto const* attribute = file.attributes().find("a_" + suffix);
  ASSERT_NE(attribute, nullptr);
  auto const& attribute_values = std::get<std::vector<T>>(attribute->values);
  ASSERT_EQ(values.size(), 12U);
  ASSERT_EQ(attribute_values.size(), 12U);
  for (int k = 0; k < 12; ++k) {
    auto const i = static_cast<std::size_t>(k);
    EXPECT_EQ(values[i], netcdf_cases::ramp<T>(k)) << suffix << k;
    EXPECT_EQ(attribute_values[i], netcdf_cases::ramp<T>(k)) << suffix << k;
  }
  // A hyperslab: the second record, second row, last two columns.
  std::vector<T> part(2);
  file.read_into<T>("v_" + suffix, shape{1, 1, 1}, shape{1, 1, 2}, std::span<T>(part));
  EXPECT_EQ(part[0], netcdf_cases::ramp<T>(10));
  EXPECT_EQ(part[1], netcdf_cases::ramp<T>(11));
}

TEST_F(netcdf_reader, every_type_in_every_format) {
  for (auto const& format : netcdf_cases::formats()) {
    SCOPED_TRACE(format);
    netcdf_file const file(folder_ / (format + ".nc"));
    EXPECT_EQ(file.format(), netcdf_cases::format_of(format));
    expect_ramp<std::int8_t>(file, "i1");
    expect_ramp<std::int16_t>(file, "i2");
    expect_ramp<std::int32_t>(file, "i4");
    expect_ramp<float>(file, "f4");
    expect_ramp<double>(file, "f8");
    if (can_hold(file.format(), netcdf_type::uint64)) {
      expect_ramp<std::uint8_t>(file, "u1");
      expect_ramp<std::uint16_t>(file, "u2");
      expect_ramp<std::uint32_t>(file, "u4");
      expect_ramp<std::int64_t>(file, "i8");
      expect_ramp<std::uint64_t>(file, "u8");
    }
    EXPECT_EQ(read<double>(file, "scalar"), std::vector<double>{2.5});
    EXPECT_EQ(file.variable("scalar").rank(), 0);
    EXPECT_EQ(file.read_strings("names"), (std::vector<std::string>{"ab", "north"}));
    EXPECT_EQ(file.attributes().text("title"), "all types");
    ASSERT_NE(file.find_dimension("time"), nullptr);
    EXPECT_TRUE(file.find_dimension("time")->unlimited);
    EXPECT_EQ(file.find_dimension("time")->size, 2);
    EXPECT_FALSE(file.find_dimension("lat")->unlimited);
    EXPECT_EQ(file.variable("v_f4").dimension_names(),
              (std::vector<std::string>{"time", "lat", "lon"}));
    EXPECT_EQ(file.variable("v_f4").shape(), (shape{2, 2, 3}));
  }
}

TEST_F(netcdf_reader, strings_and_string_attributes) {
  netcdf_file const file(folder_ / "NETCDF4.nc");
  EXPECT_EQ(file.read_strings("words"), (std::vector<std::string>{"façade", ""}));
  EXPECT_EQ(std::get<std::vector<std::string>>(file.attributes().find("list")->values),
            (std::vector<std::string>{"one", "zwei"}));
  EXPECT_EQ(file.attributes().text("single"), "word");
  EXPECT_EQ(file.attributes().text("list"), std::nullopt);
}

TEST_F(netcdf_reader, numbers_convert_as_asked) {
  netcdf_file const file(folder_ / "NETCDF4.nc");
  auto const wide = read<std::int64_t>(file, "v_u4");
  auto const real = read<double>(file, "v_i8");
  for (int k = 0; k < 12; ++k) {
    auto const i = static_cast<std::size_t>(k);
    EXPECT_EQ(wide[i], static_cast<std::int64_t>(netcdf_cases::ramp<std::uint32_t>(k)));
    EXPECT_EQ(real[i], static_cast<double>(netcdf_cases::ramp<std::int64_t>(k)));
  }
  EXPECT_THROW(read<std::int32_t>(file, "v_u4"), value_error);  // 2^32 - 1 does not fit
  EXPECT_THROW(read<std::int32_t>(file, "v_f4"), dtype_error);
  EXPECT_THROW(read<float>(file, "names"), dtype_error);
  EXPECT_THROW(read<float>(file, "words"), dtype_error);
  EXPECT_THROW(file.read_strings("v_f4"), dtype_error);
}

// Oracle: netcdf_cases.py decodes with NumPy. Double holds the exact result; float is it rounded
// once.
TEST_F(netcdf_reader, decoding_agrees_with_numpy) {
  netcdf_file const file(folder_ / "packed.nc");
  for (auto const& v : file.variables()) {
    if (v.name == "missing_text") {
      continue;  // below
    }
    auto const expected = netcdf_cases::numpy_decoded(file.path(), v.name, folder_);
    expect_same(read<double>(file, v.name), expected, v.name);
    auto const floats = read<float>(file, v.name);
    std::vector<double> rounded;
    for (double x : expected) {
      rounded.push_back(static_cast<double>(static_cast<float>(x)));
    }
    expect_same(std::vector<double>(floats.begin(), floats.end()), rounded, v.name + " as float");
  }
}

// Oracle: the attributes, by hand.
TEST_F(netcdf_reader, what_is_missing) {
  netcdf_file const file(folder_ / "packed.nc");
  auto const pattern = [&](std::string const& name, netcdf_read_options const& options = {}) {
    auto const values = read<float>(file, name, options);
    std::string text;
    for (std::size_t i = 0; i < 6; ++i) {
      text += std::isnan(values[i]) ? 'x' : '.';
    }
    return text;
  };
  EXPECT_EQ(pattern("packed_float"), "x.....");
  EXPECT_EQ(pattern("packed_int"), "....x.");
  EXPECT_EQ(pattern("unsigned"), "x.....");
  EXPECT_EQ(pattern("missing_alone"), ".....x");
  EXPECT_EQ(pattern("missing_double"), ".....x");
  EXPECT_EQ(pattern("missing_vector"), "x...x.");
  EXPECT_EQ(pattern("missing_text"), "......");
  EXPECT_EQ(pattern("both"), "....xx");
  EXPECT_EQ(pattern("nan_data"), "...x.x");
  EXPECT_EQ(pattern("nan_fill"), "...x..");
  EXPECT_EQ(pattern("no_fill"), "......");
  EXPECT_EQ(pattern("out_of_type"), "......");
  EXPECT_EQ(pattern("valid_range"), "......");
  EXPECT_EQ(pattern("valid_range", {.valid_range = true}), "x...x.");
  EXPECT_EQ(pattern("unsigned_packed", {.valid_range = true}), "x.....");  // 0..254
  auto const raw = read<std::int16_t>(file, "packed_float", {.decode = false});
  EXPECT_EQ(raw[0], -32767);
  EXPECT_EQ(raw[5], 100);
  EXPECT_TRUE(std::signbit(read<float>(file, "valid_range")[5]));  // -0.0 stays
}

TEST_F(netcdf_reader, decoded_types_follow_cf) {
  netcdf_file const file(folder_ / "packed.nc");
  auto const type = [&](char const* name) { return file.variable(name).decoded_type(); };
  EXPECT_EQ(type("packed_float"), netcdf_type::float32);
  EXPECT_EQ(type("packed_double"), netcdf_type::float64);
  EXPECT_EQ(type("packed_int"), netcdf_type::float64);
  EXPECT_EQ(type("offset_only"), netcdf_type::float64);
  EXPECT_EQ(type("unsigned"), netcdf_type::uint8);
  EXPECT_EQ(type("both"), netcdf_type::float32);
}

TEST_F(netcdf_reader, integers_keep_their_fill_and_tell_where_it_is) {
  netcdf_file const file(folder_ / "packed.nc");
  auto const counts = read<std::int32_t>(file, "counts");
  EXPECT_EQ(counts[4], -99);
  EXPECT_EQ(counts[5], 70000);
  bool missing[6];
  file.read_missing_into("counts", shape{0, 0, 0}, shape{1, 2, 3}, missing);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(missing[i], i == 4) << i;
  }
  EXPECT_THROW(read<std::int16_t>(file, "counts"), value_error);
  EXPECT_THROW(read<std::int16_t>(file, "packed_float"), dtype_error);
  EXPECT_EQ(read<std::uint8_t>(file, "unsigned")[0], 255);
}

// Oracle: CDO's own unpacking, printed with 17 digits; the missing cell is checked above.
TEST_F(netcdf_reader, unpacking_agrees_with_cdo) {
  CUMULUS_NEEDS(netcdf_cases::has_program("cdo"), "cdo");
  netcdf_file const file(folder_ / "packed.nc");
  for (std::string const name : {"packed_float", "packed_double", "packed_int", "offset_only"}) {
    auto const expected =
        netcdf_cases::numbers_of("cdo -s -O outputf,%.17g,1 -setmisstoc,-77 -selname," + name +
                                 " '" + file.path().string() + "' 2>/dev/null");
    auto got = read<double>(file, name);
    for (double& x : got) {
      x = std::isnan(x) ? -77.0 : x;
    }
    expect_same(got, expected, name);
  }
}

// Oracle: netcdf_cases.py on observations; the counts of missing cells are CDO's.
TEST(netcdf_real_files, agree_with_numpy) {
  CUMULUS_NEEDS(std::filesystem::exists(netcdf_cases::ferret("coads_climatology.cdf")),
                "ferret-datasets");
  CUMULUS_NEEDS(netcdf_cases::has_netcdf4_module(), "Python with netCDF4 and numpy");
  scratch const folder;
  struct expectation {
    char const* file;
    char const* variable;
    shape extents;
    std::ptrdiff_t missing;
  };
  for (auto const& e : {expectation{"monthly_navy_winds.cdf", "UWND", {132, 73, 144}, 0},
                        expectation{"coads_climatology.cdf", "SST", {12, 90, 180}, -1},
                        expectation{"coads_climatology.cdf", "TIME", {12}, 0},
                        expectation{"levitus_climatology.cdf", "TEMP", {20, 180, 360}, -1},
                        expectation{"ocean_atlas_subset.nc", "TEMP", {12, 19, 90, 180}, -1}}) {
    netcdf_file const file(netcdf_cases::ferret(e.file));
    EXPECT_EQ(file.variable(e.variable).shape(), e.extents) << e.file;
    auto const got = read<double>(file, e.variable);
    auto const expected = netcdf_cases::numpy_decoded(file.path(), e.variable, folder);
    ASSERT_EQ(got.size(), expected.size());
    std::ptrdiff_t wrong = 0;
    std::ptrdiff_t missing = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      missing += std::isnan(expected[i]) ? 1 : 0;
      wrong += got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i])) ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0) << e.file << " " << e.variable;
    EXPECT_TRUE(e.missing < 0 ? missing > 0 : missing == e.missing) << e.file << " " << missing;
  }
}

TEST_F(netcdf_reader, wrong_requests_are_named) {
  netcdf_file const file(folder_ / "packed.nc");
  std::vector<float> out(6);
  auto const slab = [&](shape const& start, shape const& count) {
    return message_of<shape_error>(
        [&] { file.read_into<float>("both", start, count, std::span<float>(out)); });
  };
  EXPECT_EQ(slab({1, 0, 0}, {1, 2, 3}), "no exception");
  for (auto const& text : {slab({2, 0, 0}, {1, 2, 3}), slab({0, 0, 0}, {1, 3, 2}),
                           slab({0, -1, 0}, {1, 2, 3}), slab({0, 0}, {2, 3})}) {
    EXPECT_NE(text.find("variable 'both'"), std::string::npos) << text;
    EXPECT_NE(text.find("(2, 2, 3)"), std::string::npos) << text;
  }
  EXPECT_NE(slab({0, 0, 0}, {1, 1, 3}).find("got 6"), std::string::npos);
  auto const absent = message_of<io_error>([&] { (void)file.variable("bth"); });
  EXPECT_NE(absent.find("got 'bth'"), std::string::npos) << absent;
  EXPECT_NE(absent.find("both, nan_data"), std::string::npos) << absent;
}

TEST_F(netcdf_reader, four_threads_read_at_once) {
  netcdf_file const classic(folder_ / "NETCDF3_CLASSIC.nc");
  netcdf_file const hdf(folder_ / "NETCDF4.nc");
  int wrong[4] = {};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 50; ++round) {
        auto const a = read<float>(t % 2 == 0 ? classic : hdf, "v_f4");
        for (int k = 0; k < 12; ++k) {
          wrong[t] += a[static_cast<std::size_t>(k)] != netcdf_cases::ramp<float>(k) ? 1 : 0;
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (int const w : wrong) {
    EXPECT_EQ(w, 0);
  }
}

TEST(netcdf_bad_files, are_refused_with_their_name) {
  scratch const folder;
  auto const opened = [](std::filesystem::path const& path) {
    return message_of<io_error>([&] { netcdf_file const file(path); });
  };
  auto const expect_in = [](std::string const& text, std::string const& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  expect_in(opened(folder / "absent.nc"), "absent.nc': No such file");
  expect_in(opened(folder.path()), "a directory");
  expect_in(opened("/dev/null"), "a device");
  expect_in(opened(""), "No such file");
  expect_in(opened("http://localhost/data.nc"), "http://localhost/data.nc': No such file");
  expect_in(opened("file:///tmp/x.zarr#mode=nczarr,file"), "No such file");
  std::ofstream(folder / "text.nc") << "time,lat,lon\n1,2,3\n";
  expect_in(opened(folder / "text.nc"), "not a NetCDF file");
  std::ofstream(folder / "empty.nc").flush();
  expect_in(opened(folder / "empty.nc"), "empty.nc'");
  std::ofstream(folder / "noise.nc") << "CDF\x01 noise that goes on for a while, and on";
  expect_in(opened(folder / "noise.nc"), "noise.nc' has a damaged header");
  std::ofstream(folder / "hdf.nc") << "\x89HDF\r\n\x1a\n and nothing";
  expect_in(opened(folder / "hdf.nc"), "hdf.nc'");
}

// Cuts a file at each of `lengths`, longest first: opening or reading throws io_error, or the
// values are those of the whole file. Returns how often something was refused.
int cut(std::filesystem::path const& source, std::filesystem::path const& copy,
        std::vector<std::uintmax_t> const& lengths) {
  std::filesystem::copy_file(source, copy);
  std::vector<std::vector<double>> whole;
  std::vector<std::string> names;
  {
    netcdf_file const file(copy);
    for (auto const& v : file.variables()) {
      if (v.is_numeric()) {
        names.push_back(v.name);
        whole.push_back(read<double>(file, v.name, {.decode = false}));
      }
    }
  }
  int refused = 0;
  for (auto const length : lengths) {
    std::filesystem::resize_file(copy, length);
    try {
      netcdf_file const file(copy);
      for (std::size_t k = 0; k < names.size(); ++k) {
        try {
          auto const values = read<double>(file, names[k], {.decode = false});
          EXPECT_TRUE(values == whole[k]) << names[k] << " cut at " << length;
        } catch (io_error const&) {
          ++refused;
        }
      }
    } catch (io_error const&) {
      ++refused;
    }
  }
  return refused;
}

// Oracle: the whole file. netCDF-C alone answers zeros for most of these lengths.
TEST_F(netcdf_reader, truncated_at_every_byte_is_refused_or_right) {
  for (auto const& format : netcdf_cases::formats()) {
    SCOPED_TRACE(format);
    auto const source = folder_ / (format + ".nc");
    bool const classic = format.starts_with("NETCDF3");
    std::vector<std::uintmax_t> lengths;
    // HDF5 knows its length: some cuts will do.
    for (auto n = std::filesystem::file_size(source); n-- > 0;) {
      if (classic || n % 997 == 0 || n < 16) {
        lengths.push_back(n);
      }
    }
    EXPECT_GE(cut(source, folder_ / ("cut_" + format + ".nc"), lengths),
              static_cast<int>(lengths.size()) - 3);  // the last 3 bytes may be padding
  }
}

TEST(netcdf_real_files, truncated_winds_are_refused_or_right) {
  auto const source = netcdf_cases::ferret("monthly_navy_winds.cdf");
  CUMULUS_NEEDS(std::filesystem::exists(source), "ferret-datasets");
  scratch const folder;
  auto const size = std::filesystem::file_size(source);
  std::vector<std::uintmax_t> lengths{size - 1, size - 4, size - 1000};
  for (std::uintmax_t part = 20; part-- > 1;) {
    lengths.push_back(size / 20 * part);
  }
  for (std::uintmax_t n = 4000; n > 0; n -= 160) {
    lengths.push_back(n);
  }
  EXPECT_GE(cut(source, folder / "cut.nc", lengths), static_cast<int>(lengths.size()));
  // What lies before the cut is still read right.
  std::filesystem::copy_file(source, folder / "half.nc");
  std::filesystem::resize_file(folder / "half.nc", size / 2);
  netcdf_file const half(folder / "half.nc");
  netcdf_file const full(source);
  std::vector<float> a(73 * 144);
  std::vector<float> b(73 * 144);
  half.read_into<float>("UWND", shape{60, 0, 0}, shape{1, 73, 144}, std::span<float>(a));
  full.read_into<float>("UWND", shape{60, 0, 0}, shape{1, 73, 144}, std::span<float>(b));
  EXPECT_TRUE(a == b);
  auto const text = message_of<io_error>([&] {
    half.read_into<float>("UWND", shape{70, 0, 0}, shape{1, 73, 144}, std::span<float>(a));
  });
  EXPECT_NE(text.find("half.nc' is truncated"), std::string::npos) << text;
}

// A damaged header throws one of our errors or is read; it never crashes.
TEST_F(netcdf_reader, flipped_header_bits_do_no_harm) {
  for (std::string const format : {"NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA"}) {
    auto const path = folder_ / (format + ".nc");
    std::ifstream in(path, std::ios::binary);
    std::string const bytes((std::istreambuf_iterator<char>(in)), {});
    int refused = 0;
    // One bit of every byte, a different one each time.
    std::size_t const stride = std::getenv("CUMULUS_LONG_TESTS") != nullptr ? 1 : 9;
    for (std::size_t bit = 0; bit < 8 * std::min<std::size_t>(bytes.size(), 1400); bit += stride) {
      std::string damaged = bytes;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      auto const target = folder_ / "flipped.nc";
      std::ofstream(target, std::ios::binary) << damaged;
      try {
        netcdf_file const file(target);
        for (auto const& v : file.variables()) {
          if (v.is_numeric() && v.rank() <= 3 && v.shape().size() < 1000) {
            read<double>(file, v.name);
          }
        }
      } catch (error const&) {
        ++refused;
      }
    }
    EXPECT_GT(refused, 100);
  }
}

}  // namespace
