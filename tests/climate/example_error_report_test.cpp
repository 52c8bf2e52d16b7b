// SPDX-License-Identifier: Apache-2.0
// The line that an example prints of an error. Oracle: the list of types in
// core/error.hpp itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <new>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "cumulus/core/error.hpp"
#include "examples/program/error_report.hpp"

namespace {

namespace cm = cumulus;
using program::error_line;
using program::kind_of_error;

std::vector<std::string> types_in_the_header() {
  std::ifstream in(CUMULUS_SOURCE_DIR "/include/cumulus/core/error.hpp");
  std::vector<std::string> names;
  std::regex const type(R"(^struct (\w+) : error \{)");
  std::smatch found;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_search(line, found, type)) {
      names.push_back(found[1]);
    }
  }
  return names;
}

TEST(ErrorReport, NamesEveryTypeOfTheLibrary) {
  std::vector<std::string> const kinds{
      kind_of_error(cm::shape_error("")),   kind_of_error(cm::axis_error("")),
      kind_of_error(cm::index_error("")),   kind_of_error(cm::dtype_error("")),
      kind_of_error(cm::value_error("")),   kind_of_error(cm::out_of_memory("")),
      kind_of_error(cm::cuda_error("")),    kind_of_error(cm::library_error("")),
      kind_of_error(cm::io_error("")),      kind_of_error(cm::dim_error("")),
      kind_of_error(cm::coord_error("")),   kind_of_error(cm::unit_error("")),
      kind_of_error(cm::calendar_error(""))};
  EXPECT_THAT(kinds, testing::UnorderedElementsAreArray(types_in_the_header()));
  EXPECT_EQ(kind_of_error(cm::error("")), "error");
}

TEST(ErrorReport, SaysWhatHappened) {
  auto const line = [](std::exception const& e) { return error_line("it", "choose less", e); };
  EXPECT_EQ(line(cm::dim_error("squeeze: expected …")), "it: dim_error: squeeze: expected …");
  EXPECT_EQ(line(std::runtime_error("odd")), "it: error: odd");
  EXPECT_EQ(line(std::bad_alloc()), "it: out_of_memory: not enough memory; choose less");
}

}  // namespace
