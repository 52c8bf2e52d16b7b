// SPDX-License-Identifier: Apache-2.0
#pragma once
// Shapes and strides: short lists of index_t stored inline. The one checked path from a shape to a
// number of elements and bytes is here.

#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// A list of at most max_rank integers with value semantics and no heap. `Tag` keeps extents and
/// strides apart.
template <class Tag> class index_list {
 public:
  constexpr index_list() = default;
  /// One entry, as NumPy takes zeros(3) and reshape(a, -1).
  template <class Int>
    requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>)
  constexpr index_list(Int value) : values_{static_cast<index_t>(value)}, rank_(1) {}
  /// Throws: shape_error if there are more than max_rank values.
  constexpr index_list(std::initializer_list<index_t> values)
      : index_list(std::span<index_t const>(values.begin(), values.size())) {}
  explicit constexpr index_list(std::span<index_t const> values) {
    if (values.size() > max_rank) {
      refuse_rank(values.size());
    }
    for (index_t v : values) {
      push_back(v);
    }
  }

  /// `rank` entries, all equal to `value`.
  static constexpr index_list filled(int rank, index_t value) {
    index_list list;
    for (int k = 0; k < rank; ++k) {
      list.push_back(value);
    }
    return list;
  }

  constexpr int rank() const { return rank_; }
  constexpr bool empty() const { return rank_ == 0; }
  constexpr index_t operator[](int k) const { return values_[k]; }
  constexpr index_t& operator[](int k) { return values_[k]; }
  /// max_rank entries; behind the last one they are 0.
  constexpr index_t const* begin() const { return values_; }
  constexpr index_t const* end() const { return values_ + rank_; }
  constexpr index_t back() const { return values_[rank_ - 1]; }

  constexpr void push_back(index_t value) {
    if (rank_ == max_rank) {
      refuse_rank(max_rank + 1);
    }
    values_[rank_++] = value;
  }

  constexpr void insert(int position, index_t value) {
    push_back(value);
    for (int k = rank_ - 1; k > position; --k) {
      values_[k] = values_[k - 1];
    }
    values_[position] = value;
  }

  constexpr void erase(int position) {
    for (int k = position; k + 1 < rank_; ++k) {
      values_[k] = values_[k + 1];
    }
    values_[--rank_] = 0;
  }

  /// Product of the entries, which a shape guarantees to fit (see checked_size).
  constexpr index_t size() const {
    // Unsigned, because without elements the other extents may be anything.
    std::uint64_t product = 1;
    for (index_t v : *this) {
      product *= static_cast<std::uint64_t>(v);
    }
    return static_cast<index_t>(product);
  }

  /// In the text of an error.
  operator message_part() const { return message_part(values_, rank_); }

  friend constexpr bool operator==(index_list const& a, index_list const& b) {
    if (a.rank_ != b.rank_) {
      return false;
    }
    for (int k = 0; k < a.rank_; ++k) {
      if (a.values_[k] != b.values_[k]) {
        return false;
      }
    }
    return true;
  }

 private:
  [[noreturn]] static void refuse_rank(std::size_t count) {
    raise<shape_error>({"shape: expected at most ", max_rank, " axes, got ", count});
  }

  index_t values_[max_rank] = {};
  int rank_ = 0;
};

/// Extents of an array, outermost axis first.
using shape = index_list<struct shape_tag>;
/// Distance in elements between neighbours along each axis; negative and zero are legal.
using strides = index_list<struct strides_tag>;

/// "(96, 192)", "(3,)" and "()" as Python writes tuples.
template <class Tag> std::string to_string(index_list<Tag> const& list) {
  return detail::message({list}).text;
}

/// Number of elements of `s`, refusing negative extents and products beyond the address space.
/// Throws: shape_error if an extent is negative or size * item_bytes does not fit 63 bits.
CUMULUS_ONCE inline index_t checked_size(shape const& s, std::size_t item_bytes,
                                         char const* function) {
  index_t bytes = static_cast<index_t>(item_bytes);
  bool fits = true;
  bool zero = false;
  for (index_t n : s) {
    if (n < 0) {
      raise<shape_error>({function, ": expected extents >= 0, got ", s});
    }
    zero = zero || n == 0;
    fits = fits && !__builtin_mul_overflow(bytes, n > 0 ? n : 1, &bytes);
  }
  if (!fits) {
    raise<shape_error>({function, ": expected a size below 2^63 bytes, got shape ", s, " of ",
                        item_bytes, "-byte elements"});
  }
  return zero ? 0 : s.size();
}

/// Row-major ("C") strides of a shape; axes of extent 0 count as 1, as NumPy does.
/// Where there are no elements and a stride would not fit, the extents that make it so count as 1.
inline strides row_major_strides(shape const& s) {
  strides result = strides::filled(s.rank(), 1);
  for (int k = s.rank() - 2; k >= 0; --k) {
    if (s[k + 1] <= 0 || __builtin_mul_overflow(result[k + 1], s[k + 1], &result[k])) {
      result[k] = result[k + 1];
    }
  }
  return result;
}

/// True if elements lie gapless in row-major order: axes of extent 1 do not matter, and without
/// elements nothing does.
inline bool is_row_major(shape const& s, strides const& st) {
  if (s.size() == 0) {
    return true;
  }
  index_t expected = 1;
  for (int k = s.rank() - 1; k >= 0; --k) {
    if (s[k] != 1 && st[k] != expected) {
      return false;
    }
    expected *= s[k];
  }
  return true;
}

}  // namespace cumulus::inline v1
