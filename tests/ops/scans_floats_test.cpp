// SPDX-License-Identifier: Apache-2.0
// Scans of float and double against NumPy.

#include "tests/ops/scan_cases.hpp"

namespace {

using namespace scan_cases;

template <class Space> class scans_floats : public in_each_space<Space> {};
TYPED_TEST_SUITE(scans_floats, spaces);

TYPED_TEST(scans_floats, float32_as_numpy) { check_every_row<TypeParam, float>(); }
TYPED_TEST(scans_floats, float64_as_numpy) { check_every_row<TypeParam, double>(); }

}  // namespace
