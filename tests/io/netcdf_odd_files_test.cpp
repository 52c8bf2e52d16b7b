// SPDX-License-Identifier: Apache-2.0
// Reading NetCDF files that are unusual or wrong (netcdf_cases.py odd). Oracles: the netCDF4 module
// with NumPy where the file has a meaning, the attributes by hand, and what messages must name.

#include <cmath>
#include <map>

#include "cumulus/io/netcdf/netcdf_file.hpp"
#include "tests/io/netcdf_cases.hpp"

namespace {

using namespace cumulus;
using netcdf_cases::message_of;
using netcdf_cases::scratch;

class odd_netcdf_files : public testing::Test {
 protected:
  void SetUp() override {
    CUMULUS_NEEDS(netcdf_cases::has_netcdf4_module(), "Python with netCDF4 and numpy");
    ASSERT_EQ(
        netcdf_cases::status_of(netcdf_cases::python("odd '" + folder_.path().string() + "'")), 0);
  }
  scratch folder_;
};

void expect_names(std::string const& text, std::vector<std::string> const& parts) {
  for (auto const& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << text << " lacks " << part;
  }
}

std::string missing_pattern(ndarray<float, host> const& values) {
  std::string text;
  for (float const x : values) {
    text += std::isnan(x) ? 'x' : '.';
  }
  return text;
}

TEST_F(odd_netcdf_files, attributes_with_a_meaning_are_decoded) {
  for (std::string const name :
       {"fill_outside", "list_of_floats", "wide_missing", "nan_fill", "packed_floats",
        "text_missing", "empty_units", "unsigned_floats", "unit_packing"}) {
    auto const expected =
        netcdf_cases::numpy_decoded(folder_ / "attributes_NETCDF4.nc", name, folder_);
    ASSERT_EQ(expected.size(), 4U);
    for (auto const& format : netcdf_cases::formats()) {
      netcdf_file const file(folder_ / ("attributes_" + format + ".nc"));
      auto const got = file.read<double>(name);
      ASSERT_EQ(got.size(), 4);
      for (std::size_t i = 0; i < 4; ++i) {
        double const x = got.data()[i];
        EXPECT_TRUE(x == expected[i] || (std::isnan(x) && std::isnan(expected[i])))
            << format << " " << name << "[" << i << "]: " << x << " instead of " << expected[i];
      }
    }
  }
  netcdf_file const file(folder_ / "attributes_NETCDF3_CLASSIC.nc");
  EXPECT_EQ(missing_pattern(file.read<float>("list_of_floats")), "x...");
  EXPECT_EQ(missing_pattern(file.read<float>("nan_fill")), ".x..");
  EXPECT_EQ(file.variable("empty_units").attributes.text("units"), "");
  EXPECT_EQ(file.read<std::int64_t>("unit_packing").data()[0], -1);
}

TEST_F(odd_netcdf_files, packing_that_is_none_is_refused_and_can_be_left_out) {
  for (auto const& format : netcdf_cases::formats()) {
    netcdf_file const file(folder_ / ("attributes_" + format + ".nc"));
    std::map<std::string, std::vector<std::string>> const cases{
        {"scale_zero", {"scale_factor other than 0"}},
        {"scale_text", {"'scale_factor'", "got '0.1' of type char"}},
        {"scale_nan", {"'scale_factor'", "got nan of type double"}},
        {"offset_infinite", {"'add_offset'", "got inf of type double"}},
        {"scale_two", {"'scale_factor'", "got 2 values of type double"}},
        {"scale_empty", {"'scale_factor'", "got 0 values of type double"}}};
    for (auto const& [name, parts] : cases) {
      for (auto const& text : {message_of<value_error>([&, n = name] { file.read<double>(n); }),
                               message_of<value_error>([&, n = name] { file.read<int>(n); }),
                               message_of<value_error>([&, n = name] { file.read_missing(n); })}) {
        expect_names(text, parts);
        expect_names(text, {"variable '" + name + "'", file.path().string()});
      }
      EXPECT_EQ(file.read<double>(name, {.decode = false}).data()[3], 4.0);
    }
  }
}

TEST_F(odd_netcdf_files, valid_ranges_are_read_as_meant_or_refused) {
  netcdf_read_options const in_range{.valid_range = true};
  for (auto const& format : netcdf_cases::formats()) {
    netcdf_file const file(folder_ / ("attributes_" + format + ".nc"));
    auto const pattern = [&](char const* name) {
      return missing_pattern(file.read<float>(name, in_range));
    };
    EXPECT_EQ(pattern("range_packed"), "x..x");
    EXPECT_EQ(pattern("range_physical"), "x..x");
    EXPECT_EQ(pattern("range_wide"), "...x");      // its minimum is no short
    EXPECT_EQ(pattern("range_unsigned"), "x...");  // 255 > 254
    EXPECT_EQ(pattern("range_reversed"), "xxxx");
    for (std::string const name : {"range_text", "range_one", "minimum_two"}) {
      auto const text = message_of<value_error>([&] { file.read<float>(name, in_range); });
      expect_names(text, {"variable '" + name + "'", file.path().string(), "expected", "got"});
      EXPECT_EQ(missing_pattern(file.read<float>(name)), "....");
    }
  }
}

TEST_F(odd_netcdf_files, no_records_and_no_variables_are_empty) {
  for (auto const& format : netcdf_cases::formats()) {
    netcdf_file const file(folder_ / ("no_records_" + format + ".nc"));
    EXPECT_EQ(file.read<double>("time").shape(), (shape{0}));
    EXPECT_EQ(file.read<float>("v").shape(), (shape{0, 3}));
    EXPECT_EQ(file.read<std::int16_t>("v", {.decode = false}).shape(), (shape{0, 3}));
    EXPECT_EQ(file.read_missing("v").shape(), (shape{0, 3}));
    EXPECT_TRUE(file.read_strings("names").empty());
    EXPECT_THROW(file.read<float>("v", {0, 0}, {1, 3}), shape_error);
    netcdf_file const empty(folder_ / ("empty_" + format + ".nc"));
    EXPECT_TRUE(empty.variables().empty());
    EXPECT_TRUE(empty.dimensions().empty());
    EXPECT_EQ(empty.attributes().size(), 0U);
    expect_names(message_of<io_error>([&] { empty.read<float>("v"); }), {"it has none", "'v'"});
  }
}

TEST_F(odd_netcdf_files, types_that_are_no_numbers_are_listed_and_refused) {
  netcdf_file const file(folder_ / "types.nc");
  for (std::string const name : {"compound", "enumeration", "lists"}) {
    EXPECT_EQ(file.variable(name).type, netcdf_type::user_defined);
    EXPECT_EQ(file.variable(name).shape(), (shape{3}));
    for (auto const& text : {message_of<dtype_error>([&] { file.read<double>(name); }),
                             message_of<dtype_error>([&] { file.read_missing(name); }),
                             message_of<dtype_error>([&] { file.read_strings(name); })}) {
      expect_names(text, {"variable '" + name + "'", "types.nc", "a user-defined type"});
    }
  }
  expect_names(message_of<dtype_error>([&] { file.read<float>("letters"); }),
               {"'letters'", "char"});
  expect_names(message_of<dtype_error>([&] { file.read<float>("word"); }), {"'word'", "string"});
  EXPECT_EQ(file.read_strings("word"), std::vector<std::string>{"one word"});
  EXPECT_EQ(file.read_strings("letters"), std::vector<std::string>{"ab"});
  EXPECT_EQ(file.read<float>("numbers").data()[2], 3.0F);
  EXPECT_EQ(file.find_variable("deep"), nullptr);  // groups are not looked into
}

TEST_F(odd_netcdf_files, damaged_strings_are_an_error_and_no_crash) {
  std::ifstream in(folder_ / "types.nc", std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  int heaps = 0;  // HDF5 keeps strings in them
  for (std::size_t at = 0; (at = bytes.find("GCOL", at)) != std::string::npos; ++heaps) {
    bytes[at] = 'X';
  }
  ASSERT_GT(heaps, 0);
  std::ofstream(folder_ / "damaged.nc", std::ios::binary) << bytes;
  expect_names(message_of<io_error>([&] { netcdf_file const file(folder_ / "damaged.nc"); }),
               {"damaged.nc", "truncated or damaged"});
}

// Memory that ends at 1 GiB, also where the system promises more than it has.
struct small_memory final : memory_resource {
  small_memory() : before(set_resource<host>(*this)) {}
  ~small_memory() override { set_resource<host>(before); }
  void* allocate(std::size_t bytes) override {
    return bytes > std::size_t{1} << 30 ? nullptr : before.allocate(bytes);
  }
  void deallocate(void* data, std::size_t bytes) noexcept override {
    before.deallocate(data, bytes);
  }
  memory_resource& before;
};

TEST_F(odd_netcdf_files, shapes_beyond_memory_and_rank_are_refused) {
  small_memory const memory;
  netcdf_file const file(folder_ / "shapes.nc");
  expect_names(message_of<shape_error>([&] { file.read<float>("nine_axes"); }),
               {"at most 8 dimensions", "'nine_axes'", "got 9"});
  expect_names(message_of<shape_error>([&] { file.read<float>("beyond"); }),
               {"'beyond'", "(1048576, 1048576, 1024, 1048576)"});
  expect_names(message_of<out_of_memory>([&] { file.read<float>("large"); }),
               {"variable 'large'", "shapes.nc", "(1048576, 1048576, 1024)"});
  EXPECT_THROW(file.read_strings("large_text"), out_of_memory);
  EXPECT_THROW(file.read_strings("large_words"), out_of_memory);
  EXPECT_EQ(file.read<float>("large", {1048575, 7, 1023}, {1, 2, 1}).shape(), (shape{1, 2, 1}));
  EXPECT_THROW(file.read<float>("large", {1048575, 0, 0}, {2, 1, 1}), shape_error);
  index_t const most = std::numeric_limits<index_t>::max();
  EXPECT_THROW(file.read<float>("large", {1, 1, 1}, {most, most, most}), shape_error);
  EXPECT_THROW(file.read<float>("large", {most, 0, 0}, {1, 1, 1}), shape_error);
  EXPECT_EQ(file.read<int>("growing").shape(), (shape{2, 3}));
  EXPECT_EQ(file.read<float>("größe ä").data()[0], 7.0F);
}

}  // namespace
