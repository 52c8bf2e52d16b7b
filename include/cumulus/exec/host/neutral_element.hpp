// SPDX-License-Identifier: Apache-2.0
#pragma once
// Elements that leave an accumulator as it is, bit for bit. The loops of the host put them where a
// mask says no, instead of branching.

#include "cumulus/expr/reducers.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// of(shift) is neutral in tiles that have at least one valid element.
template <class Reducer> struct neutral_element {
  static constexpr bool exists = false;
};

template <class T> struct neutral_element<reducers::sum<T>> {
  static constexpr bool exists = true;
  static T of(T) {
    if constexpr (complex_floating<T>) {
      return T(real_t<T>(-0.0), real_t<T>(-0.0));
    } else {
      return static_cast<T>(-0.0f);
    }
  }
};
template <class T> struct neutral_element<reducers::mean<T>> : neutral_element<reducers::sum<T>> {};

// (1, 0) times an infinite complex number has a NaN.
template <class T>
  requires(!complex_floating<T>)
struct neutral_element<reducers::prod<T>> {
  static constexpr bool exists = true;
  static T of(T) { return static_cast<T>(1); }
};

template <class T, int Sign>
  requires(!complex_floating<T>)
struct neutral_element<reducers::extreme<T, Sign>> {
  static constexpr bool exists = true;
  static T of(T) { return elementary::cast<T>(reducers::extreme<T, Sign>::start()); }
};

template <class T> struct neutral_element<reducers::count_nonzero<T>> {
  static constexpr bool exists = true;
  static T of(T) { return T(0); }
};
template <class T>
struct neutral_element<reducers::any<T>> : neutral_element<reducers::count_nonzero<T>> {};
template <class T>
struct neutral_element<reducers::all<T>> : neutral_element<reducers::count_nonzero<T>> {};

// The shift deviates from itself by 0; where it is infinite or NaN the tile is NaN anyway.
template <class T> struct neutral_element<reducers::var<T>> {
  static constexpr bool exists = true;
  static T of(T shift) { return shift; }
};
template <class T>
struct neutral_element<reducers::stddev<T>> : neutral_element<reducers::var<T>> {};

}  // namespace cumulus::inline CUMULUS_TARGET
