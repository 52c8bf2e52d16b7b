// SPDX-License-Identifier: Apache-2.0
// Writing NetCDF. Oracles: the netCDF4 module and NumPy judge the files (netcdf_cases.py check),
// CDO opens them, the file system says what is left.

#include "cumulus/io/netcdf/netcdf_writer.hpp"

#include <sys/resource.h>

#include <cmath>
#include <csignal>

#include "cumulus/io/netcdf/netcdf_file.hpp"
#include "tests/io/netcdf_cases.hpp"

namespace {

using namespace cumulus;
using netcdf_cases::message_of;
using netcdf_cases::scratch;
namespace fs = std::filesystem;

float const nan_f = std::numeric_limits<float>::quiet_NaN();

void expect_in(std::string const& text, std::string const& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

template <class T> std::vector<T> ramps() {
  std::vector<T> values;
  for (int k = 0; k < 12; ++k) {
    values.push_back(netcdf_cases::ramp<T>(k));
  }
  return values;
}

// Writes v_<suffix> record by record, and the attribute a_<suffix>.
template <class T> void write_ramp(netcdf_writer& out, std::string const& suffix) {
  auto const values = ramps<T>();
  out.define_variable("v_" + suffix, netcdf_type_of<T>, {"time", "lat", "lon"});
  out.set_attribute("a_" + suffix, values);
  std::span<T const> const all(values);
  for (index_t t = 0; t < 2; ++t) {
    out.write<T>("v_" + suffix, all.subspan(static_cast<std::size_t>(6 * t), 6), {t, 0, 0},
                 {1, 2, 3});
  }
}

void write_everything(fs::path const& path, netcdf_format format) {
  bool const hdf = format == netcdf_format::netcdf4 || format == netcdf_format::netcdf4_classic;
  netcdf_writer out(path, {.format = format, .deflate = hdf ? 4 : 0});
  out.define_unlimited("time");
  out.define_dimension("lat", 2);
  out.define_dimension("lon", 3);
  out.define_dimension("length", 5);
  out.set_attribute("title", "all types");

  netcdf_attributes atts;
  atts.set("_FillValue", -1e34);  // a double for a float variable
  atts.set("missing_value", -1e34F);
  atts.set("units", "K");
  out.define_variable("masked", netcdf_type::float32, {"lat", "lon"}, atts);
  netcdf_attributes packing;
  packing.set("_FillValue", std::int16_t{-32767});
  packing.set("scale_factor", 0.5);
  packing.set("add_offset", 20.0);
  out.define_variable("packed", netcdf_type::int16, {"lat", "lon"}, packing);
  out.define_variable("scalar", netcdf_type::float64, {});
  out.define_variable("names", netcdf_type::text, {"lat", "length"});
  std::vector<float> const masked{1.5F, nan_f, -0.0F, std::numeric_limits<float>::infinity(), 3, 4};
  out.write<float>("masked", masked);
  // 17.49 / 0.5 and 21.01 / 0.5 round to the nearest packed number.
  out.write<double>("packed", std::vector<double>{NAN, 20, 22.5, 17.49, 21.01, 70});
  out.write<double>("scalar", std::vector<double>{2.5});
  out.write_strings("names", {"ab", "north"});

  write_ramp<std::int8_t>(out, "i1");
  write_ramp<std::int16_t>(out, "i2");
  write_ramp<std::int32_t>(out, "i4");
  write_ramp<float>(out, "f4");
  write_ramp<double>(out, "f8");
  if (can_hold(format, netcdf_type::uint64)) {
    write_ramp<std::uint8_t>(out, "u1");
    write_ramp<std::uint16_t>(out, "u2");
    write_ramp<std::uint32_t>(out, "u4");
    write_ramp<std::int64_t>(out, "i8");
    write_ramp<std::uint64_t>(out, "u8");
  }
  if (format == netcdf_format::netcdf4) {
    out.define_variable("words", netcdf_type::string, {"lat"});
    out.write_strings("words", {"façade", ""});
    out.set_attribute({"list", std::vector<std::string>{"one", "zwei"}});
  } else {
    out.set_attribute({"single", std::vector<std::string>{"word"}});
  }
  EXPECT_FALSE(fs::exists(path));
  out.commit();
}

TEST(netcdf_writer, every_type_in_every_format) {
  CUMULUS_NEEDS(netcdf_cases::has_netcdf4_module(), "Python with netCDF4 and numpy");
  scratch const folder;
  for (auto const& format : netcdf_cases::formats()) {
    SCOPED_TRACE(format);
    auto const path = folder / (format + ".nc");
    write_everything(path, netcdf_cases::format_of(format));
    EXPECT_EQ(netcdf_cases::status_of(netcdf_cases::python("check '" + path.string() + "'")), 0);
    EXPECT_EQ(netcdf_file(path).format(), netcdf_cases::format_of(format));
  }
  EXPECT_EQ(folder.files(), netcdf_cases::formats().size());  // and nothing beside them
}

// Oracle: the input file; CDO's diffn prints a line for every field that differs.
TEST(netcdf_writer, copies_observations_with_their_attributes) {
  auto const source = netcdf_cases::ferret("coads_climatology.cdf");
  CUMULUS_NEEDS(fs::exists(source), "ferret-datasets");
  CUMULUS_NEEDS(netcdf_cases::has_program("cdo"), "cdo");
  scratch const folder;
  netcdf_file const in(source);
  for (auto const& format : netcdf_cases::formats()) {
    auto const path = folder / (format + ".nc");
    netcdf_writer out(path, {.format = netcdf_cases::format_of(format)});
    for (auto const& d : in.dimensions()) {
      d.unlimited ? out.define_unlimited(d.name) : out.define_dimension(d.name, d.size);
    }
    for (auto const& a : in.attributes()) {
      out.set_attribute(a);
    }
    for (std::string const name : {"COADSX", "COADSY", "TIME", "SST"}) {
      auto const& v = in.variable(name);
      out.define_variable(name, v.type, v.dimension_names(), v.attributes);
    }
    for (std::string const name : {"COADSX", "COADSY", "TIME"}) {
      std::vector<double> values(static_cast<std::size_t>(in.variable(name).shape().size()));
      in.read_into<double>(name, std::span<double>(values));
      out.write<double>(name, values);
    }
    std::vector<float> chunk(5 * 90 * 180);
    for (index_t t = 0; t < 12; t += 5) {
      index_t const n = std::min<index_t>(5, 12 - t);
      std::span<float> const part(chunk.data(), static_cast<std::size_t>(n * 90 * 180));
      in.read_into<float>("SST", shape{t, 0, 0}, shape{n, 90, 180}, part);
      out.write<float>("SST", part, shape{t, 0, 0}, shape{n, 90, 180});
    }
    out.commit();
    netcdf_file const copy(path);
    EXPECT_EQ(copy.attributes(), in.attributes());
    EXPECT_EQ(copy.variable("SST").attributes, in.variable("SST").attributes);
    EXPECT_EQ(netcdf_cases::status_of("test -z \"$(cdo -s diffn -selname,SST '" + source.string() +
                                      "' '" + path.string() + "' 2>/dev/null)\""),
              0)
        << format;
  }
}

TEST(netcdf_writer, a_number_that_would_read_back_as_missing_is_refused) {
  scratch const folder;
  netcdf_writer out(folder / "a.nc");
  out.define_dimension("x", 3);
  netcdf_attributes atts;
  atts.set("_FillValue", 0.0F);
  out.define_variable("v", netcdf_type::float32, {"x"}, atts);
  auto const text =
      message_of<value_error>([&] { out.write<float>("v", std::vector<float>{1, nan_f, -0.0F}); });
  expect_in(text, "variable 'v'");
  expect_in(text, "read back as missing");
  EXPECT_NO_THROW(
      out.write<float>("v", std::vector<float>{1, nan_f, 0}, {.encode = false}));  // on request
  out.commit();
  netcdf_file const file(folder / "a.nc");
  std::vector<float> raw(3);
  file.read_into<float>("v", std::span<float>(raw), {.decode = false});
  EXPECT_EQ(raw[0], 1.0F);
  EXPECT_TRUE(std::isnan(raw[1]));
  EXPECT_EQ(raw[2], 0.0F);
}

TEST(netcdf_writer, numbers_that_do_not_fit_are_refused) {
  scratch const folder;
  netcdf_writer out(folder / "a.nc");
  out.define_dimension("x", 2);
  netcdf_attributes scale;
  scale.set("scale_factor", 0.1);
  out.define_variable("i", netcdf_type::int16, {"x"});
  out.define_variable("packed", netcdf_type::int16, {"x"}, scale);
  out.define_variable("f", netcdf_type::float32, {"x"});
  using ints = std::vector<std::int32_t>;
  using doubles = std::vector<double>;
  EXPECT_NO_THROW(out.write<std::int32_t>("i", ints{-32768, 32767}));
  EXPECT_THROW(out.write<std::int32_t>("i", ints{0, 32768}), value_error);
  EXPECT_THROW(out.write<double>("i", doubles{0, 1}), dtype_error);
  EXPECT_NO_THROW(out.write<double>("packed", doubles{-3276.8, 3276.7}));
  EXPECT_THROW(out.write<double>("packed", doubles{0, 3276.8}), value_error);
  EXPECT_THROW(out.write<double>("packed", doubles{0, NAN}), value_error);  // no _FillValue
  EXPECT_THROW(out.write<double>("f", doubles{0, 1e300}), value_error);
  EXPECT_NO_THROW(out.write<double>("f", doubles{INFINITY, NAN}));
  EXPECT_THROW(out.write<double>("f", doubles{1, 2, 3}), shape_error);
  EXPECT_THROW(out.write<double>("f", doubles{1, 2}, {1}, {2}), shape_error);
  EXPECT_THROW(out.write_strings("f", {"a", "b"}), dtype_error);
  EXPECT_THROW(out.write<double>("absent", doubles{1}), io_error);
}

// Oracle: 2^53 + 1 is the first integer that double does not hold, 2^24 + 1 that float does not.
TEST(netcdf_writer, integers_are_written_exactly_or_refused) {
  scratch const folder;
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
  netcdf_writer out(folder / "a.nc");
  out.define_dimension("x", 2);
  out.define_variable("d", netcdf_type::float64, {"x"});
  out.define_variable("f", netcdf_type::float32, {"x"});
  using wide = std::vector<std::int64_t>;
  using natural = std::vector<std::uint64_t>;
  out.write<std::int64_t>("d", wide{odd - 1, -(odd - 1)});
  out.write<std::int32_t>("f", std::vector<std::int32_t>{1 << 24, -(1 << 24) - 2});
  for (auto const& text :
       {message_of<value_error>([&] { out.write<std::int64_t>("d", wide{0, odd}); }),
        message_of<value_error>([&] { out.write<std::int64_t>("d", wide{0, -odd}); }),
        message_of<value_error>([&] { out.write<std::int64_t>("d", wide{0, INT64_MAX}); }),
        message_of<value_error>([&] { out.write<std::uint64_t>("d", natural{0, UINT64_MAX}); })}) {
    expect_in(text, "variable 'd'");
    expect_in(text, (folder / "a.nc").string());
    expect_in(text, "would be rounded");
  }
  expect_in(message_of<value_error>([&] { out.write<std::int64_t>("d", wide{0, odd}); }),
            "got 9007199254740993");
  EXPECT_THROW((out.write<std::int32_t>("f", std::vector<std::int32_t>{0, (1 << 24) + 1})),
               value_error);
  out.write<std::int64_t>("d", wide{INT64_MIN, 1});  // a power of two
  expect_in(message_of<dtype_error>([&] { out.define_variable("i", netcdf_type::int64, {"x"}); }),
            "cdf5 and netCDF-4 hold it");
}

TEST(netcdf_writer, integer_attributes_are_written_exactly_or_refused) {
  scratch const folder;
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
  using wide = std::vector<std::int64_t>;
  for (auto const& name : netcdf_cases::formats()) {
    auto const format = netcdf_cases::format_of(name);
    bool const exact = can_hold(format, netcdf_type::int64);
    auto const path = folder / (name + ".nc");
    netcdf_writer out(path, {.format = format});
    out.define_dimension("x", 2);
    netcdf_attributes bad;
    bad.set("history_id", odd);
    netcdf_attributes good;
    good.set("narrow", wide{-32768, 32767});
    good.set("middle", wide{-2147483648LL, 32768});
    good.set("large", wide{odd - 1, INT64_MIN});
    good.set("byte", std::uint8_t{255});
    good.set("natural", std::uint64_t{1} << 63);
    out.define_variable("good", netcdf_type::int32, {"x"}, good);
    if (exact) {
      out.define_variable("bad", netcdf_type::int32, {"x"}, bad);
      out.set_attribute("largest", UINT64_MAX);
    } else {
      auto const text = message_of<value_error>(
          [&] { out.define_variable("bad", netcdf_type::int32, {"x"}, bad); });
      for (char const* part : {"variable 'bad'", "'history_id'",
                               "got 9007199254740993 of type int64", "cdf5 and netCDF-4"}) {
        expect_in(text, part);
      }
      expect_in(text, path.string());
      EXPECT_THROW(out.set_attribute("largest", UINT64_MAX), value_error);
      EXPECT_THROW(out.set_attribute("largest", INT64_MAX), value_error);
      EXPECT_THROW((out.set_attribute("list", wide{0, odd})), value_error);
    }
    out.commit();
    netcdf_file const file(path);
    EXPECT_EQ(file.variables().size(), exact ? 2U : 1U) << name;  // no half-defined one
    auto const& read = file.variable("good").attributes;
    if (exact) {
      EXPECT_EQ(read, good) << name;
      EXPECT_EQ(std::get<wide>(file.variable("bad").attributes.find("history_id")->values),
                wide{odd});
    } else {
      EXPECT_EQ(std::get<std::vector<std::int16_t>>(read.find("narrow")->values),
                (std::vector<std::int16_t>{-32768, 32767}));
      EXPECT_EQ(std::get<std::vector<std::int32_t>>(read.find("middle")->values),
                (std::vector<std::int32_t>{INT32_MIN, 32768}));
      EXPECT_EQ(std::get<std::vector<double>>(read.find("large")->values),
                (std::vector<double>{9007199254740992.0, -9223372036854775808.0}));
      EXPECT_EQ(std::get<std::vector<std::int16_t>>(read.find("byte")->values),
                std::vector<std::int16_t>{255});
      EXPECT_EQ(std::get<std::vector<double>>(read.find("natural")->values),
                std::vector<double>{9223372036854775808.0});
    }
  }
}

TEST(netcdf_writer, definitions_that_cannot_be_are_named) {
  scratch const folder;
  netcdf_writer out(folder / "a.nc", {.format = netcdf_format::classic});
  out.define_dimension("x", 2);
  expect_in(message_of<io_error>([&] { out.define_dimension("x", 3); }), "'x'");
  EXPECT_THROW(out.define_dimension("zero", 0), value_error);
  expect_in(message_of<dtype_error>([&] { out.define_variable("v", netcdf_type::int64, {"x"}); }),
            "int64");
  expect_in(message_of<dim_error>([&] { out.define_variable("v", netcdf_type::int32, {"y"}); }),
            "'y'");
  expect_in(message_of<io_error>([&] { out.define_variable("a/b", netcdf_type::int32, {"x"}); }),
            "a/b");
  netcdf_attributes fill;
  fill.set("_FillValue", 1e20);
  EXPECT_THROW(out.define_variable("v", netcdf_type::int16, {"x"}, fill), value_error);
  EXPECT_THROW(netcdf_writer(folder / "b.nc", {.deflate = 1}), value_error);
  EXPECT_THROW(out.set_attribute({"list", std::vector<std::string>{"one", "two"}}), dtype_error);
}

TEST(netcdf_writer, without_commit_nothing_is_left) {
  scratch const folder;
  for (auto const& format : netcdf_cases::formats()) {
    for (bool const in_define_mode : {true, false}) {
      netcdf_writer out(folder / "a.nc", {.format = netcdf_cases::format_of(format)});
      out.define_dimension("x", 2);
      out.define_variable("v", netcdf_type::float32, {"x"});
      if (!in_define_mode) {
        out.write<float>("v", std::vector<float>{1, 2});
      }
      EXPECT_EQ(folder.files(), 1U);  // the temporary one
      EXPECT_FALSE(fs::exists(folder / "a.nc"));
    }
    EXPECT_EQ(folder.files(), 0U) << format;
  }
}

TEST(netcdf_writer, an_input_may_be_replaced_while_it_is_read) {
  scratch const folder;
  auto const path = folder / "a.nc";
  for (float const value : {1.0F, 2.0F}) {
    std::vector<float> old(1, 0.0F);
    std::optional<netcdf_file> in;
    if (fs::exists(path)) {
      in.emplace(path);
    }
    netcdf_writer out(path);
    out.define_dimension("x", 1);
    out.define_variable("v", netcdf_type::float32, {"x"});
    out.write<float>("v", std::vector<float>{value});
    if (in) {
      in->read_into<float>("v", std::span<float>(old));
      EXPECT_EQ(old[0], 1.0F);
    }
    out.commit();
  }
  std::vector<float> now(1);
  netcdf_file(path).read_into<float>("v", std::span<float>(now));
  EXPECT_EQ(now[0], 2.0F);
}

TEST(netcdf_writer, unwritable_places_are_named) {
  scratch const folder;
  std::ofstream(folder / "file") << "x";
  for (auto const& path :
       {folder / "absent" / "a.nc", folder / "file" / "a.nc", fs::path("/proc/a.nc"), folder.path(),
        fs::path("/dev/null"), fs::path("")}) {
    std::string const name = path.string();
    expect_in(message_of<io_error>([&] { netcdf_writer out(path); }), name);
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(folder.files(), 1U);
}

std::ptrdiff_t open_files() { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); }

// A full disk, played by the limit on the size of files.
TEST(netcdf_writer, a_full_disk_is_an_error_and_leaves_nothing) {
  scratch const folder;
  auto const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit small = old;
  small.rlim_cur = 200000;
  std::vector<double> const values(100000, 1.0);
  auto const open_before = open_files();
  for (auto const& format : netcdf_cases::formats()) {
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    auto const text = message_of<io_error>([&] {
      netcdf_writer out(folder / "a.nc", {.format = netcdf_cases::format_of(format)});
      out.define_dimension("x", 100000);
      out.define_variable("v", netcdf_type::float64, {"x"});
      out.write<double>("v", values);
      out.commit();
    });
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
    expect_in(text, "a.nc'");
    EXPECT_EQ(folder.files(), 0U) << format;
    if (format.starts_with("NETCDF3")) {  // HDF5 keeps what it could not flush
      EXPECT_EQ(open_files(), open_before) << format;
    }
  }
  std::signal(SIGXFSZ, old_handler);
}

TEST(decoded_attributes, describe_the_decoded_numbers) {
  netcdf_attributes packed;
  packed.set("units", "K");
  packed.set("_FillValue", std::int16_t{-32767});
  packed.set("scale_factor", 0.1);
  packed.set("add_offset", 20.0);
  packed.set("valid_range", std::vector<std::int16_t>{0, 50});
  auto const a = decoded_attributes(packed, netcdf_type::float32);
  EXPECT_EQ(a.size(), 2U);
  EXPECT_EQ(a.text("units"), "K");
  EXPECT_EQ(std::get<std::vector<float>>(a.find("_FillValue")->values),
            std::vector<float>{9.969209968386869e36F});

  netcdf_attributes alone;
  alone.set("missing_value", std::vector<double>{-99.0, -98.0});
  alone.set("valid_min", 0.0F);
  auto const b = decoded_attributes(alone, netcdf_type::float32);
  EXPECT_EQ(std::get<std::vector<float>>(b.find("missing_value")->values),
            (std::vector<float>{-99, -98}));
  EXPECT_EQ(std::get<std::vector<float>>(b.find("_FillValue")->values), std::vector<float>{-99});
  EXPECT_TRUE(b.contains("valid_min"));

  netcdf_attributes fill;
  fill.set("_FillValue", -99.9F);
  auto const c = decoded_attributes(fill, netcdf_type::float64);
  EXPECT_EQ(std::get<std::vector<double>>(c.find("_FillValue")->values),
            std::vector<double>{static_cast<double>(-99.9F)});
}

}  // namespace
