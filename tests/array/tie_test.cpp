// SPDX-License-Identifier: Apache-2.0
// tie(a, b) = tuple(x, y): all right-hand sides are read before anything is written, by the rules
// of docs/decisions/0003-assignment.md. Oracle: closed forms, and plain loops over copies.

#include "cumulus/array/tie.hpp"

#include <stdexcept>

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::ndarray;
using cm::shape;
using cm::slice;
using cm::tie;
using numbers = std::vector<float>;

template <class Space> class tied : public in_each_space<Space> {};
TYPED_TEST_SUITE(tied, spaces);

template <class Space> void arrays_take_values() {
  auto const x = counting<Space, float>({3, 4});
  auto const y = array_of<Space>({4}, numbers{10, 20, 30, 40});
  ndarray<float, Space> sum;
  ndarray<double, Space> difference;
  ndarray<bool, Space> less;
  tie(sum, difference, less) = cm::tuple(x + y, x - y, x < 5);
  EXPECT_EQ(sum.shape(), (shape{3, 4}));
  EXPECT_EQ(values_of(sum), (numbers{10, 21, 32, 43, 14, 25, 36, 47, 18, 29, 40, 51}));
  EXPECT_EQ(values_of(difference),
            (std::vector<double>{-10, -19, -28, -37, -6, -15, -24, -33, -2, -11, -20, -29}));
  EXPECT_EQ(values_of(less), (std::vector<unsigned char>{1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0}));
  // Right-hand sides are broadcast against each other, numbers too.
  tie(sum, difference) = cm::tuple(y, cm::broadcast_to(y(slice(_, 1)), {2, 1}));
  EXPECT_EQ(values_of(sum), (numbers{10, 20, 30, 40, 10, 20, 30, 40}));
  EXPECT_EQ(values_of(difference), std::vector<double>(8, 10.0));
  tie(sum, difference) = cm::tuple(2, y);
  EXPECT_EQ(values_of(sum), numbers(4, 2.0f));
}
TYPED_TEST(tied, arrays_take_values) { arrays_take_values<TypeParam>(); }

template <class Space> void swaps() {
  auto a = array_of<Space>({3}, numbers{1, 2, 3});
  auto b = array_of<Space>({3}, numbers{4, 5, 6});
  tie(a, b) = cm::tuple(b, a);
  EXPECT_EQ(values_of(a), (numbers{4, 5, 6}));
  EXPECT_EQ(values_of(b), (numbers{1, 2, 3}));
  tie(a, b) = cm::tuple(a + b, a - b);
  EXPECT_EQ(values_of(a), (numbers{5, 7, 9}));
  EXPECT_EQ(values_of(b), (numbers{3, 3, 3}));
  // Views, named and not, of one array.
  auto c = array_of<Space>({4}, numbers{1, 2, 3, 4});
  tie(c(slice(_, 2)), c(slice(2, _))) = cm::tuple(c(slice(2, _)), c(slice(_, 2)));
  EXPECT_EQ(values_of(c), (numbers{3, 4, 1, 2}));
  auto const v = c(slice(_, 3));
  auto const w = c(slice(1, _));
  tie(v, w) = cm::tuple(w * 10, v * 100);  // they share two elements, of which the last wins
  EXPECT_EQ(values_of(c), (numbers{40, 300, 400, 100}));
  tie(a, b) = cm::tuple(a(slice(_, _, -1)), cm::where(a > 6, a, b));
  EXPECT_EQ(values_of(a), (numbers{9, 7, 5}));
  EXPECT_EQ(values_of(b), (numbers{3, 7, 9}));
  // A long one, in pieces and threads.
  auto const x = counting<Space, float>({3, 100001});
  ndarray<float, Space> p = x;
  ndarray<float, Space> q = x * 2;
  tie(p, q) = cm::tuple(q, p);
  EXPECT_TRUE(cm::array_equal(p, x * 2));
  EXPECT_TRUE(cm::array_equal(q, x));
  tie(q(_, slice(1, _)), p(_, slice(_, -1))) =
      cm::tuple(q(_, slice(_, -1)), q(_, slice(1, _)) + p(_, slice(1, _)));
  EXPECT_TRUE(cm::array_equal(q(_, slice(1, _)), x(_, slice(_, -1))));
  EXPECT_TRUE(cm::array_equal(p(_, slice(_, -1)), x(_, slice(1, _)) * 3));
  EXPECT_EQ(p(2, -1).item(), 2 * x(2, -1).item());
}
TYPED_TEST(tied, everything_is_read_first) { swaps<TypeParam>(); }

/// Two statements over views of every kind, against loops over their elements.
template <class Space, class A, class B> void expect_both(A const& a, B const& b) {
  auto const count = cm::reshape(cm::arange<float, Space>(a.size()), a.shape());
  a.assign(count - 7);
  b.assign(3 - count);
  numbers first;
  numbers second;
  for (index_t k = 0; k < a.size(); ++k) {
    float const x = static_cast<float>(k) - 7;
    float const y = 3 - static_cast<float>(k);
    first.push_back(x + y * 2);
    second.push_back(x * y);
  }
  tie(a, b) = cm::tuple(a + b * 2, a * b);
  EXPECT_EQ(values_of(a), first) << to_string(a.shape());
  EXPECT_EQ(values_of(b), second) << to_string(a.shape());
}

template <class Space> void layouts() {
  auto const empty = [](shape const& s) { return ndarray<float, Space>(s); };
  for (shape const& s : {shape{}, shape{1}, shape{0}, shape{3, 0}, shape{7}, shape{63}, shape{129},
                         shape{5000}, shape{3, 5}, shape{1, 70}, shape{70, 1}, shape{64, 130},
                         shape{2, 3, 67}, shape{3, 2, 300}}) {
    ndarray<float, Space> a = empty(s);
    ndarray<float, Space> b = empty(s);
    expect_both<Space>(a.view(), b.view());
    shape turned;
    for (int k = s.rank() - 1; k >= 0; --k) {
      turned.push_back(s[k]);
    }
    ndarray<float, Space> c = empty(turned);
    expect_both<Space>(a.view(), cm::transpose(c));
    expect_both<Space>(cm::transpose(c), b.view());
    if (s.rank() > 0) {
      shape wide = s;
      wide[s.rank() - 1] = 2 * s[s.rank() - 1] + 1;
      ndarray<float, Space> d = empty(wide);
      d.fill(-1);
      expect_both<Space>(a.view(), d(cm::ellipsis, slice(1, _, 2)));
      EXPECT_EQ(
          values_of(d(cm::ellipsis, slice(_, _, 2))),
          numbers(static_cast<std::size_t>(s.size() > 0 ? d.size() - s.size() : d.size()), -1.0f));
      expect_both<Space>(d(cm::ellipsis, slice(-2, _, -2)), b(slice(_, _, -1)));
    }
  }
}
TYPED_TEST(tied, every_layout) { layouts<TypeParam>(); }

// Rule 4: an array takes new elements, in place where nobody can tell; older views keep theirs.
template <class Space> void rebinding() {
  auto a = array_of<Space>({3}, numbers{1, 2, 3});
  auto b = array_of<Space>({3}, numbers{4, 5, 6});
  auto const* const of_b = b.data();
  tie(a, b) = cm::tuple(a + 1, b + a);  // on the host the second one still reads a
  EXPECT_EQ(values_of(a), (numbers{2, 3, 4}));
  EXPECT_EQ(values_of(b), (numbers{5, 7, 9}));
  EXPECT_EQ(b.data(), of_b);
  tie(a, b) = cm::tuple(a * 2, b * 2);
  EXPECT_EQ(b.data(), of_b);
  EXPECT_EQ(values_of(a), (numbers{4, 6, 8}));
  auto const older = a.view();
  auto const lazy = a + 0;
  tie(a, b) = cm::tuple(b, b);
  EXPECT_EQ(values_of(older), (numbers{4, 6, 8}));
  EXPECT_EQ(values_of(lazy), (numbers{4, 6, 8}));
  EXPECT_EQ(values_of(a), (numbers{10, 14, 18}));
  // A view of a target is written where the array was.
  auto const old = a.view();
  tie(a, a(slice(_, _, 2))) = cm::tuple(cm::ndarray<float, Space>(a(slice(_, 2))), 7);
  EXPECT_EQ(values_of(a), (numbers{10, 14}));
  EXPECT_EQ(values_of(old), (numbers{7, 14, 7}));
  // The same array twice: the last one wins.
  tie(b, b) = cm::tuple(b + 1, b + 2);
  EXPECT_EQ(values_of(b), (numbers{12, 16, 20}));
  // Kept right-hand sides hold references, as expressions do.
  auto const sides = cm::tuple(b + 1, b);
  tie(a, b) = sides;
  EXPECT_EQ(values_of(b), (numbers{12, 16, 20}));
  tie(a, b) = sides;
  EXPECT_EQ(values_of(a), (numbers{13, 17, 21}));
}
TYPED_TEST(tied, arrays_rebind_and_views_write) { rebinding<TypeParam>(); }

template <class Space> void gathers() {
  auto a = counting<Space, float>({4});
  auto b = counting<Space, float>({4});
  auto const back = array_of<Space>({4}, std::vector<std::int64_t>{3, 2, 1, 0});
  tie(a, b) = cm::tuple(cm::take(b, back, 0), cm::take(a, back, 0) + 1);
  EXPECT_EQ(values_of(a), (numbers{3, 2, 1, 0}));
  EXPECT_EQ(values_of(b), (numbers{4, 3, 2, 1}));
  tie(a(_), b(_)) = cm::tuple(cm::take(b, back, 0), cm::take(a, back, 0));
  EXPECT_EQ(values_of(a), (numbers{1, 2, 3, 4}));
  EXPECT_EQ(values_of(b), (numbers{0, 1, 2, 3}));
}
TYPED_TEST(tied, gathers_read_first) { gathers<TypeParam>(); }

template <class Space> void errors() {
  auto a = counting<Space, float>({3});
  auto b = counting<Space, float>({3});
  auto const wide = counting<Space, float>({2, 3});
  EXPECT_THROW(tie(a, b) = cm::tuple(wide, cm::transpose(wide)), cm::shape_error);
  EXPECT_THROW(tie(a(_), b) = cm::tuple(wide, 0), cm::shape_error);
  EXPECT_THROW(tie(a(slice(_, 2)), b) = cm::tuple(b, b), cm::shape_error);
  cm::array_view<float, Space> const repeats(a.owner(), a.data(), {2, 3}, {0, 1});
  EXPECT_THROW(tie(b, repeats) = cm::tuple(wide, wide), cm::value_error);
  EXPECT_EQ(values_of(a), (numbers{0, 1, 2}));
  EXPECT_EQ(values_of(b), (numbers{0, 1, 2}));
}
TYPED_TEST(tied, errors) { errors<TypeParam>(); }

struct throws_at_five {
  float operator()(float x) const {
    if (x == 5) {
      throw std::runtime_error("five");
    }
    return x;
  }
};
TEST(Tie, AnArrayKeepsItsElementsWhenAnEvaluationThrows) {
  auto a = counting<cm::host, float>({9});
  auto b = counting<cm::host, float>({9});
  EXPECT_THROW(tie(a, b) = cm::tuple(a + 1, cm::map(throws_at_five{}, b)), std::runtime_error);
  EXPECT_EQ(values_of(a), values_of(counting<cm::host, float>({9})));
  EXPECT_EQ(values_of(b), values_of(counting<cm::host, float>({9})));
}

}  // namespace
