// SPDX-License-Identifier: Apache-2.0
#pragma once
// The 16-bit storage types. They load, store and convert; arithmetic on them is done in float.

#include <bit>
#include <type_traits>

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1 {
namespace detail {

/// Rounds a double to a binary format with `ExponentBits` and `MantissaBits` stored in 16 bits, to
/// nearest even; overflow gives infinity and NaN stays a quiet NaN.
template <int ExponentBits, int MantissaBits>
CUMULUS_HD constexpr std::uint16_t round_to_16_bits(double value) {
  constexpr int bias = (1 << (ExponentBits - 1)) - 1;
  constexpr std::uint16_t infinity = ((1 << ExponentBits) - 1) << MantissaBits;
  std::uint64_t const bits = std::bit_cast<std::uint64_t>(value);
  std::uint16_t const sign = static_cast<std::uint16_t>(bits >> 63) << 15;
  int const exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;
  std::uint64_t const fraction = bits & ((std::uint64_t{1} << 52) - 1);
  if (exponent == 1024) {
    std::uint16_t const payload = static_cast<std::uint16_t>(fraction >> (52 - MantissaBits)) |
                                  (std::uint16_t{1} << (MantissaBits - 1));
    return sign | infinity | (fraction != 0 ? payload : std::uint16_t{0});
  }
  if (exponent > bias) {
    return sign | infinity;
  }
  if (exponent < -bias - MantissaBits - 1 || exponent == -1023) {
    return sign;
  }
  // A value below the smallest normal number loses one more bit for each power of two.
  int const lost = 52 - MantissaBits + (exponent < 1 - bias ? 1 - bias - exponent : 0);
  std::uint64_t const significand = fraction | (std::uint64_t{1} << 52);
  std::uint64_t kept = significand >> lost;
  std::uint64_t const rest = significand & ((std::uint64_t{1} << lost) - 1);
  std::uint64_t const half = std::uint64_t{1} << (lost - 1);
  kept += (rest > half || (rest == half && (kept & 1) != 0)) ? 1 : 0;
  // Normal numbers carry their hidden bit into the exponent field, so a carry needs no special
  // case.
  std::uint64_t const field =
      exponent < 1 - bias
          ? kept
          : kept + (static_cast<std::uint64_t>(exponent + bias - 1) << MantissaBits);
  return sign | static_cast<std::uint16_t>(field);
}

CUMULUS_HD constexpr float float_from_half(std::uint16_t half) {
  std::uint32_t const sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  std::uint32_t const exponent = (half >> 10) & 0x1f;
  std::uint32_t const fraction = half & 0x3ff;
  if (exponent == 0x1f) {
    return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
  }
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24
    float const magnitude = static_cast<float>(fraction) * 5.9604644775390625e-08f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

}  // namespace detail

/// IEEE binary16: 5 exponent and 10 fraction bits.
struct float16 {
  std::uint16_t bits = 0;

  constexpr float16() = default;
  template <class U>
    requires std::is_arithmetic_v<U>
  CUMULUS_HD explicit constexpr float16(U value)
      : bits(detail::round_to_16_bits<5, 10>(static_cast<double>(value))) {}
  CUMULUS_HD constexpr operator float() const { return detail::float_from_half(bits); }
  static CUMULUS_HD constexpr float16 from_bits(std::uint16_t bits) {
    float16 result;
    result.bits = bits;
    return result;
  }
};

/// The upper half of a float: 8 exponent and 7 fraction bits.
struct bfloat16 {
  std::uint16_t bits = 0;

  constexpr bfloat16() = default;
  template <class U>
    requires std::is_arithmetic_v<U>
  CUMULUS_HD explicit constexpr bfloat16(U value)
      : bits(detail::round_to_16_bits<8, 7>(static_cast<double>(value))) {}
  CUMULUS_HD constexpr operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
  static CUMULUS_HD constexpr bfloat16 from_bits(std::uint16_t bits) {
    bfloat16 result;
    result.bits = bits;
    return result;
  }
};

}  // namespace cumulus::inline v1
