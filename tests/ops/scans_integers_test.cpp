// SPDX-License-Identifier: Apache-2.0
// Scans of integers and bool against NumPy.

#include "tests/ops/scan_cases.hpp"

namespace {

using namespace scan_cases;

template <class Space> class scans_integers : public in_each_space<Space> {};
TYPED_TEST_SUITE(scans_integers, spaces);

TYPED_TEST(scans_integers, bool_as_numpy) { check_every_row<TypeParam, bool>(); }
TYPED_TEST(scans_integers, int64_as_numpy) { check_every_row<TypeParam, std::int64_t>(); }
TYPED_TEST(scans_integers, uint64_as_numpy) { check_every_row<TypeParam, std::uint64_t>(); }
TYPED_TEST(scans_integers, int32_as_numpy) { check_every_row<TypeParam, std::int32_t>(); }

}  // namespace
