// SPDX-License-Identifier: Apache-2.0
#pragma once
// Transposes a block of elements of any size, a small square at a time, so that every line of
// memory is read once.

#include <cstdint>
#include <cstring>
#include <utility>

#include "cumulus/core/simd.hpp"

namespace cumulus::inline CUMULUS_TARGET {

namespace detail {

/// An element of 16 bytes.
struct double_word {
  std::uint64_t half[2];
};

/// Elements first, first + 1, … of a and b in turn.
template <int First, class V, std::size_t... I>
V interleave(V const& a, V const& b, std::index_sequence<I...>) {
  constexpr int n = sizeof...(I);
#if defined(__clang__)
  return __builtin_shufflevector(a, b, (First + I / 2 + I % 2 * n)...);
#else
  using element = std::remove_reference_t<decltype(V{}[0])>;
  return __builtin_shuffle(a, b, V{static_cast<element>(First + I / 2 + I % 2 * n)...});
#endif
}

/// Interleaves the first half of the lines with the second, log2 of their number times: each line
/// is then what was a column. Every index is a constant, so that the lines stay in registers.
template <int Left, class V, std::size_t... I>
void transpose_lines(std::byte* to, index_t pitch, V const (&x)[sizeof...(I)],
                     std::index_sequence<I...> all) {
  constexpr int n = sizeof...(I);
  if constexpr (Left > 1) {
    V const y[n] = {interleave<I % 2 * n / 2>(x[I / 2], x[I / 2 + n / 2], all)...};
    transpose_lines<Left / 2>(to, pitch, y, all);
  } else {
    (std::memcpy(to + static_cast<index_t>(I) * pitch, &x[I], sizeof(V)), ...);
  }
}

/// Lines and columns of a square: 16 bytes of elements, or 8 elements where one instruction takes
/// elements of two registers to any place.
template <class Word>
inline constexpr int square_side =
    vector_bytes == 64 && (sizeof(Word) == 4 || sizeof(Word) == 8) ? 8 : 16 / sizeof(Word);

/// Transposes one square.
template <class Word>
void transpose_square(std::byte* to, index_t to_pitch, std::byte const* from, index_t from_pitch) {
  constexpr int n = square_side<Word>;
  if constexpr (n == 1) {
    std::memcpy(to, from, sizeof(Word));
  } else {
    using line = typename simd<Word, n>::vec;
    [&]<std::size_t... I>(std::index_sequence<I...> all) {
      line x[n];
      (std::memcpy(&x[I], from + static_cast<index_t>(I) * from_pitch, sizeof(line)), ...);
      transpose_lines<n>(to, to_pitch, x, all);
    }(std::make_index_sequence<n>{});
  }
}

template <class Word>
void transpose_words(std::byte* to, index_t to_pitch, std::byte const* from, index_t from_pitch,
                     int rows, int columns) {
  constexpr int n = square_side<Word>;
  constexpr index_t item = sizeof(Word);
  int const whole_rows = rows - rows % n;
  int const whole_columns = columns - columns % n;
  for (int j = 0; j < whole_columns; j += n) {
    for (int i = 0; i < whole_rows; i += n) {
      transpose_square<Word>(to + i * to_pitch + j * item, to_pitch,
                             from + j * from_pitch + i * item, from_pitch);
    }
  }
  for (int j = 0; j < columns; ++j) {
    for (int i = j < whole_columns ? whole_rows : 0; i < rows; ++i) {
      std::memcpy(to + i * to_pitch + j * item, from + j * from_pitch + i * item, sizeof(Word));
    }
  }
}

}  // namespace detail

/// Copies element i of line j of `from` to element j of line i of `to`, for i < rows and
/// j < columns. Lines lie `pitch` bytes apart; an element has 1, 2, 4, 8 or 16 bytes.
inline void transpose_tile(std::byte* to, index_t to_pitch, std::byte const* from,
                           index_t from_pitch, int rows, int columns, int item_bytes) {
  auto const transpose = [&]<class Word>(std::type_identity<Word>) {
    detail::transpose_words<Word>(to, to_pitch, from, from_pitch, rows, columns);
  };
  switch (item_bytes) {
    case 1:
      return transpose(std::type_identity<std::uint8_t>{});
    case 2:
      return transpose(std::type_identity<std::uint16_t>{});
    case 4:
      return transpose(std::type_identity<std::uint32_t>{});
    case 8:
      return transpose(std::type_identity<std::uint64_t>{});
    default:
      return transpose(std::type_identity<detail::double_word>{});
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
