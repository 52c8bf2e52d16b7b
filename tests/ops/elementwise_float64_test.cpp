// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of float64 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_float64 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_float64, spaces);

TYPED_TEST(elementwise_float64, float64_as_numpy) { check_every_row<TypeParam, double>(); }

}  // namespace
