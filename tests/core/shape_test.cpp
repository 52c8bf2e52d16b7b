// SPDX-License-Identifier: Apache-2.0
// Shapes, sizes, strides and broadcasting, by closed forms and NumPy's documented rules.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::shape;
using cm::strides;

template <class F> std::string message_of(F const& f) {
  try {
    f();
  } catch (cm::error const& e) {
    return e.what();
  }
  return "";
}

TEST(shape, is_a_value_of_at_most_eight_axes) {
  shape s{2, 3};
  EXPECT_EQ(s.rank(), 2);
  EXPECT_EQ(s.size(), 6);
  EXPECT_EQ(shape{}.size(), 1);
  s.insert(0, 5);
  EXPECT_EQ(s, (shape{5, 2, 3}));
  s.erase(1);
  EXPECT_EQ(s, (shape{5, 3}));
  EXPECT_NE(s, (shape{5, 3, 1}));
  EXPECT_EQ(std::vector<index_t>(s.begin(), s.begin() + cm::max_rank),
            (std::vector<index_t>{5, 3, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(to_string(shape{}), "()");
  EXPECT_EQ(to_string(shape{3}), "(3,)");
  EXPECT_EQ(to_string(shape{96, 192}), "(96, 192)");
  EXPECT_THROW((shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), cm::shape_error);
}

TEST(shape, sizes_beyond_the_address_space_are_refused) {
  index_t const big = index_t{1} << 31;
  EXPECT_EQ(cm::checked_size(shape{big, big - 1}, 1, "f"), big * (big - 1));
  EXPECT_THROW(cm::checked_size(shape{big, big, 2}, 1, "f"), cm::shape_error);
  EXPECT_THROW(cm::checked_size(shape{big, big}, 2, "f"), cm::shape_error);
  EXPECT_THROW(cm::checked_size(shape{big, big, big, big}, 1, "f"), cm::shape_error);
  // NumPy refuses the overflow of the other extents also beside a 0.
  EXPECT_THROW(cm::checked_size(shape{big, big, big, 0}, 1, "f"), cm::shape_error);
  EXPECT_THROW(cm::checked_size(shape{0, big, big, big}, 1, "f"), cm::shape_error);
  EXPECT_THROW(cm::checked_size(shape{-1}, 1, "f"), cm::shape_error);
  EXPECT_EQ(message_of([] { cm::checked_size(shape{2, -3}, 8, "empty"); }),
            "empty: expected extents >= 0, got (2, -3)");
}

TEST(shape, row_major_strides_count_elements) {
  EXPECT_EQ(cm::row_major_strides(shape{2, 3, 4}), (strides{12, 4, 1}));
  EXPECT_EQ(cm::row_major_strides(shape{}), strides{});
  EXPECT_TRUE(cm::is_row_major(shape{2, 1, 3}, strides{3, 99, 1}));
  EXPECT_TRUE(cm::is_row_major(shape{2, 0, 3}, strides{7, 7, 7}));
  EXPECT_FALSE(cm::is_row_major(shape{2, 3}, strides{1, 2}));
}

TEST(broadcast, follows_numpy) {
  EXPECT_EQ(cm::broadcast_shapes(shape{3, 1}, shape{4}, "f"), (shape{3, 4}));
  EXPECT_EQ(cm::broadcast_shapes(shape{}, shape{2, 0}, "f"), (shape{2, 0}));
  EXPECT_EQ(cm::broadcast_shapes(shape{1}, shape{0}, "f"), shape{0});
  EXPECT_EQ(cm::broadcast_shapes(shape{5, 1, 3}, shape{5, 4, 1}, "f"), (shape{5, 4, 3}));
  EXPECT_THROW(cm::broadcast_shapes(shape{2}, shape{0}, "f"), cm::shape_error);
  EXPECT_THROW(cm::broadcast_shapes(shape{2}, shape{3}, "f"), cm::shape_error);
}

TEST(broadcast, the_message_names_shapes_and_axis) {
  EXPECT_EQ(message_of([] { cm::broadcast_shapes(shape{96, 192}, shape{97, 192}, "add"); }),
            "add: cannot broadcast (96, 192) with (97, 192): axis 0 is 96 and 97");
  EXPECT_EQ(message_of([] { cm::broadcast_shapes(shape{4}, shape{2, 3}, "less"); }),
            "less: cannot broadcast (4,) with (2, 3): axis 1 is 4 and 3");
}

TEST(axes, negative_ones_count_from_the_end) {
  EXPECT_EQ(cm::normalize_axis(-1, 3, "f"), 2);
  EXPECT_EQ(message_of([] { cm::normalize_axis(3, 3, "sum"); }),
            "sum: expected an axis in [-3, 3), got 3");
  EXPECT_THROW(cm::normalize_axis(0, 0, "f"), cm::axis_error);
  int const twice[] = {0, -2};
  EXPECT_THROW(cm::normalize_axes(twice, 2, "f"), cm::axis_error);
}

TEST(shape, strides_without_elements_never_overflow) {
  index_t const large = index_t{1} << 40;
  EXPECT_EQ(cm::row_major_strides(shape{0, large, large}), (strides{large, large, 1}));
  EXPECT_EQ(cm::row_major_strides(shape{0, 3}), (strides{3, 1}));
  EXPECT_EQ((shape{large, large, 0}).size(), 0);
  EXPECT_TRUE(cm::is_row_major(shape{large, large, 0}, strides{1, 1, 1}));
}

}  // namespace
