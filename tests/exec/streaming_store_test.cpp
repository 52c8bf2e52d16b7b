// SPDX-License-Identifier: Apache-2.0
// Large outputs, which go past the caches. Oracle: closed forms of every element.

#include "cumulus/exec/host/streaming_store.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "cumulus/cumulus.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;

TEST(StreamBytes, CopiesAnyPieceToAnyAddress) {
  std::vector<std::byte> from(700);
  for (std::size_t i = 0; i < from.size(); ++i) {
    from[i] = static_cast<std::byte>(i * 7 + 1);
  }
  for (std::size_t offset : {0, 1, 3, 16, 63}) {
    for (std::size_t bytes : {0, 1, 15, 64, 65, 200, 600}) {
      std::vector<std::byte> to(800, std::byte{255});
      {
        cm::stream_fence const fence(true);
        cm::stream_bytes(to.data() + 40 + offset, from.data() + offset / 2,
                         static_cast<index_t>(bytes));
      }
      for (std::size_t i = 0; i < to.size(); ++i) {
        bool const inside = i >= 40 + offset && i < 40 + offset + bytes;
        ASSERT_EQ(to[i], inside ? from[offset / 2 + i - 40 - offset] : std::byte{255})
            << offset << " " << bytes << " " << i;
      }
    }
  }
}

/// x + x into the middle of a larger array, from an odd offset on.
template <class T> void check_row() {
  index_t const n = cm::streamed_bytes / index_t{sizeof(T)} + 1003;
  cm::ndarray<T> out = cm::full<T>({n + 10}, static_cast<T>(9));
  cm::ndarray<T> const x = cm::astype<T>(cm::arange(n) % 50);
  out(slice(3, n + 3)) = x + x;
  for (index_t i = 0; i < n + 10; ++i) {
    index_t const k = i - 3;
    T const expected = static_cast<T>(k < 0 || k >= n ? 9 : 2 * (k % 50));
    ASSERT_TRUE(out.data()[i] == expected) << cm::dtype_name<T>() << " " << i;
  }
}

/// Memory of one's own whose elements lie between the lines' whole elements.
template <class Real> void check_misplaced() {
  using T = cm::complex<Real>;
  index_t const n = cm::streamed_bytes / index_t{sizeof(T)} + 100;
  std::size_t const bytes = static_cast<std::size_t>(n + 4) * sizeof(T);
  cm::buffer const block = cm::allocate_host(bytes);
  auto* const first = reinterpret_cast<T*>(static_cast<Real*>(block.data()) + 1);
  cm::array_view<T> const out(block, first, cm::shape{n}, cm::strides{1});
  cm::ndarray<T> const x = cm::astype<T>(cm::arange(n) % 50);
  out.assign(x + x);
  for (index_t i = 0; i < n; ++i) {
    ASSERT_TRUE(first[i] == T(static_cast<Real>(2 * (i % 50)))) << i;
  }
}

TEST(Streams, ComplexNumbersBesideMultiplesOfTheirSize) {
  check_misplaced<float>();
  check_misplaced<double>();
}

TEST(Streams, RowsOfEveryWidth) {
  check_row<std::int8_t>();
  check_row<cm::float16>();
  check_row<float>();
  check_row<double>();
  check_row<cm::complex<double>>();
}

// A pack of the result is a few bytes: the truths of doubles and of complex numbers.
template <class T> void check_truths() {
  index_t const n = cm::streamed_bytes + 1003;
  cm::ndarray<bool> out = cm::full<bool>({n + 10}, true);
  out(slice(3, n + 3)) = cm::astype<T>(cm::arange(n) % 3) == T(1);
  for (index_t i = 0; i < n + 10; ++i) {
    index_t const k = i - 3;
    ASSERT_EQ(out.data()[i], k < 0 || k >= n || k % 3 == 1) << i;
  }
}

TEST(Streams, Truths) {
  check_truths<float>();
  check_truths<double>();
  check_truths<cm::complex<double>>();
}

// Rows that are lines of the cache: several go to the loop of the expression at once.
TEST(Streams, WholeRows) {
  index_t const columns = 1024;
  index_t const rows = cm::streamed_bytes / 4 / columns + 37;
  cm::ndarray<float> out = cm::full<float>({rows, 2, columns}, -1.0f);
  cm::ndarray<float> const row = cm::astype<float>(cm::arange(columns));
  cm::ndarray<float> const column =
      cm::astype<float>(cm::reshape(cm::arange(rows) % 1000, {rows, 1}));
  out(_, 1) = row + column;
  for (index_t r = 0; r < rows; ++r) {
    for (index_t c = 0; c < columns; ++c) {
      float const* const at = out.data() + r * 2 * columns + c;
      ASSERT_EQ(at[0], -1.0f) << r << " " << c;
      ASSERT_EQ(at[columns], static_cast<float>(c + r % 1000)) << r << " " << c;
    }
  }
}

TEST(Streams, SeveralRowsWithGaps) {
  index_t const rows = 40;
  index_t const columns = cm::streamed_bytes / 4 / rows + 17;
  cm::ndarray<float> out = cm::full<float>({rows, columns + 5}, -1.0f);
  cm::ndarray<float> const row = cm::astype<float>(cm::arange(columns) % 1000);
  cm::ndarray<float> const column = cm::astype<float>(cm::reshape(cm::arange(rows), {rows, 1}));
  out(_, slice(2, columns + 2)) = row + column;
  for (index_t r = 0; r < rows; ++r) {
    for (index_t c = 0; c < columns + 5; ++c) {
      index_t const k = c - 2;
      float const expected = k < 0 || k >= columns ? -1.0f : static_cast<float>(k % 1000 + r);
      ASSERT_EQ(out.data()[r * (columns + 5) + c], expected) << r << " " << c;
    }
  }
}

// The output is read too: it is not streamed, and the values are those of one pass.
TEST(Streams, InPlace) {
  index_t const n = cm::streamed_bytes / 4 + 5;
  cm::ndarray<float> x = cm::astype<float>(cm::arange(n) % 1000);
  x += x;
  x = x * 2.0f + 1.0f;
  for (index_t i = 0; i < n; ++i) {
    ASSERT_EQ(x.data()[i], static_cast<float>(4 * (i % 1000) + 1)) << i;
  }
}

}  // namespace
