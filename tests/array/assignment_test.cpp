// SPDX-License-Identifier: Apache-2.0
// The seven rules of assignment, one by one; each expected value follows from the rule it is under.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;

template <class Space> using ints = cm::ndarray<std::int64_t, Space>;
using numbers = std::vector<std::int64_t>;

template <class Space> ints<Space> make(shape const& s, numbers const& values) {
  return array_of<Space>(s, values);
}

// Rule 1: constructing and copying copies elements, moving steals, a const array slices to a view
// that reads only, a temporary may be sliced.

template <class Space> void copies_are_deep_and_moves_steal() {
  auto a = make<Space>({3}, {1, 2, 3});
  ints<Space> b = a;
  b(0) = 9;
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));
  EXPECT_EQ(values_of(b), (numbers{9, 2, 3}));

  auto const* const data = a.data();
  ints<Space> c = std::move(a);
  EXPECT_EQ(c.data(), data);
  EXPECT_EQ(a.size(), 0);
  EXPECT_EQ(a.shape(), shape{0});
  a = c;
  EXPECT_NE(a.data(), c.data());
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));

  auto const view = make<Space>({4}, {5, 6, 7, 8})(slice(1, -1));
  EXPECT_EQ(values_of(view), (numbers{6, 7}));
  ints<Space> from_view(view);
  EXPECT_NE(static_cast<void const*>(from_view.data()), view.data());
}

template <class Space> void self_assignment_keeps_the_elements() {
  auto a = make<Space>({3}, {1, 2, 3});
  auto const& same = a;
  a = same;
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));
  auto& other = a;
  a = std::move(other);
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));
  a = a(slice(_, _, -1));
  EXPECT_EQ(values_of(a), (numbers{3, 2, 1}));
  a = a + a;
  EXPECT_EQ(values_of(a), (numbers{6, 4, 2}));
}

// Rule 2: copying a view is shallow; a(…) = x, v(_) = x, v.assign(x) and op= write elements, which
// every view and every expression not yet evaluated sees.

template <class Space> void writing_through_views_is_seen_everywhere() {
  auto a = make<Space>({2, 3}, {0, 1, 2, 3, 4, 5});
  auto row = a(1);
  auto same_row = row;
  auto const twice = a * std::int64_t{2};

  a(1, 0) = 30;
  EXPECT_EQ(values_of(same_row), (numbers{30, 4, 5}));
  row(_) = make<Space>({3}, {7, 8, 9});
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2, 7, 8, 9}));
  EXPECT_EQ(values_of(same_row), (numbers{7, 8, 9}));
  EXPECT_EQ(values_of(twice), (numbers{0, 2, 4, 14, 16, 18}));
  row.assign(5);
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2, 5, 5, 5}));
  row += row;
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2, 10, 10, 10}));
  a(_, 1) *= std::int64_t{3};
  EXPECT_EQ(values_of(a), (numbers{0, 3, 2, 10, 30, 10}));
  a += make<Space>({2, 1}, {100, 200});  // broadcast to the target
  EXPECT_EQ(values_of(row), (numbers{210, 230, 210}));
  a(_) = make<Space>({3}, {1, 2, 3});
  EXPECT_EQ(values_of(row), (numbers{1, 2, 3}));
}

template <class Space> void shapes_that_do_not_broadcast_change_nothing() {
  auto a = make<Space>({2, 2}, {1, 2, 3, 4});
  EXPECT_THROW(a(_) = make<Space>({3}, {7, 8, 9}), cm::shape_error);
  EXPECT_THROW(a += make<Space>({3}, {7, 8, 9}), cm::shape_error);
  EXPECT_THROW(a(0) += make<Space>({2, 2}, {7, 8, 9, 9}), cm::shape_error);
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3, 4}));
  try {
    a(_) = make<Space>({3}, {7, 8, 9});
  } catch (cm::shape_error const& e) {
    EXPECT_NE(std::string(e.what()).find("cannot broadcast (3,) to (2, 2)"), std::string::npos)
        << e.what();
  }
}

// Rule 3: v = w between named views does not compile (tests/compile_fail), so that the algorithms
// which would move elements silently do not either.

template <class View>
constexpr bool views_are_not_assignable =
    !std::is_copy_assignable_v<View> && !std::is_move_assignable_v<View> &&
    !std::is_swappable_v<View> && !std::is_assignable_v<View&, View>;

template <class Space> void views_rebind_by_name() {
  static_assert(views_are_not_assignable<cm::array_view<double, Space>>);
  static_assert(views_are_not_assignable<cm::array_view<double const, Space>>);
  auto a = make<Space>({3}, {1, 2, 3});
  auto b = make<Space>({2}, {8, 9});
  auto v = a.view();
  v.rebind(b.view());
  EXPECT_EQ(values_of(v), (numbers{8, 9}));
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));
  v(_) = 0;
  EXPECT_EQ(values_of(b), (numbers{0, 0}));
}

// Rule 4: a = x on an owner is as if into a new buffer: older views and expressions keep the old
// values, in place or not.

template <class Space> void rebinding_an_owner_leaves_older_views_alone() {
  auto a = make<Space>({3}, {1, 2, 3});
  auto const view = a(_);
  auto const expression = a + std::int64_t{0};
  a = a * std::int64_t{10};
  EXPECT_EQ(values_of(a), (numbers{10, 20, 30}));
  EXPECT_EQ(values_of(view), (numbers{1, 2, 3}));
  EXPECT_EQ(values_of(expression), (numbers{1, 2, 3}));
  a = make<Space>({1}, {4});
  EXPECT_EQ(values_of(a), (numbers{4}));
  EXPECT_EQ(values_of(view), (numbers{1, 2, 3}));
}

template <class Space> void rebinding_is_in_place_when_nobody_can_tell() {
  auto a = make<Space>({3}, {1, 2, 3});
  auto const* const data = a.data();
  a = a * std::int64_t{10};
  EXPECT_EQ(a.data(), data);
  auto const b = make<Space>({3}, {1, 1, 1});
  a = b + std::int64_t{1};
  EXPECT_EQ(a.data(), data);
  EXPECT_EQ(values_of(a), (numbers{2, 2, 2}));
  {
    auto const expression = a + std::int64_t{0};
    a = expression;  // it is an lvalue, and must keep the values that it has now
    EXPECT_EQ(values_of(expression), (numbers{2, 2, 2}));
    a = a + std::int64_t{1};
    EXPECT_EQ(values_of(expression), (numbers{2, 2, 2}));
  }
  EXPECT_EQ(values_of(a), (numbers{3, 3, 3}));
}

template <class Space> void rebinding_takes_any_shape() {
  auto a = make<Space>({2, 2}, {1, 2, 3, 4});
  a = cm::transpose(a);
  EXPECT_EQ(values_of(a), (numbers{1, 3, 2, 4}));
  EXPECT_EQ(a.strides(), (cm::strides{2, 1}));
  a = a(0);
  EXPECT_EQ(values_of(a), (numbers{1, 3}));
  a = a(slice(0, 0));
  EXPECT_EQ(a.shape(), shape{0});
  a = cm::arange<std::int64_t, Space>(3);
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2}));
}

// Rule 5: an expression holds references: it sees writes, never rebinding.

template <class Space> void expressions_see_writes_and_no_rebinding() {
  auto a = make<Space>({2}, {1, 2});
  auto const e = a * a;
  a(0) = 5;
  EXPECT_EQ(values_of(e), (numbers{25, 4}));
  a = make<Space>({2}, {7, 7});
  EXPECT_EQ(values_of(e), (numbers{25, 4}));
  EXPECT_EQ(values_of(e), (numbers{25, 4}));  // evaluated twice
}

template <class Space> auto expression_of_locals() {
  auto a = make<Space>({2}, {1, 2});
  ints<Space> const b = make<Space>({2}, {10, 20});
  return a + b(slice(_, _, -1)) * std::int64_t{2};
}
template <class Space> void expressions_outlive_the_arrays_they_read() {
  auto const e = expression_of_locals<Space>();
  EXPECT_EQ(values_of(e), (numbers{41, 22}));
}

// Rule 6: under overlap a temporary is inserted, unless each element is read where it is written.

template <class Space> void overlapping_assignments_read_the_old_values() {
  auto a = make<Space>({5}, {0, 1, 2, 3, 4});
  a(slice(1, _)) = a(slice(_, -1));
  EXPECT_EQ(values_of(a), (numbers{0, 0, 1, 2, 3}));
  a(slice(_, -1)) = a(slice(1, _));
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2, 3, 3}));
  a(slice(_, _, -1)) = a;
  EXPECT_EQ(values_of(a), (numbers{3, 3, 2, 1, 0}));
  a(slice(1, 4)) += a(slice(0, 3));
  EXPECT_EQ(values_of(a), (numbers{3, 6, 5, 3, 0}));
  a(_) = a(0);  // a broadcast element that is overwritten on the way
  EXPECT_EQ(values_of(a), (numbers{3, 3, 3, 3, 3}));

  auto square = make<Space>({3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8});
  square(_) = cm::transpose(square);
  EXPECT_EQ(values_of(square), (numbers{0, 3, 6, 1, 4, 7, 2, 5, 8}));
  square += cm::transpose(square);
  EXPECT_EQ(values_of(square), (numbers{0, 4, 8, 4, 8, 12, 8, 12, 16}));
  square -= square(0);
  EXPECT_EQ(values_of(square), (numbers{0, 0, 0, 4, 4, 4, 8, 8, 8}));
}

template <class Space> void targets_that_repeat_elements_are_refused() {
  auto a = make<Space>({1, 3}, {1, 2, 3});
  cm::array_view<std::int64_t, Space> const repeated(a.owner(), a.data(), shape{2, 3},
                                                     cm::strides{0, 1});
  EXPECT_THROW(repeated(_) = 7, cm::value_error);
  EXPECT_THROW(repeated.assign(a), cm::value_error);
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3}));
  // One position, or none, repeats nothing.
  cm::array_view<std::int64_t, Space> const single(a.owner(), a.data(), shape{1, 3},
                                                   cm::strides{0, 1});
  single(_) = 7;
  EXPECT_EQ(values_of(a), (numbers{7, 7, 7}));
  cm::array_view<std::int64_t, Space> const none(a.owner(), a.data(), shape{2, 0},
                                                 cm::strides{0, 0});
  none(_) = 8;
  EXPECT_EQ(values_of(a), (numbers{7, 7, 7}));
}

// Rule 7: functions take array_view<T const> or a constrained template.

template <class Space> index_t size_of(cm::array_view<std::int64_t const, Space> v) {
  return v.size();
}
template <class Space> void owners_and_views_convert_to_read_only_views() {
  auto a = make<Space>({3}, {1, 2, 3});
  ints<Space> const& constant = a;
  EXPECT_EQ(size_of<Space>(a), 3);
  EXPECT_EQ(size_of<Space>(constant), 3);
  EXPECT_EQ(size_of<Space>(a(slice(1, _))), 2);
  EXPECT_EQ(size_of<Space>(make<Space>({4}, {1, 2, 3, 4})), 4);
  static_assert(!std::is_convertible_v<ints<Space> const&, cm::array_view<std::int64_t, Space>>);
}

// Conversions on the way in: NumPy's same_kind.

template <class Space> void stores_convert_as_same_kind() {
  auto f = cm::ndarray<float, Space>(shape{2});
  f(_) = cm::full<double, Space>({2}, 0.1);
  EXPECT_EQ(values_of(f), (std::vector<float>{0.1f, 0.1f}));
  f += 1.0;
  EXPECT_EQ(values_of(f), (std::vector<float>{0.1f + 1.0f, 0.1f + 1.0f}));
  f(_) = 3;
  EXPECT_EQ(values_of(f), (std::vector<float>{3, 3}));
  auto small = cm::ndarray<std::int8_t, Space>(shape{2});
  small(_) = make<Space>({2}, {300, -1});  // wraps, as in C
  EXPECT_EQ(values_of(small), (std::vector<std::int8_t>{44, -1}));
  small += std::int64_t{1};
  EXPECT_EQ(values_of(small), (std::vector<std::int8_t>{45, 0}));
  EXPECT_THROW(small(_) = 128, cm::value_error);
  EXPECT_THROW(small += 200, cm::value_error);
  EXPECT_EQ(values_of(small), (std::vector<std::int8_t>{45, 0}));
}

template <class Space> class assignment : public in_each_space<Space> {};
TYPED_TEST_SUITE(assignment, spaces);

#define CUMULUS_IN_EACH_SPACE(body) \
  TYPED_TEST(assignment, body) { body<TypeParam>(); }
CUMULUS_IN_EACH_SPACE(copies_are_deep_and_moves_steal)
CUMULUS_IN_EACH_SPACE(self_assignment_keeps_the_elements)
CUMULUS_IN_EACH_SPACE(writing_through_views_is_seen_everywhere)
CUMULUS_IN_EACH_SPACE(shapes_that_do_not_broadcast_change_nothing)
CUMULUS_IN_EACH_SPACE(views_rebind_by_name)
CUMULUS_IN_EACH_SPACE(rebinding_an_owner_leaves_older_views_alone)
CUMULUS_IN_EACH_SPACE(rebinding_is_in_place_when_nobody_can_tell)
CUMULUS_IN_EACH_SPACE(rebinding_takes_any_shape)
CUMULUS_IN_EACH_SPACE(expressions_see_writes_and_no_rebinding)
CUMULUS_IN_EACH_SPACE(expressions_outlive_the_arrays_they_read)
CUMULUS_IN_EACH_SPACE(overlapping_assignments_read_the_old_values)
CUMULUS_IN_EACH_SPACE(targets_that_repeat_elements_are_refused)
CUMULUS_IN_EACH_SPACE(owners_and_views_convert_to_read_only_views)
CUMULUS_IN_EACH_SPACE(stores_convert_as_same_kind)

}  // namespace
