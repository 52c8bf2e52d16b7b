// SPDX-License-Identifier: Apache-2.0
// Reductions of 64-bit integers against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_int64 : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_int64, spaces);

TYPED_TEST(reductions_int64, int64_as_numpy) { check_every_row<TypeParam, std::int64_t>(); }
TYPED_TEST(reductions_int64, uint64_as_numpy) { check_every_row<TypeParam, std::uint64_t>(); }

}  // namespace
