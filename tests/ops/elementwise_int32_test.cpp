// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of int32 and uint32 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_int32 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_int32, spaces);

TYPED_TEST(elementwise_int32, int32_as_numpy) { check_every_row<TypeParam, std::int32_t>(); }
TYPED_TEST(elementwise_int32, uint32_as_numpy) { check_every_row<TypeParam, std::uint32_t>(); }

}  // namespace
