// SPDX-License-Identifier: Apache-2.0
// reduce_all_of of float32 against NumPy.

#include "tests/ops/statistics_cases.hpp"

namespace {

using namespace statistics_cases;

TEST(statistics_float32, every_row_as_numpy) { check_as_numpy<cm::host, float>(); }

}  // namespace
