// SPDX-License-Identifier: Apache-2.0
// Elementwise functions of complex64 against NumPy.

#include "tests/ops/elementwise_cases.hpp"

namespace {

using namespace elementwise_cases;

template <class Space> class elementwise_complex64 : public in_each_space<Space> {};
TYPED_TEST_SUITE(elementwise_complex64, spaces);

TYPED_TEST(elementwise_complex64, complex64_as_numpy) {
  check_every_row<TypeParam, cm::complex<float>>();
}

}  // namespace
