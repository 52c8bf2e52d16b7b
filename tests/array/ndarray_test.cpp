// SPDX-License-Identifier: Apache-2.0
// ndarray as a regular value: construction, moved-from state, standard algorithms and containers,
// spans of fixed rank, errors. Expected values are written out.

#include <numeric>
#include <utility>

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;
template <class T> using array = cm::ndarray<T, cm::host>;

TEST(ndarray, braces_are_values) {
  array<float> const a{{1, 2}, {3, 4}};
  EXPECT_EQ(a.shape(), (shape{2, 2}));
  EXPECT_EQ(values_of(a), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ((array<int>{2, 3}.shape()), shape{2});
  EXPECT_EQ((array<int>{5}.shape()), shape{1});
  EXPECT_EQ((array<int>{{{1, 2, 3}}, {{4, 5, 6}}}.shape()), (shape{2, 1, 3}));
  EXPECT_EQ((array<int>{{{{1, 5}, {2, 6}}}}.shape()), (shape{1, 1, 2, 2}));
  EXPECT_EQ((array<cm::complex<float>>{{1, 2}, {3, 4}}.shape()), (shape{2, 2}));
  array<bool> const flags{true, false, true};
  EXPECT_EQ(flags(2).item(), true);
  EXPECT_EQ(array<int>().shape(), shape{0});
  EXPECT_EQ(array<int>(shape{2, 3}).shape(), (shape{2, 3}));
  EXPECT_EQ(array<int>(shape{}).size(), 1);
  EXPECT_THROW((array<int>{{1, 2}, {3}}), cm::shape_error);
  EXPECT_THROW((array<int>{{{1, 1}, {2, 2}}, {{3, 3}}}), cm::shape_error);
}

/// Braces are a list wherever they stand: numpy.array of the same nested lists.
TEST(ndarray, braces_around_single_values) {
  EXPECT_EQ((array<int>{{1}}.shape()), (shape{1, 1}));
  EXPECT_EQ((array<int>{{{1}}}.shape()), (shape{1, 1, 1}));
  EXPECT_EQ((array<float>{{{1}, {2}}, {{3}, {4}}}.shape()), (shape{2, 2, 1}));
  EXPECT_EQ(values_of(array<int>{{{1}, {2}}, {{3}, {4}}}), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ((array<int>{{{{{{{{7, 8}}}}}}}}.shape()), (shape{1, 1, 1, 1, 1, 1, 1, 2}));
  EXPECT_EQ((array<int>{{}, {}}.shape()), (shape{2, 0}));
  EXPECT_EQ((array<int>{{}}.shape()), (shape{1, 0}));
  EXPECT_EQ((array<cm::complex<float>>{{{1}}, {{2}}}.shape()), (shape{2, 1, 1}));
}

TEST(ndarray, numbers_in_braces_convert) {
  double const tenth = 0.1;
  EXPECT_EQ(values_of(array<float>{1, 2.5f, tenth}), (std::vector<float>{1, 2.5f, 0.1f}));
  array<cm::float16> const half{1.5, 2};
  EXPECT_EQ(static_cast<float>(half(0).item()), 1.5f);
  EXPECT_EQ((array<cm::complex<double>>{{1, cm::complex<double>(0, 2)}}(0, 1).item().im), 2);
  EXPECT_THROW((array<std::uint8_t>{1, 256}), cm::value_error);
}

template <class Make> std::string message_of(Make const& make) {
  try {
    make();
  } catch (cm::error const& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST(ndarray, ragged_braces_name_the_depth) {
  EXPECT_EQ(message_of([] { array<int>{{1, 2}, {3}}; }),
            "ndarray: expected lists of length 2 along axis 1, got one of length 1");
  EXPECT_EQ(message_of([] { array<int>{{1, 2}, 3}; }),
            "ndarray: expected braces of depth 2 everywhere, as around the first element, got a "
            "number at depth 1");
  EXPECT_EQ(message_of([] { array<int>{1, {2}}; }),
            "ndarray: expected braces of depth 1 everywhere, as around the first element, got a "
            "list at depth 1");
  EXPECT_EQ(message_of([] { array<int>{{{{{{{{{1}}}}}}}}}; }),
            "shape: expected at most 8 axes, got 9");
}

TEST(ndarray, from_standard_containers) {
  std::vector<double> const values{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(values_of(array<double>(values)), values);
  array<double> const a = cm::from_span(std::span<double const>(values), shape{2, 3});
  EXPECT_EQ(a(1, 0).item(), 4);
  EXPECT_EQ(cm::from_vector(values).shape(), shape{6});
  EXPECT_THROW(cm::from_span(std::span<double const>(values), shape{4}), cm::shape_error);
  EXPECT_THROW(cm::from_span(std::span<double const>(values), shape{-1}), cm::shape_error);
  EXPECT_EQ(array<double>(shape{3}, values.data() + 1)(0).item(), 2);
}

TEST(ndarray, deduces_its_type_from_an_expression) {
  array<float> const a{1, 2};
  cm::ndarray b = a + a;
  static_assert(std::is_same_v<decltype(b), array<float>>);
  cm::ndarray c = a(slice(1, _));
  static_assert(std::is_same_v<decltype(c), array<float>>);
  cm::ndarray d = a;
  static_assert(std::is_same_v<decltype(d), array<float>>);
  cm::ndarray e = a < 2;
  static_assert(std::is_same_v<decltype(e), array<bool>>);
  EXPECT_EQ(values_of(b), (std::vector<float>{2, 4}));
}

TEST(ndarray, a_moved_from_array_is_empty_and_usable) {
  array<int> a{{1, 2}, {3, 4}};
  array<int> const b = std::move(a);
  EXPECT_EQ(a.shape(), shape{0});  // NOLINT: what moving leaves is documented
  EXPECT_EQ(a.begin(), a.end());
  array<int> const empty_sum = a + a;
  EXPECT_EQ(empty_sum.size(), 0);
  a = array<int>{7};
  EXPECT_EQ(a.item(), 7);
  EXPECT_EQ(b(1, 1).item(), 4);
  static_assert(std::is_nothrow_move_constructible_v<array<int>>);
  static_assert(std::is_nothrow_move_assignable_v<array<int>>);
  static_assert(std::is_nothrow_swappable_v<array<int>>);
}

TEST(ndarray, lives_in_standard_containers) {
  std::vector<array<int>> all;
  for (int n = 0; n < 20; ++n) {
    all.push_back(array<int>{n, n * n});
  }
  all.erase(all.begin(), all.begin() + 5);
  EXPECT_EQ(values_of(all[0]), (std::vector<int>{5, 25}));
  std::reverse(all.begin(), all.end());
  EXPECT_EQ(values_of(all[0]), (std::vector<int>{19, 361}));
  array<int> const* const first = &all[0];
  auto const* const data = first->data();
  std::swap(all[0], all[1]);
  EXPECT_EQ(std::as_const(all[1]).data(), data);
}

TEST(ndarray, elements_iterate_in_row_major_order) {
  array<int> a{{3, 1, 2}, {6, 5, 4}};
  std::vector<int> seen;
  for (int x : a) {
    seen.push_back(x);
  }
  EXPECT_EQ(seen, (std::vector<int>{3, 1, 2, 6, 5, 4}));
  EXPECT_EQ(std::accumulate(a.begin(), a.end(), 0), 21);
  auto const t = cm::transpose(a);
  EXPECT_EQ(std::vector<int>(t.begin(), t.end()), (std::vector<int>{3, 6, 1, 5, 2, 4}));
  auto row = a(0);
  std::sort(row.begin(), row.end());
  EXPECT_EQ(values_of(a), (std::vector<int>{1, 2, 3, 6, 5, 4}));
  auto const backwards = a(_, slice(_, _, -1));
  EXPECT_EQ(std::vector<int>(backwards.begin(), backwards.end()),
            (std::vector<int>{3, 2, 1, 4, 5, 6}));
  auto column = a(_, 1);
  for (int& x : column) {
    x = 0;
  }
  EXPECT_EQ(values_of(a), (std::vector<int>{1, 0, 3, 6, 0, 4}));
  static_assert(std::random_access_iterator<decltype(a.begin())>);
  EXPECT_EQ(a.end() - a.begin(), 6);
  EXPECT_EQ(a.begin()[4], 0);
  EXPECT_EQ(*(a.end() - 1), 4);
  EXPECT_TRUE(a.begin() < a.end());
  static_assert(std::is_same_v<decltype(*std::as_const(a).begin()), int const&>);
  array<int> const scalar(shape{}, std::vector<int>{5}.data());
  EXPECT_EQ(std::vector<int>(scalar.begin(), scalar.end()), std::vector<int>{5});
  array<int> const nothing(shape{3, 0});
  EXPECT_EQ(nothing.begin(), nothing.end());
}

TEST(ndarray, random_views_iterate_as_their_elements_are_indexed) {
  std::mt19937_64 random(1);
  for (int n = 0; n < 60; ++n) {
    auto const a = counting<cm::host, int>(n % 2 == 0 ? shape{3, 4, 5} : shape{7, 1, 2});
    auto const v = scattered<cm::host>(a, random);
    ASSERT_TRUE(std::equal(v.begin(), v.end(), a.begin(), a.end())) << n;
  }
}

TEST(ndarray, mdspan_fixes_the_rank) {
  array<int> a{{1, 2, 3}, {4, 5, 6}};
  auto const m = a.mdspan<2>();
  EXPECT_EQ(m.rank(), 2);
  EXPECT_EQ(m.extent(1), 3);
  EXPECT_EQ(m(1, 2), 6);
  m(0, 0) = 9;
  EXPECT_EQ(a(0, 0).item(), 9);
  auto const flipped = std::as_const(a)(slice(_, _, -1), slice(_, _, 2)).mdspan<2>();
  EXPECT_EQ(flipped(0, 1), 6);
  EXPECT_EQ(flipped.stride(0), -3);
  static_assert(std::is_same_v<decltype(flipped(0, 0)), int const&>);
  EXPECT_EQ(a(1, 1).mdspan<0>()(), 5);
  EXPECT_THROW(a.mdspan<1>(), cm::shape_error);
}

TEST(ndarray, item_needs_exactly_one_element) {
  EXPECT_EQ((array<int>{{7}}.item()), 7);
  EXPECT_EQ((array<int>{1, 2, 3}(-1).item()), 3);
  EXPECT_THROW((array<int>{1, 2}.item()), cm::shape_error);
  EXPECT_THROW(array<int>().item(), cm::shape_error);
  try {
    array<int>{1, 2}.item();
  } catch (cm::shape_error const& e) {
    EXPECT_STREQ(e.what(), "item: expected an array of size 1, got shape (2,)");
  }
}

TEST(ndarray, queries) {
  array<double> a(shape{2, 3, 4});
  EXPECT_EQ(a.rank(), 3);
  EXPECT_EQ(a.ndim(), 3);
  EXPECT_EQ(a.size(), 24);
  EXPECT_EQ(a.strides(), (cm::strides{12, 4, 1}));
  EXPECT_TRUE(a.is_contiguous());
  EXPECT_FALSE(cm::transpose(a).is_contiguous());
  EXPECT_TRUE(a(1).is_contiguous());
  EXPECT_FALSE(a(_, 1).is_contiguous());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, 0u);
}

template <class T> void every_dtype_is_stored_and_read() {
  T const values[] = {T(0), T(1), T(1), T(0)};
  array<T> const a(shape{2, 2}, values);
  array<T> const b = cm::transpose(a)(slice(_, _, -1));
  EXPECT_TRUE(same_bits(b(0, 0).item(), T(1))) << cm::dtype_name<T>();
  EXPECT_TRUE(same_bits(b(0, 1).item(), T(0))) << cm::dtype_name<T>();
  array<bool> const same = a == cm::transpose(a);
  EXPECT_EQ(values_of(same), (std::vector<unsigned char>{1, 1, 1, 1}));
}
TEST(ndarray, every_dtype) {
  for_each_type(every_dtype{},
                []<class T>(std::type_identity<T>) { every_dtype_is_stored_and_read<T>(); });
}

namespace both_namespaces {
using namespace std;      // NOLINT: whether both can be used together is what this tests
using namespace cumulus;  // NOLINT

template <class T> bool names_do_not_collide(T x) {
  ndarray<T, host> const a{x, x};
  ndarray<T, host> const r = sqrt(abs(a)) + round(a) + max(x, x) + min(x, x);
  bool const nan = isnan(x) || isinf(x) || signbit(x);
  ndarray<bool, host> const n = isnan(a);
  return !nan && !n(0).item() && r(1).item() == sqrt(abs(x)) + round(x) + 2 * x;
}
}  // namespace both_namespaces

TEST(ndarray, std_and_cumulus_can_be_used_together) {
  EXPECT_TRUE(both_namespaces::names_do_not_collide(4.0));
  EXPECT_TRUE(both_namespaces::names_do_not_collide(4.0f));
}

}  // namespace
