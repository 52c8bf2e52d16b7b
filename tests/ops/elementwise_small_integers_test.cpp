// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of bool, int8 and uint8 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_small_integers : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_small_integers, spaces);

TYPED_TEST(elementwise_small_integers, bool_as_numpy) { check_every_row<TypeParam, bool>(); }
TYPED_TEST(elementwise_small_integers, int8_as_numpy) { check_every_row<TypeParam, std::int8_t>(); }
TYPED_TEST(elementwise_small_integers, uint8_as_numpy) {
  check_every_row<TypeParam, std::uint8_t>();
}

}  // namespace
