// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of bfloat16 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_bfloat16 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_bfloat16, spaces);

TYPED_TEST(elementwise_bfloat16, bfloat16_as_numpy) { check_every_row<TypeParam, cm::bfloat16>(); }

}  // namespace
