// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the NetCDF tests share: a scratch folder, the files made by netcdf_cases.py, and other
// programs' answers.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "cumulus/io/netcdf/netcdf_type.hpp"

#ifndef CUMULUS_PYTHON
#  define CUMULUS_PYTHON "/usr/bin/python3"
#endif

namespace netcdf_cases {

namespace fs = std::filesystem;

/// What f throws: the message of an E, or words that say it was none.
template <class E, class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (E const& e) {
    return e.what();
  } catch (std::exception const& e) {
    return std::string("another exception: ") + e.what();
  }
  return "no exception";
}

/// A folder of its own, removed at the end.
class scratch {
 public:
  scratch() {
    static int number = 0;
    path_ = fs::temp_directory_path() /
            ("cumulus_netcdf_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
    fs::create_directories(path_);
  }
  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(std::string const& name) const { return path_ / name; }
  fs::path const& path() const { return path_; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {}));
  }

 private:
  fs::path path_;
};

inline bool in_ci() { return std::getenv("CI") != nullptr; }

/// Runs a command; its exit status.
inline int status_of(std::string const& command) { return std::system(command.c_str()); }

/// Numbers that a command prints.
inline std::vector<double> numbers_of(std::string const& command) {
  std::vector<double> result;
  FILE* pipe = ::popen(command.c_str(), "r");
  char word[128];
  while (pipe != nullptr && std::fscanf(pipe, "%127s", word) == 1) {
    result.push_back(std::strtod(word, nullptr));
  }
  if (pipe != nullptr) {
    EXPECT_EQ(::pclose(pipe), 0) << command;
  }
  return result;
}

inline std::string python(std::string const& arguments) {
  return std::string(CUMULUS_PYTHON) + " '" +
         (fs::path(CUMULUS_SOURCE_DIR) / "tests/io/netcdf_cases.py").string() + "' " + arguments;
}

inline bool has_netcdf4_module() {
  static bool const found =
      status_of(std::string(CUMULUS_PYTHON) + " -c 'import netCDF4, numpy' 2>/dev/null") == 0;
  return found;
}

inline bool has_program(std::string const& name) {
  return status_of("command -v " + name + " >/dev/null 2>&1") == 0;
}

/// A file of Debian's ferret-datasets.
inline fs::path ferret(std::string const& name) {
  return fs::path("/usr/share/ferret-vis/data") / name;
}

/// Element k of netcdf_cases.py's ramp(): the extremes of T, and 37 k - 50 wrapped into T.
template <class T> T ramp(int k) {
  if (k == 0) {
    return std::numeric_limits<T>::lowest();
  }
  return k == 11 ? std::numeric_limits<T>::max() : static_cast<T>(37LL * k - 50);
}

inline std::vector<std::string> const& formats() {
  static std::vector<std::string> const list{"NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET",
                                             "NETCDF3_64BIT_DATA", "NETCDF4_CLASSIC", "NETCDF4"};
  return list;
}

inline cumulus::netcdf_format format_of(std::string const& name) {
  using cumulus::netcdf_format;
  return name == "NETCDF3_CLASSIC"        ? netcdf_format::classic
         : name == "NETCDF3_64BIT_OFFSET" ? netcdf_format::classic_64bit_offset
         : name == "NETCDF3_64BIT_DATA"   ? netcdf_format::classic_64bit_data
         : name == "NETCDF4_CLASSIC"      ? netcdf_format::netcdf4_classic
                                          : netcdf_format::netcdf4;
}

/// A variable as netcdf_cases.py decodes it.
inline std::vector<double> numpy_decoded(fs::path const& file, std::string const& variable,
                                         scratch const& folder) {
  fs::path const out = folder / (variable + ".f64");
  EXPECT_EQ(
      status_of(python("dump '" + file.string() + "' " + variable + " '" + out.string() + "'")), 0);
  std::vector<double> values(fs::file_size(out) / sizeof(double));
  std::ifstream(out, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(double)));
  return values;
}

}  // namespace netcdf_cases

// Leaves a test out, in words, where a tool of the oracle is missing; in CI that fails.
#define CUMULUS_NEEDS(condition, what)  \
  if (!(condition)) {                   \
    if (netcdf_cases::in_ci()) {        \
      FAIL() << "needs " << (what);     \
    }                                   \
    GTEST_SKIP() << "needs " << (what); \
  }
