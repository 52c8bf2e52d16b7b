// SPDX-License-Identifier: Apache-2.0
// NaN, infinities, masked values and expressions in reductions, and what is refused. Oracles:
// closed forms, and NumPy's rules as quoted. (Values of every row: reductions_*_test.cpp.)

#include "cumulus/ops/reductions.hpp"

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

template <class Space> class reductions_nan : public in_each_space<Space> {};
TYPED_TEST_SUITE(reductions_nan, spaces);

// The nan-forms leave out what is masked and what is NaN.
TYPED_TEST(reductions_nan, nan_forms_of_masked_values) {
  auto const x = array_of<TypeParam, double>(cm::shape{6}, {1, nan, 4, 100, nan, 9});
  auto const valid =
      array_of<TypeParam, bool>(cm::shape{6}, {true, true, true, false, false, true});
  auto const m = cm::masked(x, valid);
  EXPECT_EQ(cm::nansum(m).item(), 14);
  EXPECT_EQ(cm::nanmean(m).item(), 14.0 / 3);
  EXPECT_EQ(cm::nanmax(m).item(), 9);
  EXPECT_EQ(cm::nanargmax(m).item(), 5);
  EXPECT_EQ(cm::nanargmin(m).item(), 0);
  EXPECT_TRUE(is_nan(cm::sum(m).item()));
  EXPECT_EQ(cm::count_valid(m).item(), 4);
  EXPECT_EQ(cm::count_valid(cm::skip_nan(m)).item(), 3);
  EXPECT_EQ(cm::nansum(cm::skip_nan(m)).item(), 14);
  EXPECT_EQ(cm::nansum(m, 0, {.where = x < 5.0}).item(), 5);
}

TYPED_TEST(reductions_nan, masked_nan_does_not_count) {
  auto const x = array_of<TypeParam, float>(cm::shape{2, 3}, {1, NAN, 3, NAN, 5, 6});
  auto const m = cm::masked(x, !cm::isnan(x));
  EXPECT_EQ(values_of(cm::sum(m, 1)), (std::vector<float>{4, 11}));
  EXPECT_EQ(values_of(cm::max(m, 0)), (std::vector<float>{1, 5, 6}));
  EXPECT_EQ(values_of(cm::argmin(m, 0)), (std::vector<std::int64_t>{0, 1, 0}));
  EXPECT_EQ(values_of(cm::count_nonzero(m, 1)), (std::vector<std::int64_t>{2, 2}));
}

// Of nothing: sum 0, prod 1, mean, var and max of floats NaN, any false, all true.
TYPED_TEST(reductions_nan, nothing_valid) {
  auto const x = array_of<TypeParam, double>(cm::shape{2, 2}, {nan, nan, 1, 2});
  auto const none = cm::masked(x, x > 7.0);
  EXPECT_EQ(values_of(cm::sum(none, 1)), (std::vector<double>{0, 0}));
  EXPECT_EQ(values_of(cm::prod(none, 0)), (std::vector<double>{1, 1}));
  EXPECT_TRUE(is_nan(cm::mean(none).item()));
  EXPECT_TRUE(is_nan(cm::var(none).item()));
  EXPECT_TRUE(is_nan(cm::max(none).item()));
  EXPECT_EQ(cm::max(none, {0, 1}, {.initial = -3.0}).item(), -3);
  EXPECT_FALSE(cm::any(none).item());
  EXPECT_TRUE(cm::all(none).item());
  EXPECT_THROW(cm::argmax(none), cm::value_error);
  EXPECT_THROW(cm::nanargmax(x, 1), cm::value_error);
  EXPECT_EQ(values_of(cm::nanargmax(x, 0)), (std::vector<std::int64_t>{1, 1}));
}

// numpy.argmax: the first NaN wins; numpy.max: NaN wins over infinity.
TYPED_TEST(reductions_nan, nan_wins) {
  cm::ndarray<double, TypeParam> x = cm::full<double, TypeParam>(cm::shape{3000}, 1.0);
  x(7) = inf;
  x(2500) = nan;
  x(2100) = nan;
  EXPECT_EQ(cm::argmax(x).item(), 2100);
  EXPECT_EQ(cm::argmin(x).item(), 2100);
  EXPECT_TRUE(is_nan(cm::max(x).item()));
  EXPECT_TRUE(is_nan(cm::min(x).item()));
  EXPECT_EQ(cm::nanmax(x).item(), inf);
  EXPECT_EQ(cm::nanargmax(x).item(), 7);
  EXPECT_EQ(cm::nansum(x).item(), inf);
}

// The first of several equal elements, wherever they fall into lanes and tiles.
TYPED_TEST(reductions_nan, the_first_of_equals) {
  for (index_t first : {0, 5, 31, 32, 1023, 1024, 2047}) {
    cm::ndarray<float, TypeParam> x = cm::zeros<float, TypeParam>(cm::shape{4000});
    for (index_t other : {first, index_t{2048}, index_t{2080}, index_t{3999}}) {
      x(other) = 2.0f;
    }
    EXPECT_EQ(cm::argmax(x).item(), first);
    EXPECT_EQ(cm::argmin(-x).item(), first);
  }
}

// Expressions are read as they are: no array is made of them.
TYPED_TEST(reductions_nan, expressions) {
  auto const x = counting<TypeParam, float>(cm::shape{20, 30});
  EXPECT_EQ(cm::sum(x * 2.0f + 1.0f).item(), 599 * 600 + 600);
  EXPECT_EQ(cm::count_nonzero(x > 99.5f).item(), 500);
  EXPECT_EQ(cm::argmax(cm::abs(x - 400.0f)).item(), 0);
  EXPECT_EQ(cm::max(cm::transpose(x) - x(0, 0), 0).shape(), (cm::shape{20}));
  auto const row = cm::mean(x - cm::mean(x, 1, {.keepdims = true}), 1);
  for (float r : values_of(row)) {
    EXPECT_EQ(r, 0.0f);
  }
  // A stride of 0: each row is the same one.
  auto const same = cm::broadcast_to(x(0), cm::shape{50, 30});
  EXPECT_EQ(values_of(cm::sum(same, 0))[29], 50.0f * 29);
  EXPECT_EQ(cm::sum(same).item(), 50.0f * 435);
  EXPECT_EQ(values_of(cm::var(same, 0))[3], 0.0f);
}

TYPED_TEST(reductions_nan, axes_in_any_form) {
  auto const x = counting<TypeParam, int>(cm::shape{2, 3, 4});
  EXPECT_EQ(values_of(cm::sum(x, {0, 2})), (std::vector<std::int64_t>{60, 92, 124}));
  EXPECT_EQ(values_of(cm::sum(x, {2, 0})), (std::vector<std::int64_t>{60, 92, 124}));
  EXPECT_EQ(values_of(cm::sum(x, {-1, -3})), (std::vector<std::int64_t>{60, 92, 124}));
  EXPECT_EQ(cm::sum(x, {0, 2}, {.keepdims = true}).shape(), (cm::shape{1, 3, 1}));
  EXPECT_EQ(cm::sum(x, {.keepdims = true}).shape(), (cm::shape{1, 1, 1}));
  // numpy.sum(x, axis=()) adds nothing up.
  EXPECT_EQ(cm::sum(x, std::span<int const>()).shape(), x.shape());
}

TYPED_TEST(reductions_nan, errors) {
  auto const x = counting<TypeParam, double>(cm::shape{2, 3});
  EXPECT_THROW(cm::sum(x, 2), cm::axis_error);
  EXPECT_THROW(cm::sum(x, -3), cm::axis_error);
  EXPECT_THROW(cm::sum(x, {0, 0}), cm::axis_error);
  EXPECT_THROW(cm::sum(x, {0, -2}), cm::axis_error);
  auto const none = cm::ndarray<double, TypeParam>(cm::shape{0, 3});
  EXPECT_THROW(cm::max(none), cm::value_error);
  EXPECT_THROW(cm::min(none, 0), cm::value_error);
  EXPECT_THROW(cm::argmax(none, 0), cm::value_error);
  EXPECT_EQ(cm::max(none, 1).shape(), (cm::shape{0}));
  // NumPy asks for an element along the reduced axes even where there is nothing to give.
  auto const nothing = cm::ndarray<double, TypeParam>(cm::shape{0, 0});
  EXPECT_THROW(cm::min(nothing, 0), cm::value_error);
  EXPECT_THROW(cm::argmin(nothing, 0), cm::value_error);
  EXPECT_THROW(cm::nanmax(nothing, 1), cm::value_error);
  EXPECT_THROW(cm::nanargmax(nothing), cm::value_error);
  EXPECT_EQ(cm::max(none, 0, {.initial = 2.0}).shape(), (cm::shape{3}));
  EXPECT_THROW(cm::max(x, 0, {.where = x > 1.0}), cm::value_error);
  auto const wrong = cm::ones<bool, TypeParam>(cm::shape{2, 4});
  EXPECT_THROW(cm::sum(x, 0, {.where = wrong}), cm::shape_error);
  try {
    cm::min(none, 0);
    FAIL();
  } catch (cm::value_error const& e) {
    EXPECT_STREQ(e.what(), "min: expected at least one element along axis 0, got shape (0, 3)");
  }
}

}  // namespace
