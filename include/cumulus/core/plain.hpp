// SPDX-License-Identifier: Apache-2.0
#pragma once
// The few algorithms that the array library needs everywhere, with the names and arguments that
// they have in <algorithm>, which holds the parallel ones as well and costs every source a tenth of
// a second.

#include <initializer_list>
#include <type_traits>

namespace cumulus::inline v1 {
namespace plain {

template <class T> constexpr T const& min(T const& a, T const& b) { return b < a ? b : a; }
template <class T> constexpr T const& max(T const& a, T const& b) { return a < b ? b : a; }

template <class T> constexpr T min(std::initializer_list<T> values) {
  T smallest = *values.begin();
  for (T const& value : values) {
    smallest = plain::min(smallest, value);
  }
  return smallest;
}
template <class T> constexpr T max(std::initializer_list<T> values) {
  T largest = *values.begin();
  for (T const& value : values) {
    largest = plain::max(largest, value);
  }
  return largest;
}

template <class T> constexpr T const& clamp(T const& x, T const& low, T const& high) {
  return plain::min(plain::max(x, low), high);
}

template <class From, class Count, class To> constexpr void copy_n(From from, Count count, To to) {
  for (Count i = 0; i < count; ++i) {
    *to++ = *from++;
  }
}
/// Elements that may be moved as bytes.
template <class T, class Count>
  requires std::is_trivially_copyable_v<T>
void copy_n(T const* from, Count count, T* to) {
  if (count > 0) {
    __builtin_memmove(to, from, static_cast<unsigned long>(count) * sizeof(T));
  }
}
template <class From, class To> constexpr void copy(From first, From last, To to) {
  plain::copy_n(first, last - first, to);
}
template <class T, class To>
  requires std::is_pointer_v<To>
constexpr void copy(T* first, T* last, To to) {
  plain::copy_n(static_cast<T const*>(first), last - first, to);
}

template <class To, class Count, class T>
constexpr void fill_n(To to, Count count, T const& value) {
  for (Count i = 0; i < count; ++i) {
    *to++ = value;
  }
}
template <class To, class T> constexpr void fill(To first, To last, T const& value) {
  for (; first != last; ++first) {
    *first = value;
  }
}

}  // namespace plain
}  // namespace cumulus::inline v1
