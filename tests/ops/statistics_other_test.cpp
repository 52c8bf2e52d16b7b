// SPDX-License-Identifier: Apache-2.0
// reduce_all_of of the other kinds of elements against NumPy.

#include "tests/ops/statistics_cases.hpp"

namespace {

using namespace statistics_cases;

template <class T> void check() {
  if constexpr (tested_with_options_v<T>) {
    check_as_numpy<cm::host, T>();
  }
}
TEST(statistics_other, float16_as_numpy) { check<cm::float16>(); }
TEST(statistics_other, int64_as_numpy) { check<std::int64_t>(); }
TEST(statistics_other, uint8_as_numpy) { check<std::uint8_t>(); }
TEST(statistics_other, bool_as_numpy) { check<bool>(); }
TEST(statistics_other, complex64_as_numpy) { check<cm::complex<float>>(); }

}  // namespace
