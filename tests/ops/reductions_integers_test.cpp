// SPDX-License-Identifier: Apache-2.0
// Reductions of 16- and 32-bit integers against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_integers : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_integers, spaces);

TYPED_TEST(reductions_integers, int16_as_numpy) { check_every_row<TypeParam, std::int16_t>(); }
TYPED_TEST(reductions_integers, uint16_as_numpy) { check_every_row<TypeParam, std::uint16_t>(); }
TYPED_TEST(reductions_integers, int32_as_numpy) { check_every_row<TypeParam, std::int32_t>(); }
TYPED_TEST(reductions_integers, uint32_as_numpy) { check_every_row<TypeParam, std::uint32_t>(); }

}  // namespace
