// SPDX-License-Identifier: Apache-2.0
#pragma once
// Accumulations in the host's vector registers: what a pack of lanes holds, how a pack of elements
// is added to it, and what is added where an element does not count.

#include "cumulus/expr/elementary_packs.hpp"
#include "cumulus/expr/reducers.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The type that rows of T are evaluated to before they are reduced: bytes for bool, float for the
/// 16-bit types.
template <class T>
using reduced_from_t = std::conditional_t<boolean<T>, unsigned char,
                                          std::conditional_t<is_storage_float_v<T>, float, T>>;

/// For an accumulation A of real numbers:
/// - element, parts: a lane is `parts` numbers of that type, kept apart
/// - start(part): the number that has seen nothing
/// - add(a, x, shift): a pack of elements joins a pack of lanes
/// - merge(a, b): lanes meet, a before b
/// - nothing(): an element that leaves a lane as it is, bit for bit, where another one counts; not
///   of accumulations with a shift, for which that is the shift
/// - lane_of(parts): the lane as A knows it
template <class A> struct vector_lanes {
  static constexpr bool exist = false;
};

namespace detail {

template <class Element, int Parts> struct lanes_of_numbers {
  static constexpr bool exist = true;
  using element = Element;
  static constexpr int parts = Parts;
};

}  // namespace detail

template <class T, class Lane, class Result>
  requires(!complex_floating<T>)
struct vector_lanes<reducers::sums<T, Lane, Result>> : detail::lanes_of_numbers<Lane, 1> {
  using from = reduced_from_t<T>;
  static Lane start(int) { return static_cast<Lane>(-0.0); }
  template <int N> static void add(simd<Lane, N>* a, simd<from, N> x, simd<from, N>) {
    a[0] = a[0] + convert<Lane>(x);
  }
  template <int N> static void merge(simd<Lane, N>* a, simd<Lane, N> const* b) {
    a[0] = a[0] + b[0];
  }
  static from nothing() { return static_cast<from>(-0.0f); }
  static Lane lane_of(Lane const* a) { return a[0]; }
};

template <class T>
  requires(!complex_floating<T>)
struct vector_lanes<reducers::prod<T>>
    : detail::lanes_of_numbers<typename reducers::prod<T>::lane, 1> {
  using from = reduced_from_t<T>;
  using Lane = typename reducers::prod<T>::lane;
  static Lane start(int) { return Lane(1); }
  template <int N> static void add(simd<Lane, N>* a, simd<from, N> x, simd<from, N>) {
    a[0] = a[0] * convert<Lane>(x);
  }
  template <int N> static void merge(simd<Lane, N>* a, simd<Lane, N> const* b) {
    a[0] = a[0] * b[0];
  }
  static from nothing() { return from(1); }
  static Lane lane_of(Lane const* a) { return a[0]; }
};

template <class T, int Sign>
  requires(!complex_floating<T>)
struct vector_lanes<reducers::extreme<T, Sign>> : detail::lanes_of_numbers<reduced_from_t<T>, 1> {
  using from = reduced_from_t<T>;
  using lane = typename reducers::extreme<T, Sign>::lane;
  static from start(int) { return static_cast<from>(reducers::extreme<T, Sign>::start()); }
  template <int N> static void add(simd<from, N>* a, simd<from, N> x, simd<from, N>) {
    // The same as elementary::maximum and minimum but for the payload of a NaN.
    simd<from, N> const best = Sign > 0 ? greater(x, a[0]) : lesser(x, a[0]);
    if constexpr (std::is_floating_point_v<from>) {
      a[0] = select(elementary::is_nan(x), x, best);
    } else {
      a[0] = best;
    }
  }
  template <int N> static void merge(simd<from, N>* a, simd<from, N> const* b) {
    add(a, b[0], b[0]);
  }
  static from nothing() { return start(0); }
  static lane lane_of(from const* a) { return static_cast<lane>(a[0]); }
};

template <class T, class Result>
  requires(!complex_floating<T>)
struct vector_lanes<reducers::counts<T, Result>> : detail::lanes_of_numbers<std::int32_t, 1> {
  using from = reduced_from_t<T>;
  static std::int32_t start(int) { return 0; }
  template <int N> static void add(simd<std::int32_t, N>* a, simd<from, N> x, simd<from, N>) {
    a[0] = a[0] - simd<std::int32_t, N>(resize_mask<4>(elementary::truth(x)).v());
  }
  template <int N> static void merge(simd<std::int32_t, N>* a, simd<std::int32_t, N> const* b) {
    a[0] = a[0] + b[0];
  }
  static from nothing() { return from(0); }
  static std::int64_t lane_of(std::int32_t const* a) { return a[0]; }
};

template <class T>
  requires(!complex_floating<T>)
struct vector_lanes<reducers::deviations<T>> : detail::lanes_of_numbers<double, 2> {
  using from = reduced_from_t<T>;
  static double start(int) { return 0; }
  template <int N> static void add(simd<double, N>* a, simd<from, N> x, simd<from, N> shift) {
    auto const d = difference(convert<double>(x), convert<double>(shift));
    a[0] = a[0] + d;
    a[1] = a[1] + d * d;
  }
  template <int N> static void merge(simd<double, N>* a, simd<double, N> const* b) {
    a[0] = a[0] + b[0];
    a[1] = a[1] + b[1];
  }
  static typename reducers::deviations<T>::lane lane_of(double const* a) { return {a[0], a[1]}; }
};

}  // namespace cumulus::inline CUMULUS_TARGET
