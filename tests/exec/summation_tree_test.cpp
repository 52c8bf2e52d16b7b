// SPDX-License-Identifier: Apache-2.0
// The bits of sums, means, variances and products. Oracle: plain_summation.hpp, which is
// docs/summation.md in plain loops.

#include <cmath>

#include "tests/exec/plain_summation.hpp"
#include "tests/thread_count.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::slice;

template <class T>
using number_of = std::conditional_t<cm::complex_floating<T>, plain_summation::pair, double>;

template <class T> number_of<T> widened(T x) {
  if constexpr (cm::complex_floating<T>) {
    return {static_cast<double>(x.re), static_cast<double>(x.im)};
  } else {
    return static_cast<double>(x);
  }
}
template <class R, class N> R narrowed(N x) {
  if constexpr (std::is_same_v<N, plain_summation::pair>) {
    using P = cm::real_t<R>;
    return R(static_cast<P>(x.re), static_cast<P>(x.im));
  } else {
    return static_cast<R>(x);
  }
}

/// Values of mixed sign and size, so that the order of additions shows in the result.
template <class T> cm::ndarray<T, cm::host> uneven(cm::shape const& s, std::uint64_t seed) {
  cm::ndarray<T, cm::host> a(s);
  std::mt19937_64 bits(seed);
  auto const next = [&] {
    double const unit = static_cast<double>(bits() >> 11) / 9007199254740992.0;
    int const power = static_cast<int>(bits() % 12) - 6;
    return 3.0 + std::ldexp(unit - 0.5, power);
  };
  for (index_t i = 0; i < a.size(); ++i) {
    if constexpr (cm::complex_floating<T>) {
      using P = typename T::value_type;
      P const re = static_cast<P>(next());
      a.data()[i] = T(re, static_cast<P>(next()));
    } else {
      a.data()[i] = static_cast<T>(next());
    }
  }
  return a;
}

/// The row-major positions of the elements that a reduction of shape s over `axes` brings together:
/// one list for each output, both in row-major order.
std::vector<std::vector<index_t>> slices_of(cm::shape const& s, std::vector<int> const& axes) {
  std::vector<char> reduced(static_cast<std::size_t>(s.rank()), 0);
  for (int axis : axes) {
    reduced[static_cast<std::size_t>(axis)] = 1;
  }
  index_t outputs = 1;
  for (int k = 0; k < s.rank(); ++k) {
    outputs *= reduced[static_cast<std::size_t>(k)] != 0 ? 1 : s[k];
  }
  std::vector<std::vector<index_t>> result(static_cast<std::size_t>(outputs));
  for (index_t p = 0; p < s.size(); ++p) {
    index_t rest = p;
    index_t output = 0;
    index_t weight = 1;
    for (int k = s.rank() - 1; k >= 0; --k) {
      if (reduced[static_cast<std::size_t>(k)] == 0) {
        output += rest % s[k] * weight;
        weight *= s[k];
      }
      rest /= s[k];
    }
    result[static_cast<std::size_t>(output)].push_back(p);
  }
  return result;
}

template <class T>
plain_summation::sequence<number_of<T>> gathered(cm::ndarray<T, cm::host> const& a,
                                                 std::vector<index_t> const& positions,
                                                 cm::ndarray<bool, cm::host> const* mask) {
  plain_summation::sequence<number_of<T>> s;
  for (index_t p : positions) {
    s.x.push_back(widened(a.data()[p]));
    if (mask != nullptr) {
      s.valid.push_back(mask->data()[p] ? 1 : 0);
    }
  }
  return s;
}

template <class T, class X, class Expected>
void expect_bits(X const& got, std::size_t outputs, Expected const& expected, char const* what) {
  auto const values = values_of(got);
  ASSERT_EQ(values.size(), outputs) << what;
  for (std::size_t o = 0; o < outputs; ++o) {
    T const right = narrowed<T>(expected(o));
    ASSERT_TRUE(same_bits(values[o], right)) << what << " output " << o << ": expected "
                                             << printed(right) << ", got " << printed(values[o]);
  }
}

/// Compares the four reductions of `x`, whose logical elements are `a`.
template <class T, class X>
void check(X const& x, cm::ndarray<T, cm::host> const& a, std::vector<int> const& axes,
           cm::ndarray<bool, cm::host> const* mask, std::string const& what) {
  SCOPED_TRACE(what + " of " + cm::dtype_name<T>() + " " + to_string(a.shape()));
  std::span<int const> const over(axes);
  auto const slices = slices_of(a.shape(), axes);
  auto const at = [&](std::size_t o) { return gathered(a, slices[o], mask); };
  using plain_summation::total;
  expect_bits<T>(
      cm::sum(x, over), slices.size(), [&](auto o) { return total(at(o)).value; }, "sum");
  expect_bits<T>(
      cm::mean(x, over), slices.size(), [&](auto o) { return plain_summation::mean(at(o)); },
      "mean");
  expect_bits<cm::real_t<T>>(
      cm::var(x, over, {.ddof = 1}), slices.size(),
      [&](auto o) { return plain_summation::variance(at(o), 1); }, "var");
  expect_bits<cm::real_t<T>>(
      cm::stddev(x, over), slices.size(),
      [&](auto o) { return std::sqrt(plain_summation::variance(at(o), 0)); }, "stddev");
  expect_bits<T>(
      cm::prod(x, over), slices.size(), [&](auto o) { return plain_summation::product(at(o)); },
      "prod");
}

std::vector<index_t> const sizes{1, 2, 31, 32, 33, 63, 65, 1023, 1024, 1025, 5000};

template <class Space> class summation_tree : public in_each_space<Space> {
 protected:
  using floats = type_list<float, double, cm::complex<float>, cm::complex<double>>;

  template <class T> static cm::ndarray<T, Space> here(cm::ndarray<T, cm::host> const& a) {
    return cm::ndarray<T, Space>(a.shape(), a.data());
  }
};
TYPED_TEST_SUITE(summation_tree, spaces);

TYPED_TEST(summation_tree, whole_and_vectors) {
  for_each_type(typename TestFixture::floats{}, [&]<class T>(std::type_identity<T>) {
    for (index_t n : sizes) {
      auto const a = uneven<T>(cm::shape{n}, 1);
      check<T>(this->here(a), a, {0}, nullptr, "vector");
    }
    auto const large = uneven<T>(cm::shape{100 * 1024 + 77}, 2);
    check<T>(this->here(large), large, {0}, nullptr, "vector");
  });
}

// On the host a thread merges several neighbouring tiles as soon as it has them.
TYPED_TEST(summation_tree, branches_of_several_tiles) {
  auto const a = uneven<double>(cm::shape{2, 333 * 1024 + 5}, 9);
  auto const x = this->here(a);
  for (int const threads : {1, 2, 3}) {
    thread_count const some(threads);
    check<double>(x, a, {1}, nullptr, "rows");
    check<double>(cm::maximum(x, x), a, {1}, nullptr, "rows of an expression");
    check<double>(x, a, {0, 1}, nullptr, "whole");
  }
}

TYPED_TEST(summation_tree, rows_and_columns) {
  for_each_type(typename TestFixture::floats{}, [&]<class T>(std::type_identity<T>) {
    for (index_t n : sizes) {
      auto const a = uneven<T>(cm::shape{3, n}, 3);
      check<T>(this->here(a), a, {1}, nullptr, "rows");
      check<T>(this->here(a), a, {0}, nullptr, "short columns");
      check<T>(this->here(a), a, {0, 1}, nullptr, "whole");
      auto const b = uneven<T>(cm::shape{n, 3}, 4);
      check<T>(this->here(b), b, {0}, nullptr, "columns");
      check<T>(this->here(b), b, {1}, nullptr, "short rows");
    }
    auto const wide = uneven<T>(cm::shape{70, 1100}, 5);
    check<T>(this->here(wide), wide, {0}, nullptr, "columns of several blocks");
  });
}

// The reduced index is row-major over the axes of the shape, wherever the elements lie.
TYPED_TEST(summation_tree, layouts) {
  for_each_type(typename TestFixture::floats{}, [&]<class T>(std::type_identity<T>) {
    auto const a = uneven<T>(cm::shape{37, 5, 41}, 6);
    auto const side_by_side = this->here(a);
    // The same elements with axes stored in another order, and every second one backwards.
    cm::ndarray<T, TypeParam> const swapped = cm::transpose(side_by_side, {2, 0, 1});
    auto const permuted = cm::transpose(swapped, {1, 2, 0});
    cm::ndarray<T, TypeParam> spread = cm::full<T, TypeParam>(cm::shape{37, 10, 83}, T(9));
    auto const strided = spread(_, slice(_, _, -2), slice(1, _, 2));
    strided.assign(side_by_side);
    for (std::vector<int> const& axes :
         std::vector<std::vector<int>>{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}, {}}) {
      check<T>(side_by_side, a, axes, nullptr, "contiguous");
      check<T>(permuted, a, axes, nullptr, "permuted");
      check<T>(strided, a, axes, nullptr, "strided");
      check<T>(cm::maximum(permuted, permuted), a, axes, nullptr, "expression");
    }
  });
}

// A masked element keeps its index, and a tile's shift is its first valid element.
TYPED_TEST(summation_tree, masked_elements_keep_their_index) {
  for_each_type(typename TestFixture::floats{}, [&]<class T>(std::type_identity<T>) {
    cm::shape const s{2100, 4};
    auto const a = uneven<T>(s, 7);
    cm::ndarray<bool, cm::host> valid(s);
    std::mt19937_64 bits(8);
    for (index_t i = 0; i < s.size(); ++i) {
      index_t const row = i / 4;
      // A whole tile without valid elements, then its neighbours with some.
      valid.data()[i] = row >= 1024 && row < 2048 ? false : bits() % 3 != 0;
    }
    auto const x = this->here(a);
    auto const mask = this->here(valid);
    check<T>(cm::masked(x, mask), a, {0}, &valid, "masked columns");
    check<T>(cm::masked(x, mask), a, {1}, &valid, "masked rows");
    check<T>(cm::masked(x, mask), a, {0, 1}, &valid, "masked whole");
    auto const slices = slices_of(s, {0});
    expect_bits<T>(
        cm::sum(x, 0, {.where = mask}), slices.size(),
        [&](auto o) { return plain_summation::total(gathered(a, slices[o], &valid)).value; },
        "sum where");
    cm::ndarray<T, cm::host> with_nan(a);
    for (index_t i = 0; i < s.size(); ++i) {
      if (!valid.data()[i]) {
        with_nan.data()[i] = narrowed<T>(plain_summation::number_from<number_of<T>>(NAN));
      }
    }
    auto const y = this->here(with_nan);
    expect_bits<cm::real_t<T>>(
        cm::nanvar(y, 0), slices.size(),
        [&](auto o) { return plain_summation::variance(gathered(a, slices[o], &valid), 0); },
        "nanvar");
    expect_bits<T>(
        cm::nanmean(y, 0), slices.size(),
        [&](auto o) { return plain_summation::mean(gathered(a, slices[o], &valid)); }, "nanmean");
  });
}

// In a group the index is the rank within the group.
TYPED_TEST(summation_tree, groups_count_by_rank) {
  for_each_type(typename TestFixture::floats{}, [&]<class T>(std::type_identity<T>) {
    constexpr int groups = 3;
    std::vector<int> label(3500);
    std::mt19937_64 bits(9);
    for (int& l : label) {
      l = static_cast<int>(bits() % (groups + 1)) - 1;
    }
    index_t const n = static_cast<index_t>(label.size());
    for (int axis : {0, 1}) {
      cm::shape const s = axis == 0 ? cm::shape{n, 5} : cm::shape{5, n};
      auto const a = uneven<T>(s, 10);
      auto const x = this->here(a);
      auto const members = [&](std::size_t output) {
        index_t const other = static_cast<index_t>(axis == 0 ? output % 5 : output / groups);
        int const group = static_cast<int>(axis == 0 ? output / 5 : output % groups);
        std::vector<index_t> positions;
        for (index_t i = 0; i < n; ++i) {
          if (label[static_cast<std::size_t>(i)] == group) {
            positions.push_back(axis == 0 ? i * 5 + other : other * n + i);
          }
        }
        return gathered<T>(a, positions, nullptr);
      };
      std::size_t const outputs = 5 * groups;
      expect_bits<T>(
          cm::group_sum(x, label, axis), outputs,
          [&](auto o) { return plain_summation::total(members(o)).value; }, "sum");
      expect_bits<T>(
          cm::group_mean(x, label, axis), outputs,
          [&](auto o) { return plain_summation::mean(members(o)); }, "mean");
      expect_bits<cm::real_t<T>>(
          cm::group_var(x, label, axis), outputs,
          [&](auto o) { return plain_summation::variance(members(o), 0); }, "var");
      expect_bits<T>(
          cm::group_prod(x, label, axis), outputs,
          [&](auto o) { return plain_summation::product(members(o)); }, "prod");
    }
  });
}

// An infinite part meets the neutral lanes of a short tile in every layout the same way.
TYPED_TEST(summation_tree, complex_products_of_infinities) {
  using T = cm::complex<double>;
  cm::ndarray<T, cm::host> a(cm::shape{3, 2});
  double const values[6][2] = {{1, INFINITY}, {1, 0}, {-0.0, -1}, {-0.0, 1}, {1, -0.0}, {2, 3}};
  for (index_t i = 0; i < 6; ++i) {
    a.data()[i] = T(values[i][0], values[i][1]);
  }
  auto const x = this->here(a);
  for (std::vector<int> const& axes : std::vector<std::vector<int>>{{0}, {1}, {0, 1}, {}}) {
    check<T>(x, a, axes, nullptr, "infinite");
  }
}

// float16 and bfloat16 are summed in double and rounded once. Oracle: a closed form.
TYPED_TEST(summation_tree, storage_floats_accumulate_in_double) {
  cm::ndarray<float, TypeParam> const tenth = cm::full<float, TypeParam>(cm::shape{4096}, 0.125f);
  cm::ndarray<cm::float16, TypeParam> const half = cm::astype<cm::float16>(tenth);
  EXPECT_EQ(static_cast<float>(cm::sum(half).item()), 512.0f);
  EXPECT_EQ(static_cast<float>(cm::var(half).item()), 0.0f);
  cm::ndarray<cm::bfloat16, TypeParam> const brain = cm::astype<cm::bfloat16>(tenth);
  EXPECT_EQ(static_cast<float>(cm::sum(brain).item()), 512.0f);
  EXPECT_EQ(static_cast<float>(cm::mean(brain).item()), 0.125f);
}

TYPED_TEST(summation_tree, zeros) {
  cm::ndarray<double, TypeParam> const none = cm::zeros<double, TypeParam>(cm::shape{0});
  EXPECT_FALSE(std::signbit(cm::sum(none).item()));
  cm::ndarray<double, TypeParam> const negative = cm::full<double, TypeParam>(cm::shape{70}, -0.0);
  EXPECT_TRUE(std::signbit(cm::sum(negative).item()));
  EXPECT_TRUE(std::signbit(cm::mean(negative).item()));
  EXPECT_FALSE(std::signbit(cm::sum(cm::masked(negative, negative > 0.0)).item()));
}

}  // namespace
