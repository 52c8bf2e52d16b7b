// SPDX-License-Identifier: Apache-2.0
// a.to<Space>(). Oracle: the closed form of the elements, a(i, j) = 10 i + j.

#include <gtest/gtest.h>

#include <vector>

#include "cumulus/cumulus.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace cumulus;

template <class Space> struct copies_to : typed_arrays::in_each_space<Space> {};
TYPED_TEST_SUITE(copies_to, typed_arrays::spaces);

ndarray<std::int32_t, host> tens() {
  ndarray<std::int32_t, host> a(shape{3, 4});
  for (index_t i = 0; i < 12; ++i) {
    a.data()[i] = static_cast<std::int32_t>(10 * (i / 4) + i % 4);
  }
  return a;
}

template <class A> std::vector<std::int32_t> elements(A const& a) {
  static_assert(std::is_same_v<typename A::space, host>);
  EXPECT_TRUE(a.is_contiguous());
  return {a.data(), a.data() + a.size()};
}

TYPED_TEST(copies_to, hold_the_same_elements) {
  auto const a = tens();
  auto const there = a.template to<TypeParam>();
  static_assert(
      std::is_same_v<decltype(a.template to<TypeParam>()), ndarray<std::int32_t, TypeParam>>);
  auto const back = there.template to<host>();
  EXPECT_EQ(back.shape(), (shape{3, 4}));
  EXPECT_EQ(elements(back),
            (std::vector<std::int32_t>{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23}));
  EXPECT_NE(static_cast<void const*>(back.data()), static_cast<void const*>(a.data()));
}

TYPED_TEST(copies_to, pack_views_on_either_side) {
  auto const a = tens();
  // Before the copy and after it.
  auto const there = a.template to<TypeParam>();
  std::vector<std::int32_t> const flipped{23, 21, 13, 11, 3, 1};
  EXPECT_EQ(
      elements(a(slice(_, _, -1), slice(_, _, -2)).template to<TypeParam>().template to<host>()),
      flipped);
  EXPECT_EQ(elements(there(slice(_, _, -1), slice(_, _, -2)).template to<host>()), flipped);
  auto const columns = transpose(there(_, slice(1, 3))).template to<host>();
  EXPECT_EQ(columns.shape(), (shape{2, 3}));
  EXPECT_EQ(elements(columns), (std::vector<std::int32_t>{1, 11, 21, 2, 12, 22}));
  EXPECT_EQ(elements(there(2, slice(1, _)).template to<host>()),
            (std::vector<std::int32_t>{21, 22, 23}));
}

TYPED_TEST(copies_to, may_be_empty_or_of_rank_0) {
  ndarray<std::int32_t, host> const none(shape{0, 3});
  EXPECT_EQ(none.template to<TypeParam>().template to<host>().shape(), (shape{0, 3}));
  auto const one = tens()(2, 3).template to<TypeParam>().template to<host>();
  EXPECT_EQ(one.shape(), shape{});
  EXPECT_EQ(one.item(), 23);
}

}  // namespace
