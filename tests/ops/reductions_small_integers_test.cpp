// SPDX-License-Identifier: Apache-2.0
// Reductions of bool and 8-bit integers against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_small_integers : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_small_integers, spaces);

TYPED_TEST(reductions_small_integers, bool_as_numpy) { check_every_row<TypeParam, bool>(); }
TYPED_TEST(reductions_small_integers, int8_as_numpy) { check_every_row<TypeParam, std::int8_t>(); }
TYPED_TEST(reductions_small_integers, uint8_as_numpy) {
  check_every_row<TypeParam, std::uint8_t>();
}

}  // namespace
