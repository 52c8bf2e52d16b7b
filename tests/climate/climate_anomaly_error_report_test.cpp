// SPDX-License-Identifier: Apache-2.0
// The line that the climate-anomaly example prints of an error. Oracle: the list of types in
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
#include "examples/climate_anomaly/error_report.hpp"

namespace {

namespace cm = cumulus;
using climate_anomaly::error_line;
using climate_anomaly::kind_of_error;

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
  EXPECT_EQ(error_line(cm::dim_error("squeeze: expected …")),
            "climate_anomaly: dim_error: squeeze: expected …");
  EXPECT_EQ(error_line(std::runtime_error("odd")), "climate_anomaly: error: odd");
  EXPECT_EQ(error_line(std::bad_alloc()),
            "climate_anomaly: out_of_memory: not enough memory; choose fewer or smaller variables "
            "with --var");
}

}  // namespace
