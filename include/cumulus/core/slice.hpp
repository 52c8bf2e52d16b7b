// SPDX-License-Identifier: Apache-2.0
#pragma once
// What may stand between the parentheses of a(…) and selects a view: integers, slice, _, newaxis,
// ellipsis. Each becomes an index_item, so that everything after it is ordinary code.

#include <limits>
#include <type_traits>

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// A number that names a place, of any integer type, as index_t. A difference of unsigned numbers
/// that went below 0 must not count from the end.
/// Throws: index_error if an index_t does not hold it.
template <class Int>
  requires std::is_integral_v<Int>
constexpr index_t checked_index(Int i, char const* function, char const* what) {
  index_t const index = static_cast<index_t>(i);
  if (std::is_unsigned_v<Int> && index < 0) {
    raise<index_error>({function, ": expected ", what, " below 2^63, got ", i});
  }
  return index;
}

/// "From the start", "to the end" and, on its own, "the whole axis", as Python's ":".
struct whole_axis {};
inline constexpr whole_axis _{};

/// Inserts an axis of extent 1.
struct new_axis {};
inline constexpr new_axis newaxis{};

/// As many whole axes as are needed, as Python's "...".
struct ellipsis_axes {};
inline constexpr ellipsis_axes ellipsis{};

/// One end of a slice: an integer, or _ for "not given".
struct slice_bound {
  index_t value = 0;
  bool given = false;

  constexpr slice_bound(whole_axis) {}
  template <class Int>
    requires std::is_integral_v<Int>
  constexpr slice_bound(Int v) : value(static_cast<index_t>(v)), given(true) {
    if (std::is_unsigned_v<Int> && value < 0) {
      value = std::numeric_limits<index_t>::max();  // beyond the end of any axis
    }
  }
};

/// Python's slice(start, stop, step): the end is excluded, negative ends count from the end of the
/// axis, ends beyond the axis are clipped, a negative step walks backwards.
struct slice {
  slice_bound start;
  slice_bound stop;
  index_t step = 1;

  constexpr slice(slice_bound stop_) : start(_), stop(stop_) {}
  constexpr slice(slice_bound start_, slice_bound stop_, index_t step_ = 1)
      : start(start_), stop(stop_), step(step_) {}
};

/// A slice applied to an axis: `count` elements, the first at `first`.
struct slice_extent {
  index_t first;
  index_t count;
};

/// Throws: value_error if step is 0.
CUMULUS_ONCE inline slice_extent resolve(slice const& s, index_t extent) {
  if (s.step == 0) {
    raise<value_error>({"slice: expected a step other than 0, got 0"});
  }
  bool const forward = s.step > 0;
  index_t const lowest = forward ? 0 : -1;
  index_t const highest = forward ? extent : extent - 1;
  auto const clip = [&](slice_bound bound, index_t fallback) {
    if (!bound.given) {
      return fallback;
    }
    index_t const v = bound.value < 0 ? bound.value + extent : bound.value;
    return v < lowest ? lowest : (v > highest ? highest : v);
  };
  index_t const first = clip(s.start, forward ? lowest : highest);
  index_t const last = clip(s.stop, forward ? highest : lowest);
  index_t const distance = forward ? last - first : first - last;
  if (distance <= 0) {
    return {first < 0 ? 0 : first, 0};
  }
  // Unsigned, because the magnitude of the smallest step does not fit.
  std::uint64_t const stride = forward ? static_cast<std::uint64_t>(s.step)
                                       : std::uint64_t{0} - static_cast<std::uint64_t>(s.step);
  return {first, static_cast<index_t>((static_cast<std::uint64_t>(distance) - 1) / stride + 1)};
}

/// One argument of a(…), reduced to a tag and numbers.
struct index_item {
  enum class kind { integer, range, whole, new_axis, ellipsis };
  kind what;
  index_t integer = 0;
  slice range = slice(_, _);

  template <class Int>
    requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>)
  constexpr index_item(Int i)
      : what(kind::integer), integer(checked_index(i, "index", "an index")) {}
  constexpr index_item(slice s) : what(kind::range), range(s) {}
  constexpr index_item(whole_axis) : what(kind::whole) {}
  constexpr index_item(cumulus::new_axis) : what(kind::new_axis) {}
  constexpr index_item(ellipsis_axes) : what(kind::ellipsis) {}
};

/// What selects a view (as opposed to masks and index arrays, which copy).
template <class X>
concept view_index = std::is_convertible_v<X, index_item>;

}  // namespace cumulus::inline v1
