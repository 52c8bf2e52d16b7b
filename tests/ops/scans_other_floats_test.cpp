// SPDX-License-Identifier: Apache-2.0
// Scans of the 16-bit and the complex types against NumPy.

#include "tests/ops/scan_cases.hpp"

namespace {

using namespace scan_cases;

template <class Space> class scans_other_floats : public in_each_space<Space> {};
TYPED_TEST_SUITE(scans_other_floats, spaces);

TYPED_TEST(scans_other_floats, float16_as_numpy) { check_every_row<TypeParam, cm::float16>(); }
TYPED_TEST(scans_other_floats, bfloat16_as_numpy) { check_every_row<TypeParam, cm::bfloat16>(); }
TYPED_TEST(scans_other_floats, complex64_as_numpy) {
  check_every_row<TypeParam, cm::complex<float>>();
}
TYPED_TEST(scans_other_floats, complex128_as_numpy) {
  check_every_row<TypeParam, cm::complex<double>>();
}

}  // namespace
