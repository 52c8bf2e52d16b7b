// SPDX-License-Identifier: Apache-2.0
// The options of reductions of bool, integers, float16 and complex numbers against NumPy.

#include "tests/ops/reduction_cases.hpp"

namespace {

using namespace reduction_cases;

template <class Space> class reductions_options_other : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_options_other, spaces);

TYPED_TEST(reductions_options_other, bool_as_numpy) { check_every_option<TypeParam, bool>(); }
TYPED_TEST(reductions_options_other, int8_as_numpy) {
  check_every_option<TypeParam, std::int8_t>();
}
TYPED_TEST(reductions_options_other, int64_as_numpy) {
  check_every_option<TypeParam, std::int64_t>();
}
TYPED_TEST(reductions_options_other, float16_as_numpy) {
  check_every_option<TypeParam, cm::float16>();
}
TYPED_TEST(reductions_options_other, complex64_as_numpy) {
  check_every_option<TypeParam, cm::complex<float>>();
}

}  // namespace
