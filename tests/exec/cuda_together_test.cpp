// SPDX-License-Identifier: Apache-2.0
// The kernel bodies of several statements over one shape, on an emulated grid. Oracle: plain loops
// over the row-major elements.

#include "cumulus/exec/cuda/together_body.hpp"

#include <gtest/gtest.h>

#include "cumulus/array/tie.hpp"
#include "cumulus/cumulus.hpp"
#include "tests/exec/emulated_grid.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;
template <class T> using array = cm::ndarray<T, cm::host>;

template <class T> array<T> counting(cm::shape const& s) {
  array<T> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = static_cast<T>(i % 100);
  }
  return a;
}

template <class View> std::vector<typename View::element_type> elements(View const& v) {
  return {v.begin(), v.end()};
}

/// Runs v = x + y, w = x * 2 on emulated grids, in the case that is expected.
template <class V, class W, class X, class Y>
void expect_both(V const& v, W const& w, X const& x, Y const& y, cm::assign_case what) {
  auto const first =
      cm::as_expression(cm::converted<cm::host, typename V::element_type>("test", x + y));
  auto const second =
      cm::as_expression(cm::converted<cm::host, typename W::element_type>("test", x * 2));
  using One = cm::tree_of<decltype(first)>;
  using Two = cm::tree_of<decltype(second)>;
  using arguments = cm::together_arguments<One, Two>;
  std::vector<typename V::element_type> sums;
  std::vector<typename W::element_type> doubles;
  auto const xs = elements(array<cm::value_type_of<X>>(cm::broadcast_to(x, v.shape())).view());
  auto const ys = elements(array<cm::value_type_of<Y>>(cm::broadcast_to(y, v.shape())).view());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    sums.push_back(static_cast<typename V::element_type>(xs[i] + ys[i]));
    doubles.push_back(static_cast<typename W::element_type>(xs[i] * 2));
  }
  cm::operand operands[arguments::count] = {cm::target_of(v).op, cm::target_of(w).op};
  cm::operand* next = operands + 2;
  for (cm::leaf const& l : std::span<cm::leaf const>(first.leaves(), One::leaf_count)) {
    cm::set_operand(*next++, l, first.shape(), v.shape(), "test");
  }
  for (cm::leaf const& l : std::span<cm::leaf const>(second.leaves(), Two::leaf_count)) {
    cm::set_operand(*next++, l, second.shape(), v.shape(), "test");
  }
  cm::elementwise_plan const sweep = cm::plan_elementwise(v.shape(), operands);
  cm::assign_plan const plan = cm::plan_together<One, Two>(sweep, operands);
  ASSERT_EQ(plan.what, what) << to_string(plan) << " of " << to_string(sweep);
  auto const a = cm::make_together_arguments<One, Two>(sweep, operands, plan, nullptr);
  for (index_t blocks : {1, 3}) {
    for (auto order : emulated_grid::thread_orders) {
      v.fill(77);
      w.fill(77);
      if (what == cm::assign_case::packs) {
        emulated_grid::emulate<cm::together_packs_body<One, Two>>(blocks, 32, a, order);
      } else {
        emulated_grid::emulate<cm::together_elements_body<One, Two>>(blocks, 32, a, order);
      }
      ASSERT_EQ(elements(v), sums) << to_string(sweep);
      ASSERT_EQ(elements(w), doubles) << to_string(sweep);
    }
  }
}

TEST(CudaTogether, Packs) {
  using enum cm::assign_case;
  for (index_t n : {1, 3, 4, 7, 1000, 1023}) {
    array<float> const x = counting<float>({n});
    array<float> const y = counting<float>({n});
    array<float> v(cm::shape{n});
    array<float> w(cm::shape{n});
    expect_both(v.view(), w.view(), x, y, packs);
    array<double> wide(cm::shape{n});
    expect_both(v.view(), wide.view(), x, y, packs);
  }
  // Rows that share one row, and one element.
  array<float> const x = counting<float>({5, 64});
  array<float> v(cm::shape{5, 64});
  array<float> w(cm::shape{5, 64});
  expect_both(v.view(), w.view(), x, x(2), packs);
  expect_both(v.view(), w.view(), x(_, slice(_, 1)), x(0), packs);
  // All begin one element behind a multiple of 16 bytes.
  expect_both(v(2, slice(1, _)), w(1, slice(1, _)), x(3, slice(1, _)), x(4, slice(1, _)), packs);
}

TEST(CudaTogether, Elements) {
  using enum cm::assign_case;
  array<float> const x = counting<float>({7, 70});
  array<float> const y = counting<float>({70, 7});
  array<float> v(cm::shape{7, 70});
  array<double> w(cm::shape{70, 7});
  expect_both(v.view(), cm::transpose(w), x, cm::transpose(y), general);
  expect_both(v(_, slice(_, 14, 2)), w(slice(_, 7), slice(_, _, -1)), x(_, slice(_, 7)),
              x(_, slice(3, 4)), general);
  // No common alignment.
  expect_both(v(2, slice(1, _)), v(1, slice(_, -1)), x(3, slice(1, _)), x(4, slice(1, _)), general);
}

TEST(CudaTogether, ReadsBeforeItStores) {
  for (index_t n : {5, 1001}) {
    array<float> a = counting<float>({n});
    array<float> b(a + 200);
    array<float> const old_a = a;
    array<float> const old_b = b;
    auto const x = b.to_expression();
    auto const y = a.to_expression();
    using Tree = cm::tree::array<float>;
    cm::operand operands[] = {cm::target_of(a.view()).op, cm::target_of(b.view()).op,
                              x.leaves()->op, y.leaves()->op};
    cm::elementwise_plan const sweep = cm::plan_elementwise(a.shape(), operands);
    cm::assign_plan const plan = cm::plan_together<Tree, Tree>(sweep, operands);
    auto const arguments = cm::make_together_arguments<Tree, Tree>(sweep, operands, plan, nullptr);
    emulated_grid::emulate<cm::together_packs_body<Tree, Tree>>(
        2, 64, arguments, emulated_grid::thread_order::random);
    EXPECT_TRUE(cm::array_equal(a, old_b));
    EXPECT_TRUE(cm::array_equal(b, old_a));
  }
}

// Oracle: the rules of docs/decisions/0003-assignment.md, by hand.
TEST(TogetherPlan, WhatIsWrittenInPlace) {
  array<float> a = counting<float>({4});
  array<float> b = counting<float>({4});
  auto const plan = [](std::initializer_list<cm::joint_part> list, bool interleaved) {
    std::vector<cm::joint_part> parts(list);
    cm::plan_parts(parts, interleaved, false, "test");
    std::vector<bool> in_place;
    for (cm::joint_part const& part : parts) {
      in_place.push_back(part.in_place);
    }
    return in_place;
  };
  auto const part = [](auto const& e, auto const& target) {
    return cm::joint_part{.leaves = {e.leaves(), static_cast<std::size_t>(e.leaf_count)},
                          .extents = &e.shape(),
                          .target = cm::target_of(target),
                          .owner = nullptr};
  };
  auto const of_a = a.to_expression();
  auto const of_b = b.to_expression();
  auto const backwards = cm::as_expression(a(slice(_, _, -1)));
  using both = std::vector<bool>;
  // A swap: the first one stores before the second one reads where they are interleaved.
  EXPECT_EQ(plan({part(of_b, a.view()), part(of_a, b.view())}, true), (both{false, true}));
  EXPECT_EQ(plan({part(of_b, a.view()), part(of_a, b.view())}, false), (both{true, true}));
  EXPECT_EQ(plan({part(of_a, a.view()), part(of_a, b.view())}, false), (both{true, true}));
  EXPECT_EQ(plan({part(backwards, a.view()), part(of_b, b.view())}, false), (both{false, true}));
  EXPECT_EQ(plan({part(of_b, a.view()), part(backwards, b.view())}, false), (both{false, true}));
  // Targets that overlap.
  EXPECT_EQ(plan({part(of_b, a.view()), part(of_b, a.view())}, false), (both{true, false}));
}

}  // namespace
