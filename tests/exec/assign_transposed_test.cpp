// SPDX-License-Identifier: Apache-2.0
// Arrays whose neighbours lie along another axis than the output's. Oracle: the element at the
// indices in question, one by one.

#include "cumulus/exec/host/transpose_tile.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;

TEST(TransposeTile, EverySizeOfElementAndBlock) {
  for (int item : {1, 2, 4, 8, 16}) {
    for (int rows : {0, 1, 3, 8, 16, 31, 64}) {
      for (int columns : {0, 1, 5, 16, 17, 48}) {
        index_t const from_pitch = rows * item + 3;
        index_t const to_pitch = columns * item + 5;
        std::vector<std::byte> from(static_cast<std::size_t>(columns * from_pitch + item));
        for (std::size_t i = 0; i < from.size(); ++i) {
          from[i] = static_cast<std::byte>(i * 37 + i / 251);
        }
        std::vector<std::byte> to(static_cast<std::size_t>(rows * to_pitch + item),
                                  std::byte{0xee});
        auto expected = to;
        for (int r = 0; r < rows; ++r) {
          for (int c = 0; c < columns; ++c) {
            std::copy_n(from.begin() + c * from_pitch + r * item, item,
                        expected.begin() + r * to_pitch + c * item);
          }
        }
        cm::transpose_tile(to.data(), to_pitch, from.data(), from_pitch, rows, columns, item);
        ASSERT_EQ(to, expected) << item << " " << rows << " " << columns;
      }
    }
  }
}

/// 0, 1, 2, … below 100 in row-major order.
template <class T> cm::ndarray<T> small_numbers(shape const& s) {
  cm::ndarray<T> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = static_cast<T>(i % 97);
  }
  return a;
}

/// Compares elements (i, j) of a matrix with expected(i, j).
template <class T, class F> void expect_matrix(cm::ndarray<T> const& x, F const& expected) {
  index_t const columns = x.shape()[1];
  for (index_t i = 0; i < x.shape()[0]; ++i) {
    for (index_t j = 0; j < columns; ++j) {
      ASSERT_TRUE(x.data()[i * columns + j] == expected(i, j))
          << cm::dtype_name<T>() << " " << i << " " << j;
    }
  }
}

TEST(AssignTransposed, EveryDtypeAndOddShape) {
  for_each_type(every_dtype{}, []<class T>(std::type_identity<T>) {
    for (shape const& s :
         {shape{64, 64}, shape{64, 512}, shape{65, 2049}, shape{300, 70}, shape{9, 80}}) {
      auto const b = small_numbers<T>({s[1], s[0]});
      cm::ndarray<T> out(s);
      out = cm::transpose(b);
      expect_matrix(out, [&](index_t i, index_t j) { return b.data()[j * s[0] + i]; });
    }
  });
}

TEST(AssignTransposed, FusedWithOtherOperands) {
  index_t const n = 130;
  index_t const m = 700;
  auto const a = small_numbers<float>({n, m});
  auto const b = small_numbers<std::int16_t>({m, n});
  auto const c = small_numbers<double>({m, n});
  auto const row = small_numbers<float>({m});
  cm::ndarray<double> out({n, m});
  out = a + cm::transpose(b) * 2 - cm::transpose(c) + row + cm::arange(m);
  auto const expected = [&](index_t i, index_t j) {
    return static_cast<double>(a.data()[i * m + j] + 2 * b.data()[j * n + i]) -
           c.data()[j * n + i] + row.data()[j] + static_cast<double>(j);
  };
  expect_matrix(out, expected);
  cm::ndarray<double> masked({n, m});
  masked = cm::where(cm::transpose(b) > 50, cm::transpose(c), a);
  expect_matrix(masked, [&](index_t i, index_t j) {
    return b.data()[j * n + i] > 50 ? c.data()[j * n + i]
                                    : static_cast<double>(a.data()[i * m + j]);
  });
}

TEST(AssignTransposed, ViewsOnBothSides) {
  index_t const n = 90;
  auto const b = small_numbers<std::int32_t>({n, n});
  cm::ndarray<std::int32_t> out = cm::full<std::int32_t>({n, n}, -1);
  out(slice(3, n), slice(_, n - 5)) = cm::transpose(b)(slice(_, n - 3), slice(5, n));
  expect_matrix(out, [&](index_t i, index_t j) {
    return i < 3 || j >= n - 5 ? -1 : b.data()[(j + 5) * n + i - 3];
  });
  out = cm::transpose(b)(_, slice(_, _, -1));
  expect_matrix(out, [&](index_t i, index_t j) { return b.data()[(n - 1 - j) * n + i]; });
  out(slice(_, _, -1), _) = cm::transpose(b);
  expect_matrix(out, [&](index_t i, index_t j) { return b.data()[j * n + n - 1 - i]; });
  out.fill(0);
  out(_, slice(_, _, 2)) = cm::transpose(b)(_, slice(_, n / 2));
  expect_matrix(out,
                [&](index_t i, index_t j) { return j % 2 == 0 ? b.data()[j / 2 * n + i] : 0; });
}

TEST(AssignTransposed, OverlappingTheOutput) {
  index_t const n = 200;
  auto const original = small_numbers<float>({n, n});
  cm::ndarray<float> x = original;
  x = x + cm::transpose(x);
  expect_matrix(x, [&](index_t i, index_t j) {
    return original.data()[i * n + j] + original.data()[j * n + i];
  });
  x = original;
  x += 2.0f * cm::transpose(x);
  expect_matrix(x, [&](index_t i, index_t j) {
    return original.data()[i * n + j] + 2 * original.data()[j * n + i];
  });
}

TEST(AssignTransposed, EveryOrderOfThreeAxes) {
  shape const s{70, 66, 81};
  auto const x = small_numbers<std::int64_t>(s);
  int const orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (auto const& order : orders) {
    shape const t{s[order[0]], s[order[1]], s[order[2]]};
    cm::ndarray<std::int64_t> out(t);
    out = cm::transpose(x, {order[0], order[1], order[2]});
    for (index_t i = 0; i < out.size(); ++i) {
      index_t const at[3] = {i / (t[1] * t[2]), i / t[2] % t[1], i % t[2]};
      index_t source[3];
      for (int k = 0; k < 3; ++k) {
        source[order[k]] = at[k];
      }
      ASSERT_EQ(out.data()[i], x.data()[(source[0] * s[1] + source[1]) * s[2] + source[2]])
          << order[0] << order[1] << order[2] << " " << i;
    }
  }
}

// Also past the caches, and on more than one thread.
TEST(AssignTransposed, LargeOutputs) {
  index_t const n = 2061;
  auto const a = small_numbers<double>({n, n});
  auto const b = small_numbers<double>({n, n});
  cm::ndarray<double> const sum = a + cm::transpose(b);
  expect_matrix(sum,
                [&](index_t i, index_t j) { return a.data()[i * n + j] + b.data()[j * n + i]; });
}

// A functor's exception comes out of the tiles once, and the statement can be tried again.
TEST(AssignTransposed, Exceptions) {
  auto const b = small_numbers<float>({400, 300});
  cm::ndarray<float> out({300, 400});
  auto const picky = [](float x) { return x < 96 ? x : throw std::runtime_error("too large"); };
  EXPECT_THROW(out = cm::map(picky, cm::transpose(b)), std::runtime_error);
  out = cm::transpose(b);
  expect_matrix(out, [&](index_t i, index_t j) { return b.data()[j * 300 + i]; });
}

}  // namespace
