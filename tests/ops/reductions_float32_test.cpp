// SPDX-License-Identifier: Apache-2.0
// Reductions of float32 against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_float32 : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_float32, spaces);

TYPED_TEST(reductions_float32, float32_as_numpy) { check_every_row<TypeParam, float>(); }

}  // namespace
