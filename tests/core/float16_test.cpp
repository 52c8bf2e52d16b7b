// SPDX-License-Identifier: Apache-2.0
// The 16-bit types against NumPy: every value to float, and doubles rounded once.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;

oracle::answers const& answers() { return oracle::answers_of("core/core_answers.py", "float16"); }

TEST(float16, every_value_as_numpy_float32) {
  auto const expected = answers().at("half_as_float").as<float>();
  for (int bits = 0; bits < 65536; ++bits) {
    float const value = cm::float16::from_bits(static_cast<std::uint16_t>(bits));
    ASSERT_TRUE(same_bits(value, expected.data()[bits])) << bits;
  }
}

TEST(float16, every_value_survives_the_way_to_float_and_back) {
  for (int bits = 0; bits < 65536; ++bits) {
    auto const half = cm::float16::from_bits(static_cast<std::uint16_t>(bits));
    auto const brain = cm::bfloat16::from_bits(static_cast<std::uint16_t>(bits));
    if (is_nan(half)) {
      ASSERT_TRUE(is_nan(cm::float16(static_cast<float>(half)))) << bits;
    } else {
      ASSERT_EQ(cm::float16(static_cast<float>(half)).bits, bits);
    }
    if (is_nan(brain)) {
      ASSERT_TRUE(is_nan(cm::bfloat16(static_cast<float>(brain)))) << bits;
    } else {
      ASSERT_EQ(cm::bfloat16(static_cast<float>(brain)).bits, bits);
    }
  }
}

TEST(float16, doubles_round_as_numpy) {
  auto const from = answers().at("doubles").as<double>();
  auto const expected = answers().at("halves").as<cm::float16>();
  for (index_t i = 0; i < from.size(); ++i) {
    ASSERT_TRUE(same_bits(cm::float16(from.data()[i]), expected.data()[i])) << from.data()[i];
  }
}

// Oracle: exact scaling and rint in float64, see as_bfloat16 in tests/answers_file.py.
TEST(bfloat16, doubles_round_once) {
  auto const from = answers().at("bfloat_doubles").as<double>();
  auto const expected = answers().at("bfloats").as<std::uint16_t>();
  for (index_t i = 0; i < from.size(); ++i) {
    ASSERT_TRUE(
        same_bits(cm::bfloat16(from.data()[i]), cm::bfloat16::from_bits(expected.data()[i])))
        << printed(from.data()[i]);
  }
}

TEST(bfloat16, is_the_upper_half_of_a_float) {
  for (int bits = 0; bits < 65536; ++bits) {
    float const value = cm::bfloat16::from_bits(static_cast<std::uint16_t>(bits));
    ASSERT_EQ(std::bit_cast<std::uint32_t>(value), static_cast<std::uint32_t>(bits) << 16);
  }
}

TEST(float16, overflow_and_nan_have_the_bits_of_ieee) {
  EXPECT_EQ(cm::float16(65504.0).bits, 0x7bff);
  EXPECT_EQ(cm::float16(65520.0).bits, 0x7c00);  // half-way to 65536 rounds to even: infinity
  EXPECT_EQ(cm::float16(-1e10).bits, 0xfc00);
  EXPECT_EQ(cm::float16(-0.0).bits, 0x8000);
  EXPECT_EQ(cm::float16(5.9604644775390625e-08).bits, 1);  // the smallest
  EXPECT_EQ(cm::float16(2.98e-08).bits, 0);
  EXPECT_TRUE(is_nan(cm::float16(std::nan(""))));
  EXPECT_EQ(cm::bfloat16(3.4e38).bits, 0x7f80);  // beyond the largest, 3.3895e38
  EXPECT_EQ(cm::bfloat16(1e-45).bits, 0);
}

}  // namespace
