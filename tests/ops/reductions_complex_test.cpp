// SPDX-License-Identifier: Apache-2.0
// Reductions of complex numbers against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_complex : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_complex, spaces);

TYPED_TEST(reductions_complex, complex64_as_numpy) {
  check_every_row<TypeParam, cm::complex<float>>();
}
TYPED_TEST(reductions_complex, complex128_as_numpy) {
  check_every_row<TypeParam, cm::complex<double>>();
}

}  // namespace
