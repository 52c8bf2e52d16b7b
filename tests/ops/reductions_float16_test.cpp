// SPDX-License-Identifier: Apache-2.0
// Reductions of the 16-bit floats against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_float16 : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_float16, spaces);

TYPED_TEST(reductions_float16, float16_as_numpy) { check_every_row<TypeParam, cm::float16>(); }
TYPED_TEST(reductions_float16, bfloat16_as_numpy) { check_every_row<TypeParam, cm::bfloat16>(); }

}  // namespace
