// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of int16 and uint16 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_int16 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_int16, spaces);

TYPED_TEST(elementwise_int16, int16_as_numpy) { check_every_row<TypeParam, std::int16_t>(); }
TYPED_TEST(elementwise_int16, uint16_as_numpy) { check_every_row<TypeParam, std::uint16_t>(); }

}  // namespace
