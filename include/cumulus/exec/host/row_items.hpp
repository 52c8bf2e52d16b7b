// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elements moved by their size alone: what happens to rows on their way to and from a stage is
// compiled once, whatever their type.

#include <cstring>

#include "cumulus/exec/pack/evaluate.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

template <int Bytes>
void copy_items_of(std::byte* to, index_t to_step, std::byte const* from, index_t step,
                   index_t count) {
  for (index_t i = 0; i < count; ++i) {
    std::memcpy(to + i * to_step * Bytes, from + i * step * Bytes, Bytes);
  }
}

template <int Bytes>
void gather_items_of(std::byte* to, std::byte const* from, index_t step, index_t const* index,
                     index_t index_step, index_t count, gather_extent const& g) {
  for (index_t i = 0; i < count; ++i) {
    index_t const distance = checked_gather(index[i * index_step], g, nullptr);
    std::memcpy(to + i * Bytes, from + (i * step + distance) * Bytes, Bytes);
  }
}

/// In whole registers, because a load waits for smaller stores that it covers.
template <int Bytes>
void repeat_items_of(std::byte* to, std::byte const** item, std::size_t item_step, index_t count) {
  for (index_t r = 0; r < count; ++r, to += 64, item += item_step) {
    if constexpr (Bytes <= 8) {
      using word = simd<typename signed_of_size<Bytes>::type, vector_bytes / Bytes>;
      typename word::element x;
      std::memcpy(&x, *item, Bytes);
      typename word::vec const v = x - typename word::vec{};
      for (int i = 0; i < 64; i += vector_bytes) {
        std::memcpy(to + i, &v, sizeof(v));
      }
    } else {
      for (int i = 0; i < 64; i += Bytes) {
        std::memcpy(to + i, *item, Bytes);
      }
    }
    *item = to;
  }
}

template <int Bytes>
void replace_items_of(std::byte* at, bool const* valid, index_t count, std::byte const* item,
                      index_t item_step) {
  index_t i = 0;
  if constexpr (Bytes <= 8) {
    using word = typename signed_of_size<Bytes>::type;
    constexpr int n = vector_bytes / Bytes;
    word* const values = reinterpret_cast<word*>(at);
    word const* const items = reinterpret_cast<word const*>(item);
    word first;
    std::memcpy(&first, item, Bytes);
    for (; i + n <= count; i += n) {
      simd<word, n> const other =
          item_step == 0 ? simd<word, n>::splat(first) : load_unaligned<word, n>(items + i);
      store_unaligned(values + i, select(mask_from_bytes<n>(valid + i),
                                         load_unaligned<word, n>(values + i), other));
    }
  }
  for (; i < count; ++i) {
    std::byte value[Bytes];
    std::memcpy(value, valid[i] ? at + i * Bytes : item + i * item_step * Bytes, Bytes);
    std::memcpy(at + i * Bytes, value, Bytes);
  }
}

}  // namespace detail

/// Copies elements between rows of any steps.
CUMULUS_ONCE inline void copy_items(std::byte* to, index_t to_step, std::byte const* from,
                                    index_t step, index_t count, int item_bytes) {
  if (to_step == 1 && step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count * item_bytes));
    return;
  }
  switch (item_bytes) {
    case 1:
      return detail::copy_items_of<1>(to, to_step, from, step, count);
    case 2:
      return detail::copy_items_of<2>(to, to_step, from, step, count);
    case 4:
      return detail::copy_items_of<4>(to, to_step, from, step, count);
    case 8:
      return detail::copy_items_of<8>(to, to_step, from, step, count);
    default:
      return detail::copy_items_of<16>(to, to_step, from, step, count);
  }
}

/// Copies the elements that an index selects for each of them.
CUMULUS_ONCE inline void gather_items(std::byte* to, std::byte const* from, index_t step,
                                      index_t const* index, index_t index_step, index_t count,
                                      operand const& data) {
  gather_extent const& g = data.value_as<gather_extent>();
  switch (data.item_bytes) {
    case 1:
      return detail::gather_items_of<1>(to, from, step, index, index_step, count, g);
    case 2:
      return detail::gather_items_of<2>(to, from, step, index, index_step, count, g);
    case 4:
      return detail::gather_items_of<4>(to, from, step, index, index_step, count, g);
    case 8:
      return detail::gather_items_of<8>(to, from, step, index, index_step, count, g);
    default:
      return detail::gather_items_of<16>(to, from, step, index, index_step, count, g);
  }
}

/// Fills 64 bytes with copies of each of `count` elements, whose addresses lie `item_step` apart
/// and become those of the copies.
CUMULUS_ONCE inline void repeat_items(std::byte* to, std::byte const** item, std::size_t item_step,
                                      index_t count, int item_bytes) {
  switch (item_bytes) {
    case 1:
      return detail::repeat_items_of<1>(to, item, item_step, count);
    case 2:
      return detail::repeat_items_of<2>(to, item, item_step, count);
    case 4:
      return detail::repeat_items_of<4>(to, item, item_step, count);
    case 8:
      return detail::repeat_items_of<8>(to, item, item_step, count);
    default:
      return detail::repeat_items_of<16>(to, item, item_step, count);
  }
}

/// Puts another item where elements do not take part: the same one everywhere (step 0), or the one
/// at the same place of a row.
CUMULUS_ONCE inline void replace_items(std::byte* at, bool const* valid, index_t count,
                                       std::byte const* item, index_t item_step, int item_bytes) {
  switch (item_bytes) {
    case 1:
      return detail::replace_items_of<1>(at, valid, count, item, item_step);
    case 2:
      return detail::replace_items_of<2>(at, valid, count, item, item_step);
    case 4:
      return detail::replace_items_of<4>(at, valid, count, item, item_step);
    case 8:
      return detail::replace_items_of<8>(at, valid, count, item, item_step);
    default:
      return detail::replace_items_of<16>(at, valid, count, item, item_step);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
