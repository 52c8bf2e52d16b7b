// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of int64 and uint64 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_int64 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_int64, spaces);

TYPED_TEST(elementwise_int64, int64_as_numpy) { check_every_row<TypeParam, std::int64_t>(); }
TYPED_TEST(elementwise_int64, uint64_as_numpy) { check_every_row<TypeParam, std::uint64_t>(); }

}  // namespace
