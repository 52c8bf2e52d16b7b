// SPDX-License-Identifier: Apache-2.0
// slice against Python's, extreme ends and steps included.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;

TEST(slice, resolves_as_python) {
  auto const rows =
      oracle::answers_of("core/core_answers.py", "slice").at("slices").as<std::int64_t>();
  for (index_t i = 0; i < rows.shape()[0]; ++i) {
    std::int64_t const* const row = rows.data() + 8 * i;
    auto const bound = [&](int k) {
      return row[k] != 0 ? cm::slice_bound(row[k + 1]) : cm::slice_bound(cm::_);
    };
    cm::slice_extent const got = cm::resolve(cm::slice(bound(0), bound(2), row[4]), row[5]);
    ASSERT_EQ(got.count, row[6]) << "row " << i;
    if (got.count > 0) {
      ASSERT_EQ(got.first, row[7]) << "row " << i;
    } else {
      ASSERT_TRUE(got.first >= 0 && got.first <= row[5]) << "row " << i;
    }
  }
}

TEST(slice, refuses_a_step_of_zero) {
  EXPECT_THROW(cm::resolve(cm::slice(cm::_, cm::_, 0), 5), cm::value_error);
}

TEST(slice, unsigned_ends_are_clipped_and_never_count_from_the_end) {
  auto const count = [](cm::slice const& s) { return cm::resolve(s, 10).count; };
  EXPECT_EQ(count(cm::slice(0, std::size_t{0} - 1)), 10);
  EXPECT_EQ(count(cm::slice(std::uint64_t{1} << 63, cm::_)), 0);
  EXPECT_EQ(count(cm::slice(std::size_t{0} - 3, cm::_, -1)), 10);
  EXPECT_EQ(count(cm::slice(std::uint32_t{4}, std::uint32_t{0} - 1)), 6);
  EXPECT_EQ(count(cm::slice(0, -1)), 9);
  auto const a = counting<cm::host, int>(cm::shape{10});
  EXPECT_EQ(a(cm::slice(0, std::size_t{0} - 1)).shape(), cm::shape{10});
  EXPECT_THROW(a(std::size_t{0} - 1), cm::index_error);
}

}  // namespace
