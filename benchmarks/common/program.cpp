// SPDX-License-Identifier: Apache-2.0
// The main program of every set of benchmarks.

#include "common/program.hpp"

#include <cstring>
#include <exception>

namespace bench {

settings& current_settings() {
  static settings s;
  return s;
}

prepared& current_row() {
  static prepared row;
  return row;
}

namespace {

extents parsed_shape(char const* text) {
  extents shape;
  for (char* end = nullptr; *text != '\0'; text = *end == 'x' ? end + 1 : end) {
    shape.push_back(std::strtoll(text, &end, 10));
    if (end == text || shape.back() <= 0) {
      return {};
    }
  }
  return shape;
}

/// Takes our own arguments out of the command line; false if one is not understood.
bool take_settings(int& argc, char** argv) {
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--shape=", 8) == 0) {
      current_settings().shape = parsed_shape(argv[i] + 8);
      if (current_settings().shape.empty()) {
        std::fprintf(stderr, "expected a shape such as --shape=240x180, got %s\n", argv[i]);
        return false;
      }
    } else if (std::strncmp(argv[i], "--slack=", 8) == 0) {
      current_settings().slack = std::strtod(argv[i] + 8, nullptr);
    } else if (std::strcmp(argv[i], "--check") == 0) {
      current_settings().check = true;
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  return true;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (!bench::take_settings(argc, argv)) {
    return 2;
  }
  bench::add_rows();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  bench::current_row() = {};
  return 0;
}
