// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs the programs whose answers the tests compare with (CDO, ncgen, Python), and says when one is
// not installed: a skipped test, or a failed one where CI is set.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#ifndef CUMULUS_PYTHON
#  define CUMULUS_PYTHON "/usr/bin/python3"
#endif

// Leaves the test unless something is there; both branches return from the test's body.
#define CUMULUS_TEST_NEEDS(present, what)                            \
  do {                                                               \
    if (!(present)) {                                                \
      if (std::getenv("CI") != nullptr) {                            \
        FAIL() << "this test needs " << (what) << ", not found";     \
      }                                                              \
      GTEST_SKIP() << "this test needs " << (what) << ", not found"; \
    }                                                                \
  } while (false)

namespace oracle {

struct answer {
  int status = -1;
  std::string output;  // standard output only
};

inline answer run(std::string const& command) {
  answer out;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    return out;
  }
  char buffer[65536];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    out.output.append(buffer, n);
  }
  int const status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

inline bool has_program(std::string const& name) { return run("command -v " + name).status == 0; }

inline bool has_python_module(std::string const& name) {
  return run(std::string(CUMULUS_PYTHON) + " -c 'import " + name + "' 2>/dev/null").status == 0;
}

/// A path of this process's own in the temporary directory; the file is removed when the process
/// ends.
inline std::string scratch(std::string const& name) {
  static struct removed_at_exit {
    std::set<std::string> paths;
    ~removed_at_exit() {
      for (std::string const& path : paths) {
        std::remove(path.c_str());
      }
    }
  } files;
  auto const path = testing::TempDir() + "cumulus-" + std::to_string(getpid()) + "-" + name;
  return *files.paths.insert(path).first;
}

/// A file of Debian's ferret-datasets.
inline std::string ferret(std::string const& name) { return "/usr/share/ferret-vis/data/" + name; }

inline bool has_file(std::string const& path) { return access(path.c_str(), R_OK) == 0; }

/// The source of this repository: CMake's, else that of this header.
inline std::string source_dir() {
#ifdef CUMULUS_SOURCE_DIR
  return CUMULUS_SOURCE_DIR;
#else
  std::string const here = __FILE__;
  return here.substr(0, here.rfind("tests/oracle_process.hpp")) + ".";
#endif
}

/// All numbers of a text, whatever separates them.
inline std::vector<double> numbers(std::string_view text) {
  std::vector<double> out;
  std::string const copy(text);
  char const* at = copy.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    double const value = std::strtod(at, &end);
    if (end == at) {
      ++at;
    } else {
      out.push_back(value);
      at = end;
    }
  }
  return out;
}

/// A netCDF file made from CDL; empty where ncgen failed.
inline std::string netcdf_from_cdl(std::string const& name, std::string const& cdl) {
  std::string const file = scratch(name + ".nc");
  std::string const source = scratch(name + ".cdl");
  std::ofstream(source) << cdl;
  return run("ncgen -o " + file + " " + source).status == 0 ? file : std::string();
}

/// The values of a variable, to the last bit of a double.
inline std::vector<double> netcdf_values(std::string const& file, std::string const& variable) {
  std::string const text = run("ncdump -p 9,17 -v " + variable + " " + file).output;
  auto const data = text.find("\ndata:");
  auto const first = text.find("\n " + variable + " =", data == std::string::npos ? 0 : data);
  if (data == std::string::npos || first == std::string::npos) {
    return {};
  }
  auto const begin = first + variable.size() + 4;
  return numbers(std::string_view(text).substr(begin, text.find(';', begin) - begin));
}

/// The values that a chain of CDO operators gives, to the last bit of a double.
inline std::vector<double> cdo_values(std::string const& chain) {
  return numbers(run("cdo -s -L --double -b F64 outputf,%.17g,1 " + chain + " 2>/dev/null").output);
}

}  // namespace oracle
