// SPDX-License-Identifier: Apache-2.0
// Scans of the integers of one and two bytes, and unsigned ones of four against NumPy.

#include "tests/ops/scan_cases.hpp"

namespace {

using namespace scan_cases;

template <class Space> class scans_small_integers : public in_each_space<Space> {};
TYPED_TEST_SUITE(scans_small_integers, spaces);

TYPED_TEST(scans_small_integers, int8_as_numpy) { check_every_row<TypeParam, std::int8_t>(); }
TYPED_TEST(scans_small_integers, uint8_as_numpy) { check_every_row<TypeParam, std::uint8_t>(); }
TYPED_TEST(scans_small_integers, int16_as_numpy) { check_every_row<TypeParam, std::int16_t>(); }
TYPED_TEST(scans_small_integers, uint16_as_numpy) { check_every_row<TypeParam, std::uint16_t>(); }
TYPED_TEST(scans_small_integers, uint32_as_numpy) { check_every_row<TypeParam, std::uint32_t>(); }

}  // namespace
