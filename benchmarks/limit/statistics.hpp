// SPDX-License-Identifier: Apache-2.0
#pragma once
// Statistics of several series at once, one in each lane: what the loops of reductions.hpp carry.
// start(first, position) prepares for series that begin with `first`, add(x, position) takes one
// element of each, lane(l, count, step) is series l as a state of its own, which merges with
// others. start_one, join and folded do the same where all lanes and several states are one
// series. Sums are of doubles.

#include "limit/vector.hpp"

namespace limit {

/// Doubles of a register, and elements of one up to eight.
constexpr int double_lanes = register_bytes / int{sizeof(double)};
template <class T>
constexpr int element_lanes = register_bytes < 64 ? register_bytes / int{sizeof(T)} : 8;
using doubles = vec<double, double_lanes>;

template <class T> inline doubles as_doubles(vec<T, double_lanes> const& x) {
  return __builtin_convertvector(x, doubles);
}

inline double folded_sum(doubles const& x) {
  double sum = 0;
  for (int l = 0; l < double_lanes; ++l) {
    sum += x[l];
  }
  return sum;
}

template <class T> struct sum_state {
  using result = T;
  static constexpr int lanes = double_lanes;
  using V = vec<T, lanes>;
  struct one {
    double total;
    void merge(one const& other) { total += other.total; }
    result value(index) const { return static_cast<T>(total); }
  };
  static one of(T x, index) { return {static_cast<double>(x)}; }

  void start(V const&, index) { total = doubles{}; }
  void start_one(V const&, T, index) { total = doubles{}; }
  void join(sum_state const& other) { total += other.total; }
  one folded(index) const { return {folded_sum(total)}; }
  void add(V const& x, index) { total += as_doubles<T>(x); }
  one lane(int l, index, index) const { return {total[l]}; }

  doubles total;
};

template <class T> struct mean_state : sum_state<T> {
  struct one : sum_state<T>::one {
    T value(index n) const { return static_cast<T>(this->total / static_cast<double>(n)); }
  };
  static one of(T x, index) { return {{static_cast<double>(x)}}; }
  one lane(int l, index, index) const { return {{this->total[l]}}; }
  one folded(index) const { return {{folded_sum(this->total)}}; }
};

/// Sums of the deviations from a series' first element, and of their squares.
template <class T> struct var_state {
  using result = T;
  static constexpr int lanes = double_lanes;
  using V = vec<T, lanes>;
  struct one {
    double n;
    double mean;
    double squares;
    void merge(one const& other) {
      double const all = n + other.n;
      double const apart = other.mean - mean;
      squares += other.squares + apart * apart * n * other.n / all;
      mean += apart * other.n / all;
      n = all;
    }
    result value(index) const { return static_cast<T>(squares / n); }
  };
  static one of(T x, index) { return {1, static_cast<double>(x), 0}; }

  void start(V const& first, index) {
    from = as_doubles<T>(first);
    total = doubles{};
    squares = doubles{};
  }
  void start_one(V const&, T first, index position) { start(V{} + first, position); }
  void join(var_state const& other) {
    total += other.total;
    squares += other.squares;
  }
  one folded(index count) const {
    double const n = static_cast<double>(count);
    double const sum = folded_sum(total);
    return {n, from[0] + sum / n, folded_sum(squares) - sum * sum / n};
  }
  void add(V const& x, index) {
    doubles const d = as_doubles<T>(x) - from;
    total += d;
    squares += d * d;
  }
  one lane(int l, index count, index) const {
    double const n = static_cast<double>(count);
    return {n, from[l] + total[l] / n, squares[l] - total[l] * total[l] / n};
  }

  doubles from;
  doubles total;
  doubles squares;
};

template <class T> struct nanmean_state {
  using result = T;
  static constexpr int lanes = double_lanes;
  using V = vec<T, lanes>;
  struct one {
    double total;
    double n;
    void merge(one const& other) {
      total += other.total;
      n += other.n;
    }
    result value(index) const { return static_cast<T>(total / n); }
  };
  static one of(T x, index) { return x == x ? one{static_cast<double>(x), 1} : one{0, 0}; }

  void start(V const&, index) {
    total = doubles{};
    n = doubles{};
  }
  void start_one(V const& first, T, index position) { start(first, position); }
  void join(nanmean_state const& other) {
    total += other.total;
    n += other.n;
  }
  one folded(index) const { return {folded_sum(total), folded_sum(n)}; }
  void add(V const& x, index) {
    doubles const d = as_doubles<T>(x);
    total += d == d ? d : doubles{};
    n += d == d ? doubles{} + 1 : doubles{};
  }
  one lane(int l, index, index) const { return {total[l], n[l]}; }

  doubles total;
  doubles n;
};

/// True where x comes before y: smaller, or larger; NaN comes before all.
template <bool Largest> struct before {
  template <class V> auto operator()(V const& x, V const& y) const {
    if constexpr (Largest) {
      return (x > y) | (x != x);
    } else {
      return (x < y) | (x != x);
    }
  }
};

template <class T, bool Largest> struct extreme_state {
  using result = T;
  static constexpr int lanes = element_lanes<T>;
  using V = vec<T, lanes>;
  struct one {
    T best;
    void merge(one const& other) { best = before<Largest>{}(other.best, best) ? other.best : best; }
    result value(index) const { return best; }
  };
  static one of(T x, index) { return {x}; }

  void start(V const& first, index) { best = first; }
  void start_one(V const& first, T, index) { best = first; }
  void join(extreme_state const& other) { add(other.best, 0); }
  one folded(index) const {
    one result = {best[0]};
    for (int l = 1; l < lanes; ++l) {
      result.merge({best[l]});
    }
    return result;
  }
  void add(V const& x, index) { best = before<Largest>{}(x, best) ? x : best; }
  one lane(int l, index, index) const { return {best[l]}; }

  V best;
};

/// Where the extreme is, the first one.
template <class T, bool Largest> struct position_state {
  using result = std::int64_t;
  static constexpr int lanes = element_lanes<T>;
  using V = vec<T, lanes>;
  using integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  struct one {
    T best;
    index at;
    void merge(one const& other) {
      bool const first = best == best && before<Largest>{}(other.best, best);
      if (first || (other.best == best && other.at < at)) {
        *this = other;
      }
    }
    result value(index) const { return at; }
  };
  static one of(T x, index position) { return {x, position}; }

  void start(V const& first, index position) {
    best = first;
    at = vec<integer, lanes>{} + static_cast<integer>(position);
  }
  void add(V const& x, index position) {
    auto const better = before<Largest>{}(x, best) & (best == best);
    best = better ? x : best;
    at = better ? at * 0 + static_cast<integer>(position) : at;
  }
  one lane(int l, index, index step) const { return {best[l], at[l] + l * step}; }
  void start_one(V const& first, T, index position) { start(first, position); }
  void join(position_state const& other) {
    auto const earlier = (other.best == best) & (other.at < at);
    auto const better = (before<Largest>{}(other.best, best) & (best == best)) | earlier;
    best = better ? other.best : best;
    at = better ? other.at : at;
  }
  one folded(index) const {
    one result = lane(0, 0, 1);
    for (int l = 1; l < lanes; ++l) {
      result.merge(lane(l, 0, 1));
    }
    return result;
  }

  V best;
  vec<integer, lanes> at;
};

template <class T> using min_state = extreme_state<T, false>;
template <class T> using max_state = extreme_state<T, true>;
template <class T> using argmin_state = position_state<T, false>;
template <class T> using argmax_state = position_state<T, true>;

}  // namespace limit
