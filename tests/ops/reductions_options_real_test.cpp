// SPDX-License-Identifier: Apache-2.0
// The options of reductions of floats against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_options_real : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_options_real, spaces);

TYPED_TEST(reductions_options_real, float32_as_numpy) { check_every_option<TypeParam, float>(); }
TYPED_TEST(reductions_options_real, float64_as_numpy) { check_every_option<TypeParam, double>(); }

}  // namespace
