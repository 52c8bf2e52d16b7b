// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each reduction accumulates. A reducer is a value with these members, used alike by the loops
// of the host, the kernels and the emulated grid (docs/summation.md tells in which order):
//
// - input, result: the element types read and given
// - lane, tile: what one lane holds while it adds; what a tile of 1024 elements leaves
// - start(): a lane that has seen nothing
// - add(lane&, x, i, shift): element x with index i along the reduction
// - merge_lanes(a, b): two lanes of a tile, a before b
// - close(lane, n, shift): the tile, from its one remaining lane and its n valid elements
// - merge(a, na, b, nb): two tiles, a before b, na and nb > 0
// - finish(tile, n): the result; with n = 0 the tile holds nothing of meaning
// - accumulation: the type that the loops are compiled for. Reductions that differ in finish()
//   alone (mean and sum, stddev and var) share one.
//
// `shift` is the tile's first valid element where needs_shift says so.

#include <limits>

#include "cumulus/expr/elementary.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace reducers {

/// What sums and products of T accumulate in.
template <class T>
using accumulator_t =
    std::conditional_t<complex_floating<T>, complex<double>,
                       std::conditional_t<real_floating<T>, double,
                                          std::conditional_t<std::is_unsigned_v<T> && !boolean<T>,
                                                             std::uint64_t, std::int64_t>>>;
/// The type of a sum: integers widen to 64 bits.
template <class T>
using sum_result_t =
    std::conditional_t<real_floating<T> || complex_floating<T>, T, accumulator_t<T>>;
/// The type of a mean: integers give float64.
template <class T>
using mean_result_t = std::conditional_t<real_floating<T> || complex_floating<T>, T, double>;

template <class To, class T> CUMULUS_HD To widen(T x) { return elementary::cast<To>(x); }

/// A value to start from, for reductions that take one.
template <class T> struct optional_initial {
  T value = {};
  bool given = false;
};

/// Shared by reducers whose lanes and tiles are one accumulator.
template <class Self, class T, class Accumulator> struct single_accumulator {
  using input = T;
  using lane = Accumulator;
  using tile = Accumulator;
  static constexpr bool needs_shift = false;

  static CUMULUS_HD tile close(lane a, index_t, T) { return a; }
  static CUMULUS_HD tile merge(tile a, index_t, tile b, index_t) { return Self::merge_lanes(a, b); }
};

/// Sums in Lane, or those divided by how many elements there are.
template <class T, class Lane, class Result>
struct sums : single_accumulator<sums<T, Lane, Result>, T, Lane> {
  using accumulation = sums;
  using lane = Lane;
  using result = Result;
  optional_initial<result> initial;
  bool divides = false;

  // Minus zero is the neutral element: -0.0 + x is x for every x, -0.0 included.
  static CUMULUS_HD lane start() {
    if constexpr (complex_floating<lane>) {
      return {-0.0, -0.0};
    } else {
      return static_cast<lane>(-0.0);
    }
  }
  static CUMULUS_HD void add(lane& a, T x, index_t, T) { a = elementary::add(a, widen<lane>(x)); }
  static CUMULUS_HD lane merge_lanes(lane a, lane b) { return elementary::add(a, b); }
  CUMULUS_HD result finish(lane a, index_t n) const {
    lane total = n == 0 ? lane(0) : a;
    if constexpr (!std::is_integral_v<lane>) {
      if (divides) {
        double const count = static_cast<double>(n);
        if constexpr (complex_floating<lane>) {
          total = {total.re / count, total.im / count};
        } else {
          total /= count;
        }
      }
    }
    return elementary::cast<result>(
        initial.given ? elementary::add(widen<lane>(initial.value), total) : total);
  }
};

template <class T> using sum = sums<T, accumulator_t<T>, sum_result_t<T>>;

template <class T>
struct mean
    : sums<T, std::conditional_t<complex_floating<T>, complex<double>, double>, mean_result_t<T>> {
  CUMULUS_HD mean() { this->divides = true; }
};

template <class T> struct prod : single_accumulator<prod<T>, T, accumulator_t<T>> {
  using accumulation = prod;
  using lane = accumulator_t<T>;
  using result = sum_result_t<T>;
  optional_initial<result> initial;

  static CUMULUS_HD lane start() { return lane(1); }
  static CUMULUS_HD void add(lane& a, T x, index_t, T) {
    a = elementary::multiply(a, widen<lane>(x));
  }
  /// A lane without elements leaves the other one as it is: (1, 0) times an infinite complex number
  /// would be NaN, and how many such lanes a loop merges must not show.
  static CUMULUS_HD lane merge_lanes(lane a, lane b) {
    if constexpr (complex_floating<lane>) {
      return b == lane(1) ? a : (a == lane(1) ? b : elementary::multiply(a, b));
    } else {
      return elementary::multiply(a, b);
    }
  }
  CUMULUS_HD result finish(lane a, index_t n) const {
    lane const total = n == 0 ? lane(1) : a;
    return elementary::cast<result>(
        initial.given ? elementary::multiply(widen<lane>(initial.value), total) : total);
  }
};

/// The largest (Sign = 1) or smallest (Sign = -1) element; NaN if one is NaN.
template <class T, int Sign>
struct extreme : single_accumulator<extreme<T, Sign>, T, compute_t<T>> {
  using accumulation = extreme;
  using lane = compute_t<T>;
  using result = T;
  optional_initial<T> initial;

  static CUMULUS_HD lane pick(lane a, lane b) {
    if constexpr (std::is_floating_point_v<lane>) {
      // maximum and minimum without branches, for loops of vectors.
      bool const beaten = Sign > 0 ? a < b : b < a;
      bool const first = (a != a) | !(beaten | (b != b));
      return first ? a : b;
    }
    return Sign > 0 ? elementary::maximum(a, b) : elementary::minimum(a, b);
  }
  /// The value that every other one beats.
  static CUMULUS_HD lane start() {
    if constexpr (complex_floating<T>) {
      using R = real_t<T>;
      R const worst =
          Sign > 0 ? -std::numeric_limits<R>::infinity() : std::numeric_limits<R>::infinity();
      return {worst, worst};
    } else if constexpr (std::is_floating_point_v<lane>) {
      return Sign > 0 ? -std::numeric_limits<lane>::infinity()
                      : std::numeric_limits<lane>::infinity();
    } else {
      return Sign > 0 ? std::numeric_limits<lane>::lowest() : std::numeric_limits<lane>::max();
    }
  }
  static CUMULUS_HD void add(lane& a, T x, index_t, T) { a = pick(a, static_cast<lane>(x)); }
  static CUMULUS_HD lane merge_lanes(lane a, lane b) { return pick(a, b); }
  CUMULUS_HD result finish(lane a, index_t n) const {
    if (initial.given) {
      return elementary::cast<T>(n == 0 ? static_cast<lane>(initial.value)
                                        : pick(static_cast<lane>(initial.value), a));
    }
    if constexpr (real_floating<T> || complex_floating<T>) {
      return n == 0 ? elementary::cast<T>(std::numeric_limits<double>::quiet_NaN())
                    : elementary::cast<T>(a);
    } else {
      return n == 0 ? start() : a;
    }
  }
};
template <class T> using max = extreme<T, 1>;
template <class T> using min = extreme<T, -1>;

/// The index of the first largest or smallest element, of the first NaN if there is one; -1 if no
/// element is valid.
template <class T, int Sign> struct arg_extreme {
  using accumulation = arg_extreme;
  using input = T;
  using result = std::int64_t;
  struct lane {
    compute_t<T> value;
    index_t index;
  };
  using tile = lane;
  static constexpr bool needs_shift = false;
  static constexpr int sign = Sign;

  static CUMULUS_HD lane start() { return {compute_t<T>(0), -1}; }
  static CUMULUS_HD bool beats(compute_t<T> x, compute_t<T> y) {
    if (elementary::is_nan(x) || elementary::is_nan(y)) {
      return elementary::is_nan(x) && !elementary::is_nan(y);
    }
    return Sign > 0 ? elementary::precedes(y, x) : elementary::precedes(x, y);
  }
  static CUMULUS_HD void add(lane& a, T x, index_t i, T) {
    compute_t<T> const value = static_cast<compute_t<T>>(x);
    if (a.index < 0 || beats(value, a.value)) {
      a = {value, i};
    }
  }
  static CUMULUS_HD lane merge_lanes(lane a, lane b) {
    if (a.index < 0 || b.index < 0) {
      return a.index < 0 ? b : a;
    }
    bool const second = beats(b.value, a.value) || (!beats(a.value, b.value) && b.index < a.index);
    return second ? b : a;
  }
  static CUMULUS_HD tile close(lane a, index_t, T) { return a; }
  static CUMULUS_HD tile merge(tile a, index_t, tile b, index_t) { return merge_lanes(a, b); }
  CUMULUS_HD result finish(tile a, index_t n) const { return n == 0 ? -1 : a.index; }
};
template <class Reducer> inline constexpr bool gives_position_v = false;
template <class T, int Sign> inline constexpr bool gives_position_v<arg_extreme<T, Sign>> = true;
template <class T> using argmax = arg_extreme<T, 1>;
template <class T> using argmin = arg_extreme<T, -1>;

/// How many elements are true, or as bool whether one is, or as many as there are.
template <class T, class Result>
struct counts : single_accumulator<counts<T, Result>, T, std::int64_t> {
  using accumulation = counts;
  using lane = std::int64_t;
  using result = Result;
  bool every = false;

  static CUMULUS_HD lane start() { return 0; }
  static CUMULUS_HD void add(lane& a, T x, index_t, T) {
    a += elementary::truth(static_cast<compute_t<T>>(x)) ? 1 : 0;
  }
  static CUMULUS_HD lane merge_lanes(lane a, lane b) { return a + b; }
  CUMULUS_HD result finish(lane a, index_t n) const {
    if constexpr (boolean<result>) {
      return every ? a == n : a > 0;
    } else {
      return a;
    }
  }
};
template <class T> using count_nonzero = counts<T, std::int64_t>;
template <class T> using any = counts<T, bool>;
template <class T> struct all : counts<T, bool> {
  CUMULUS_HD all() { this->every = true; }
};

/// The number of valid elements, which every tile knows.
template <class T> struct count_valid : single_accumulator<count_valid<T>, T, std::int64_t> {
  using accumulation = count_valid;
  using lane = std::int64_t;
  using result = std::int64_t;

  static CUMULUS_HD lane start() { return 0; }
  static CUMULUS_HD void add(lane&, T, index_t, T) {}
  static CUMULUS_HD lane merge_lanes(lane a, lane) { return a; }
  CUMULUS_HD result finish(lane, index_t n) const { return n; }
};

/// Squared deviations from the mean: variance or its root. Lanes sum x - k and its square about the
/// tile's first valid element k; tiles merge as (n, mean, M2).
template <class T> struct deviations {
  using accumulation = deviations;
  using input = T;
  using result = mean_result_t<real_t<T>>;
  using number = std::conditional_t<complex_floating<T>, complex<double>, double>;
  static constexpr bool needs_shift = true;
  struct lane {
    number first;
    double second;
  };
  struct tile {
    number mean;
    double m2;
  };

  static CUMULUS_HD double squared(number d) {
    if constexpr (complex_floating<T>) {
      return add_rn(mul_rn(d.re, d.re), mul_rn(d.im, d.im));
    } else {
      return mul_rn(d, d);
    }
  }
  static CUMULUS_HD number scaled(number d, double factor) {
    if constexpr (complex_floating<T>) {
      return {mul_rn(d.re, factor), mul_rn(d.im, factor)};
    } else {
      return mul_rn(d, factor);
    }
  }
  static CUMULUS_HD number divided(number d, double by) {
    if constexpr (complex_floating<T>) {
      return {d.re / by, d.im / by};
    } else {
      return d / by;
    }
  }

  static CUMULUS_HD lane start() { return {number(0), 0.0}; }
  static CUMULUS_HD void add(lane& a, T x, index_t, T shift) {
    number const d = widen<number>(x) - widen<number>(shift);
    a.first = a.first + d;
    a.second = add_rn(a.second, squared(d));
  }
  static CUMULUS_HD lane merge_lanes(lane a, lane b) {
    return {a.first + b.first, add_rn(a.second, b.second)};
  }
  static CUMULUS_HD tile close(lane a, index_t n, T shift) {
    double const count = static_cast<double>(n);
    number const offset = divided(a.first, count);
    double const m2 = add_rn(a.second, -squared(a.first) / count);
    return {widen<number>(shift) + offset, m2 < 0 ? 0 : m2};
  }
  static CUMULUS_HD tile merge(tile a, index_t na, tile b, index_t nb) {
    double const n = static_cast<double>(na + nb);
    number const delta = b.mean - a.mean;
    double const weight = static_cast<double>(nb) / n;
    double const between = mul_rn(mul_rn(squared(delta), static_cast<double>(na)), weight);
    return {a.mean + scaled(delta, weight), add_rn(add_rn(a.m2, b.m2), between)};
  }

  double ddof = 0;
  bool nan_without_freedom = false;  ///< n <= ddof gives NaN (nanvar) instead of M2 / 0 (var)
  bool root = false;

  /// M2 / (n - ddof).
  CUMULUS_HD result finish(tile a, index_t n) const {
    double const freedom = static_cast<double>(n) - ddof;
    double variance = std::numeric_limits<double>::quiet_NaN();
    if (n != 0 && (!nan_without_freedom || freedom > 0)) {
      variance = a.m2 / (freedom > 0 ? freedom : 0.0);
    }
    return elementary::cast<result>(root ? std::sqrt(variance) : variance);
  }
};

template <class T> using var = deviations<T>;
template <class T> struct stddev : deviations<T> {
  CUMULUS_HD stddev() { this->root = true; }
};

}  // namespace reducers
}  // namespace cumulus::inline CUMULUS_TARGET
