// SPDX-License-Identifier: Apache-2.0
// .npy files. Oracles: NumPy, through npy_cases.py, and what the format's description says.

#include "cumulus/io/npy.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cumulus/cumulus.hpp"
#include "tests/oracle_process.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace cumulus;

std::string content(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(std::string const& path, std::string const& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

template <class T> std::string bytes_of(ndarray<T, host> const& a) {
  return {reinterpret_cast<char const*>(a.data()), static_cast<std::size_t>(a.size()) * sizeof(T)};
}

/// A version-1 file: the dictionary's text and the data.
std::string npy(std::string const& header, std::string const& data = {}) {
  std::string const length = {static_cast<char>(header.size() & 0xff),
                              static_cast<char>(header.size() >> 8)};
  return std::string("\x93NUMPY\x01\x00", 8) + length + header + data;
}

std::string message_of(std::string const& path) {
  try {
    load<float, host>(path);
  } catch (error const& e) {
    return e.what();
  }
  return "nothing thrown";
}

class npy_files : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string in_folder(std::string const& name) const { return folder_ + "/" + name; }

  std::string const folder_ = oracle::scratch("npy");
};

class numpy_files : public npy_files {
 protected:
  oracle::answer script(std::string const& action) const {
    return oracle::run(CUMULUS_PYTHON " '" + oracle::source_dir() + "/tests/io/npy_cases.py' " +
                       action + " '" + folder_ + "'");
  }

  template <class T, class Target> void expect_converted(std::string const& number) const {
    auto const a = load<Target, host>(in_folder(number + ".npy"), {.convert = true});
    EXPECT_EQ(bytes_of(a), content(in_folder(number + "." + dtype_name<Target>())))
        << number << " " << dtype_name<T>() << " to " << dtype_name<Target>();
  }

  /// One file of each type and shape; every write waits for the disk.
  template <class T> void save_views(std::string const& number, ndarray<T, host> const& a) const {
    if (std::stoi(number) % 4 == 0) {
      save(in_folder(number + ".saved"), a);
      if (std::is_same_v<T, float> && a.rank() > 1) {
        save(in_folder(number + ".transposed"), transpose(a));
        save(in_folder(number + ".every_second"), a(ellipsis, slice(_, _, 2)));
      }
    }
  }

  template <class T> void expect_loaded(std::string const& number, shape const& s) const {
    auto const a = load<T, host>(in_folder(number + ".npy"));
    EXPECT_EQ(a.shape(), s) << number;
    EXPECT_EQ(bytes_of(a), content(in_folder(number + ".raw"))) << number << dtype_name<T>();
    expect_converted<T, bool>(number);
    expect_converted<T, std::int32_t>(number);
    expect_converted<T, float16>(number);
    expect_converted<T, float>(number);
    expect_converted<T, double>(number);
    expect_converted<T, complex<double>>(number);
    save_views(number, a);
    using Other = std::conditional_t<std::is_same_v<T, float>, double, float>;
    EXPECT_THROW((load<Other, host>(in_folder(number + ".npy"))), dtype_error);
    EXPECT_THROW((load<bfloat16, host>(in_folder(number + ".npy"))), dtype_error);
  }

  template <class... T>
  bool expect_loaded_as(std::string const& type, std::string const& number, shape const& s) const {
    return ((type == dtype_name<T>() && (expect_loaded<T>(number, s), true)) || ...);
  }
};

TEST_F(numpy_files, come_back_in_every_form_and_are_written_byte_for_byte) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  ASSERT_EQ(script("write").status, 0);
  std::ifstream index(in_folder("index.txt"));
  int cases = 0;
  for (std::string line; std::getline(index, line); ++cases) {
    std::istringstream fields(line);
    std::string number;
    std::string type;
    std::string extents;
    fields >> number >> type >> extents;
    shape s;
    for (double const n : oracle::numbers(extents == "-" ? "" : extents)) {
      s.push_back(static_cast<index_t>(n));
    }
    EXPECT_TRUE(
        (expect_loaded_as<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                          std::uint16_t, std::uint32_t, std::uint64_t, float16, float, double,
                          complex<float>, complex<double>>(type, number, s)))
        << line;
  }
  EXPECT_EQ(cases, 14 * 11 * 4);
  auto const checked = script("check");
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.output, "");

  std::ifstream foreign(in_folder("foreign.txt"));
  cases = 0;
  for (std::string line; std::getline(foreign, line); ++cases) {
    auto const space = line.find(' ');
    std::string const path = in_folder(line.substr(0, space) + ".npy");
    EXPECT_THROW((load<double, host>(path, {.convert = true})), dtype_error) << line;
    EXPECT_NE(message_of(path).find(line.substr(space + 1)), std::string::npos) << line;
  }
  EXPECT_EQ(cases, 9);
}

TEST_F(npy_files, hold_expressions_and_replace_older_files) {
  std::string const path = in_folder("a.npy");
  write(path, "old");
  ndarray<float, host> const a{{1, 2}, {3, 4}};
  save(path, a * 2 + 1);
  auto const b = load<float, host>(path);
  EXPECT_EQ(b.shape(), (shape{2, 2}));
  EXPECT_EQ(std::vector<float>(b.begin(), b.end()), (std::vector<float>{3, 5, 7, 9}));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  save(path, a(1, 0));
  EXPECT_EQ((load<float, host>(path).shape()), shape{});
  EXPECT_EQ((load<float, host>(path).item()), 3.0F);
}

template <class Space> struct npy_in : typed_arrays::in_each_space<Space> {};
TYPED_TEST_SUITE(npy_in, typed_arrays::spaces);

TYPED_TEST(npy_in, goes_to_a_file_and_comes_back) {
  std::string const path = oracle::scratch("space.npy");
  save(path, transpose(typed_arrays::counting<TypeParam, float>(shape{2, 3})) + 1);
  auto const a = load<double, TypeParam>(path, {.convert = true});
  static_assert(
      std::is_same_v<decltype(load<double, TypeParam>(path)), ndarray<double, TypeParam>>);
  EXPECT_EQ(a.shape(), (shape{3, 2}));
  EXPECT_EQ(typed_arrays::values_of(a), (std::vector<double>{1, 4, 2, 5, 3, 6}));
}

// Oracle: the bit patterns of bfloat16.
TEST_F(npy_files, have_no_bfloat16) {
  std::string const path = in_folder("a.npy");
  ndarray<float, host> const a{1, 1.00390625F, -2};  // the second lies between two bfloat16
  save(path, a);
  auto const b = load<bfloat16, host>(path, {.convert = true});
  EXPECT_EQ(b.data()[0].bits, 0x3f80);
  EXPECT_EQ(b.data()[1].bits, 0x3f80);
  EXPECT_EQ(b.data()[2].bits, 0xc000);
  EXPECT_THROW((load<bfloat16, host>(path)), dtype_error);
  save(path, astype<float>(b));
  EXPECT_EQ((load<float, host>(path).data()[1]), 1.0F);
}

TEST_F(npy_files, may_be_spelled_as_python_allows) {
  std::string const path = in_folder("a.npy");
  std::string const data(8, '\0');
  for (char const* header : {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n",
                             "{'shape':(2,),'descr':'=f4','fortran_order':True}",
                             "{\"descr\":\"f4\",'shape':(2 , ) ,\t"
                             "'fortran_order'\n: False\n}  ",
                             " {'descr': '|f4', 'fortran_order': False, 'shape': ( 1 , 2 , )}",
                             "{'descr': '<f4', 'fortran_order': True, 'shape': ()}",
                             "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 7)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': ()}"}) {
    write(path, npy(header, data));
    EXPECT_NO_THROW((load<float, host>(path))) << header;
  }
}

TEST_F(npy_files, are_refused_when_the_header_is_no_dictionary_of_the_three_keys) {
  std::string const path = in_folder("a.npy");
  std::string const data(64, '\0');
  for (char const* header :
       {"", " ", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (02,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': false, 'shape': (2,)}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<\\x664', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': <f4, 'fortran_order': False, 'shape': (2,)}",
        "{'descr' '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{descr: '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        // More than the file holds, than memory holds, than 63 bits hold.
        "{'descr': '<f4', 'fortran_order': False, 'shape': (17,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 0)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551618,)}"}) {
    write(path, npy(header, data));
    EXPECT_THROW((load<float, host>(path)), io_error) << header;
    EXPECT_NE(message_of(path).find("'" + path + "'"), std::string::npos) << message_of(path);
  }
  write(path, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", data));
  EXPECT_THROW((load<float, host>(path)), shape_error);
  for (char const* descr : {"'<f5'", "'f'", "'<i16'", "''", "'float32'", "'<f4 '", "'|O'", "'<c4'",
                            "[('a', '<f4')]", "('<f4', (2,))", "'<b1x'"}) {
    write(path, npy("{'fortran_order': False, 'shape': (2,), 'descr': " + std::string(descr) + "}",
                    data));
    EXPECT_THROW((load<float, host>(path)), dtype_error) << descr;
  }
}

TEST_F(npy_files, are_refused_when_the_beginning_is_wrong) {
  std::string const path = in_folder("a.npy");
  std::string const good = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "1234");
  for (auto const& [at, byte] : {std::pair<std::size_t, char>{0, 'N'},
                                 {5, 'y'},
                                 {6, '\0'},
                                 {6, '\4'},
                                 {7, '\1'},
                                 {9, '\x7f'},
                                 {8, '\3'}}) {
    std::string bad = good;
    bad[at] = byte;
    write(path, bad);
    EXPECT_THROW((load<float, host>(path)), io_error) << at;
  }
  // Headers of 4 GiB and of 2 MiB.
  write(path, std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12));
  EXPECT_THROW((load<float, host>(path)), io_error);
  write(path, std::string("\x93NUMPY\x03\x00\x00\x00\x20\x00", 12) + std::string(1 << 21, ' '));
  EXPECT_THROW((load<float, host>(path)), io_error);
  EXPECT_THROW((load<float, host>(in_folder("missing.npy"))), io_error);
  EXPECT_THROW((load<float, host>(folder_)), io_error);
  ASSERT_EQ(::mkfifo(in_folder("pipe").c_str(), 0600), 0);
  EXPECT_THROW((load<float, host>(in_folder("pipe"))), io_error);
}

TEST_F(npy_files, that_are_cut_say_how_many_bytes_are_missing) {
  std::string const path = in_folder("a.npy");
  std::string const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  for (int version = 1; version <= 3; ++version) {
    std::string whole = npy(header, std::string(24, 'x'));
    if (version > 1) {
      whole[6] = static_cast<char>(version);
      whole.insert(10, 2, '\0');
    }
    for (std::size_t n = 0; n < whole.size(); ++n) {
      write(path, whole.substr(0, n));
      EXPECT_THROW((load<float, host>(path)), io_error) << n;
    }
    write(path, whole.substr(0, whole.size() - 1));
    std::string const message = message_of(path);
    EXPECT_NE(message.find("'" + path + "': expected " + std::to_string(whole.size()) + " bytes"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("got " + std::to_string(whole.size() - 1)), std::string::npos);
    write(path, whole + "more");  // as NumPy, which reads on from there
    EXPECT_EQ((load<float, host>(path).shape()), (shape{2, 3}));
  }
}

TEST_F(npy_files, with_any_bit_of_the_header_flipped_load_or_throw) {
  std::string const path = in_folder("a.npy");
  ndarray<std::uint16_t, host> const a{{1, 2, 3}, {4, 5, 6}};
  save(path, transpose(a));
  std::string const whole = content(path);
  int loaded = 0;
  int refused = 0;
  for (std::size_t bit = 0; bit < (whole.size() - 12) * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write(path, flipped);
    try {
      auto const b = load<double, host>(path, {.convert = true});
      EXPECT_LE(b.size(), 12);
      ++loaded;
    } catch (error const&) {
      ++refused;
    }
  }
  EXPECT_GT(loaded, 0);     // another type of as many bytes
  EXPECT_GT(refused, 200);  // every bit of the magic string and of the keys, for example
}

TEST_F(npy_files, hold_bools_that_are_true_or_false) {
  std::string const path = in_folder("a.npy");
  write(path, npy("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }",
                  std::string("\x00\x01\x02\xff", 4)));
  EXPECT_EQ(bytes_of(load<bool, host>(path)), std::string("\x00\x01\x01\x01", 4));
  EXPECT_EQ((load<std::int8_t, host>(path, {.convert = true}).data()[3]), 1);
}

TEST_F(npy_files, keep_their_old_content_when_writing_fails) {
  std::string const path = in_folder("a.npy");
  ndarray<double, host> const a(shape{4096});
  EXPECT_THROW(save(in_folder("no/folder.npy"), a), io_error);
  EXPECT_THROW(save(folder_, a), io_error);
  write(path, "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit const small{8192, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(save(path, a), io_error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
