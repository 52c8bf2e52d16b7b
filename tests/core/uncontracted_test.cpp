// SPDX-License-Identifier: Apache-2.0
// Products are rounded before they are added to, in packs of every length. Oracle: with
// f = 1 + 2^-12 and g = 1 + 2^-11, f * f - g is 0 in float and 2^-24 in one fused operation.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;

template <class Space, class T> void rounds_products_beside(T one) {
  index_t const n = 37;
  auto const f = array_of<Space>(cm::shape{n}, std::vector<float>(n, 1 + 0x1p-12f));
  auto const g = array_of<Space>(cm::shape{n}, std::vector<float>(n, 1 + 0x1p-11f));
  auto const z = array_of<Space>(cm::shape{n}, std::vector<T>(n, one));
  EXPECT_TRUE(values_of(z * (f * f - g)) == std::vector<T>(n, T(0)));
  EXPECT_TRUE(values_of(z * (f * f)) == std::vector<T>(n, one * T(1 + 0x1p-11f)));
}

template <class Space> class uncontracted : public in_each_space<Space> {};
TYPED_TEST_SUITE(uncontracted, spaces);
TYPED_TEST(uncontracted, short_packs_of_floats) {
  rounds_products_beside<TypeParam>(1.0f);
  rounds_products_beside<TypeParam>(3.0);
  rounds_products_beside<TypeParam>(cm::complex<double>(3, 4));
}

}  // namespace
