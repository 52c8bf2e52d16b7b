// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elements of a tile that do not count. The loops in vector registers know nothing of them: an
// element that does not count is replaced by one that changes nothing, and how many count is
// counted beside them. Compiled once for all types.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/row_loop.hpp"
#include "cumulus/exec/host/tile_loops.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// What the loops of a tile want of elements that do not count.
enum class absent {
  told,      ///< the loops look at the truths themselves
  replaced,  ///< an element that changes nothing stands there
  shifted,   ///< the column's, or the row's, first element that counts stands there
};

/// How many of n truths hold.
inline int count_truths(bool const* valid, int n) {
  int counted = 0;
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    std::uint64_t eight;  // bytes of 0 or 1, whose sum the product has in its last one
    std::memcpy(&eight, valid + i, sizeof(eight));
    counted += static_cast<int>(eight * 0x0101010101010101U >> 56);
  }
  for (; i < n; ++i) {
    counted += valid[i] ? 1 : 0;
  }
  return counted;
}

/// Counts those of n truths that hold, each on its own.
inline void add_truths(std::int32_t* counts, bool const* valid, int n) {
  constexpr int width = vector_bytes / int{sizeof(std::int32_t)};
  using counters = simd<std::int32_t, width>;
  int i = 0;
  for (; i + width <= n; i += width) {
    counters const minus_one(resize_mask<4>(detail::mask_from_bytes<width>(valid + i)).v());
    store_unaligned(counts + i, load_unaligned<std::int32_t, width>(counts + i) - minus_one);
  }
  for (; i < n; ++i) {
    counts[i] += valid[i] ? 1 : 0;
  }
}

/// The elements of a row that do not count are replaced by the first one that does, or by `nothing`
/// if it is given. Returns how many count.
inline int replace_absent(std::byte* values, bool const* valid, int n, std::byte const* nothing,
                          int item_bytes) {
  int const counted = count_truths(valid, n);
  if (counted > 0 && counted < n) {
    alignas(16) std::byte item[16];
    if (nothing == nullptr) {
      int first = 0;
      while (!valid[first]) {
        ++first;
      }
      std::memcpy(item, values + first * item_bytes, static_cast<std::size_t>(item_bytes));
    }
    replace_items(values, valid, n, nothing == nullptr ? item : nothing, 0, item_bytes);
  }
  return counted;
}

/// What counts in the columns of a tile: `width` of them, or as many times that as lanes of each
/// lie side by side (tile_functions::folded).
class column_truths {
 public:
  /// What does not count is to be replaced by `nothing`, or if it is null by what find tells.
  void begin(int width, int lanes, std::byte const* nothing, int item_bytes) {
    width_ = width;
    columns_ = width * lanes;
    item_bytes_ = item_bytes;
    missing_ = nothing != nullptr ? 0 : width;
    plain::fill(count_, count_ + columns_, 0);
    plain::fill(found_, found_ + width, false);
    for (int c = 0; c < columns_; ++c) {
      if (nothing != nullptr) {
        set(c, nothing);
      } else {
        std::memset(item_ + c * item_bytes, 0, static_cast<std::size_t>(item_bytes));
      }
    }
  }

  /// Looks for the first element that counts of each column that has none yet; row after row.
  void find(std::byte const* values, bool const* valid, int n) {
    for (int i = 0; i < n && missing_ > 0; ++i) {
      int const c = i % width_;
      if (valid[i] && !found_[c]) {
        found_[c] = true;
        --missing_;
        for (int lane = c; lane < columns_; lane += width_) {
          set(lane, values + i * item_bytes_);
        }
      }
    }
  }
  /// True if no further row can tell anything.
  bool complete() const { return missing_ == 0; }

  /// Counts a row and replaces what does not count.
  void apply(std::byte* values, bool const* valid, int columns) {
    add_truths(count_, valid, columns);
    replace_items(values, valid, columns, item_, 1, item_bytes_);
  }
  /// Adds up the lanes of each column.
  void fold() {
    for (int c = width_; c < columns_; ++c) {
      count_[c % width_] += count_[c];
    }
  }

  std::int32_t const* counts() const { return count_; }
  void const* items() const { return item_; }

 private:
  void set(int c, std::byte const* item) {
    std::memcpy(item_ + c * item_bytes_, item, static_cast<std::size_t>(item_bytes_));
  }

  int width_ = 0;
  int columns_ = 0;
  int item_bytes_ = 0;
  int missing_ = 0;
  std::int32_t count_[column_block];
  bool found_[column_block];
  alignas(64) std::byte item_[column_block * 8];
};

}  // namespace cumulus::inline CUMULUS_TARGET
