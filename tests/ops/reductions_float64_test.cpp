// SPDX-License-Identifier: Apache-2.0
// Reductions of float64 against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_float64 : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_float64, spaces);

TYPED_TEST(reductions_float64, float64_as_numpy) { check_every_row<TypeParam, double>(); }

}  // namespace
