// SPDX-License-Identifier: Apache-2.0
// Arrays of more than 2^31 elements, in memory; run where CUMULUS_LONG_TESTS is set. Oracle: closed
// forms.

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "cumulus/cumulus.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::slice;

constexpr index_t n = (index_t{1} << 31) + 10;

class Large : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "takes too long under the address sanitizer";
#endif
    if (std::getenv("CUMULUS_LONG_TESTS") == nullptr) {
      GTEST_SKIP() << "set CUMULUS_LONG_TESTS to run it: it takes 7 GB of memory and minutes";
    }
  }
};

TEST_F(Large, VectorsAreWrittenReadAndReduced) {
  cm::ndarray<std::int8_t> x = cm::astype<std::int8_t>(cm::arange(n) % 100);
  EXPECT_EQ(x.size(), n);
  EXPECT_EQ(x(n - 1).item(), (n - 1) % 100);
  EXPECT_EQ(x(-2).item(), (n - 2) % 100);
  // 0 + ... + 99 = 4950 for each whole hundred.
  index_t const rest = n % 100;
  EXPECT_EQ(cm::sum(x).item(), n / 100 * 4950 + rest * (rest - 1) / 2);
  x(n - 3) = std::int8_t{127};
  EXPECT_EQ(cm::argmax(x).item(), n - 3);
  EXPECT_EQ(cm::count_nonzero(x == std::int8_t{127}).item(), 1);
  std::vector<index_t> const far{0, n - 3, -1};
  cm::ndarray<std::int8_t> const taken = cm::take(x, far, 0);
  EXPECT_EQ(taken(0).item(), 0);
  EXPECT_EQ(taken(1).item(), 127);
  EXPECT_EQ(taken(2).item(), (n - 1) % 100);
  cm::ndarray<std::int8_t> const backwards = x(slice(_, _, -1));
  EXPECT_EQ(backwards(2).item(), 127);
}

TEST_F(Large, RowsAndColumns) {
  index_t const rows = (index_t{1} << 30) + 5;
  cm::ndarray<std::int8_t> x = cm::zeros<std::int8_t>({rows, 2});
  x(_, 1) = std::int8_t{1};
  x(rows - 1, 0) = std::int8_t{5};
  auto const columns = cm::sum(x, 0);
  EXPECT_EQ(columns(0).item(), 5);
  EXPECT_EQ(columns(1).item(), rows);
  cm::ndarray<std::int8_t> const largest = cm::max(x, 1);
  EXPECT_EQ(largest(rows - 1).item(), 5);
  EXPECT_EQ(largest(rows - 2).item(), 1);
}

}  // namespace
