// SPDX-License-Identifier: Apache-2.0
// argmin and argmax along rows of several tiles. Oracle: a plain loop over the elements. Many are
// equal, so that the first one has to be found, in the first tile that has it.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "cumulus/cumulus.hpp"
#include "tests/thread_count.hpp"

namespace {

namespace cm = cumulus;
using cm::index_t;

/// The index of the first best of n elements that count; NaN before any number. -1: none counts.
template <class T> index_t first_best(T const* x, bool const* counts, index_t n, bool largest) {
  auto const value = [&](index_t i) { return static_cast<double>(x[i]); };
  index_t best = -1;
  for (index_t i = 0; i < n; ++i) {
    if (counts[i] && (best < 0 || (std::isnan(value(i)) && !std::isnan(value(best))) ||
                      (largest ? value(i) > value(best) : value(i) < value(best)))) {
      best = i;
    }
  }
  return best;
}

template <class T> class RowPositions : public testing::Test {};
using element_types =
    testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t, cm::float16, cm::bfloat16, float, double>;
TYPED_TEST_SUITE(RowPositions, element_types);

/// What there is in a row: few values, one of them once, zeros of both signs, or NaN somewhere.
template <class T> cm::ndarray<T> rows_of(index_t n, int kind, std::mt19937& random) {
  cm::ndarray<T> x = cm::zeros<T>({2, n});
  for (index_t i = 0; i < 2 * n; ++i) {
    double v = kind == 0 ? 3 : random() % 5 + (kind == 1 ? 40 : 0);
    if constexpr (cm::real_floating<T>) {
      v = kind == 2 ? (random() % 2 == 0 ? 0.0 : -0.0) : v;
      v = kind == 3 && random() % static_cast<unsigned>(n) < 2 ? std::nan("") : v;
      v = kind == 4 && random() % 3 == 0 ? (random() % 2 == 0 ? HUGE_VAL : -HUGE_VAL) : v;
      v = kind == 5 ? std::nan("") : v;
    }
    x.data()[i] = static_cast<T>(static_cast<float>(v));
  }
  if (kind == 1) {
    x.data()[random() % static_cast<unsigned>(2 * n)] = static_cast<T>(1.0f);
    x.data()[random() % static_cast<unsigned>(2 * n)] = static_cast<T>(100.0f);
  }
  return x;
}

TYPED_TEST(RowPositions, AreThoseOfAPlainLoop) {
  using T = TypeParam;
  std::mt19937 random(5);
  for (int const threads : {1, 3}) {
    thread_count const some(threads);
    for (index_t const n : {1, 2, 15, 16, 17, 63, 64, 1023, 1024, 1025, 3000, 70001}) {
      for (int kind = 0; kind < 6; ++kind) {
        cm::ndarray<T> const x = rows_of<T>(n, kind, random);
        cm::ndarray<bool> every = cm::ones<bool>({2, n});
        cm::ndarray<bool> mask = cm::ones<bool>({2, n});
        cm::ndarray<bool> number = cm::ones<bool>({2, n});
        for (index_t i = 0; i < 2 * n; ++i) {
          mask.data()[i] = random() % 3 != 0 || i % n == n / 2;
          number.data()[i] = !std::isnan(static_cast<double>(x.data()[i]));
        }
        auto const check = [&](auto const& got, cm::ndarray<bool> const& counts, bool largest,
                               char const* what) {
          cm::ndarray<std::int64_t> const at = got;
          for (index_t r = 0; r < at.size(); ++r) {
            index_t const length = 2 * n / at.size();
            ASSERT_EQ(at.data()[r], first_best(x.data() + r * length, counts.data() + r * length,
                                               length, largest))
                << cm::dtype_name<T>() << " " << what << ", " << n << " elements, kind " << kind;
          }
        };
        check(cm::argmin(x, 1), every, false, "argmin");
        check(cm::argmax(x, 1), every, true, "argmax");
        check(cm::argmin(x), every, false, "argmin of all");
        check(cm::argmax(+x, 1), every, true, "argmax of an expression");
        check(cm::argmin(cm::masked(x, mask), 1), mask, false, "argmin of masked");
        check(cm::argmax(cm::masked(+x, mask), 1), mask, true, "argmax of masked");
        if (kind != 5 && first_best(x.data(), number.data(), n, true) >= 0 &&
            first_best(x.data() + n, number.data(), n, true) >= 0) {
          check(cm::nanargmin(x, 1), number, false, "nanargmin");
          check(cm::nanargmax(x), number, true, "nanargmax of all");
        }
      }
    }
  }
}

// Elements that do not count leave a tile of the worst value, which must not win.
TYPED_TEST(RowPositions, AreNotThoseOfATileWithoutElements) {
  using T = TypeParam;
  using compute = cm::compute_t<T>;
  bool constexpr is_float = cm::real_floating<T>;
  compute const least =
      is_float ? static_cast<compute>(-HUGE_VAL) : std::numeric_limits<compute>::lowest();
  for (index_t const n : {1030, 5000}) {
    cm::ndarray<T> const x = cm::full<T>({2, n}, static_cast<T>(least));
    cm::ndarray<bool> mask = cm::zeros<bool>({2, n});
    mask.data()[1026] = mask.data()[1028] = mask.data()[2 * n - 1] = true;
    cm::ndarray<std::int64_t> const at = cm::argmax(cm::masked(x, mask), 1);
    EXPECT_EQ(at.data()[0], 1026);
    EXPECT_EQ(at.data()[1], n - 1);
    EXPECT_EQ(cm::argmax(cm::masked(+x, mask)).item(), 1026);
  }
}

}  // namespace
