// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several statistics of the same elements as one reducer for the kernels of reduce_body.hpp: what
// their accumulations hold stands side by side, and nothing of one reaches another.

#include "cumulus/exec/cuda/reduce_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The first valid element of a tile, and the first one that is a number too.
template <class T> struct statistics_shift {
  T valid;
  T number;
};

/// A reduction in which NaN does not count, as one of all valid elements: it counts for itself.
template <class Reducer> struct without_nan {
  using input = typename Reducer::input;
  using result = typename Reducer::result;
  using tile = tile_summary<Reducer>;
  struct lane {
    typename Reducer::lane of;
    int count;
  };
  static constexpr bool shifts_valid = false;
  static constexpr bool shifts_number = Reducer::needs_shift;
  Reducer reducer;

  static CUMULUS_HD lane start() { return {Reducer::start(), 0}; }
  static CUMULUS_HD void add(lane& a, input x, index_t i, statistics_shift<input> const& shift) {
    if (!elementary::is_nan(static_cast<compute_t<input>>(x))) {
      Reducer::add(a.of, x, i, shift.number);
      ++a.count;
    }
  }
  static CUMULUS_HD lane merge_lanes(lane const& a, lane const& b) {
    return {Reducer::merge_lanes(a.of, b.of), a.count + b.count};
  }
  static CUMULUS_HD tile close(lane const& a, index_t, statistics_shift<input> const& shift) {
    tile t{{}, a.count};
    if (a.count > 0) {
      t.state = Reducer::close(a.of, a.count, shift.number);
    }
    return t;
  }
  static CUMULUS_HD tile merge(tile const& a, index_t, tile const& b, index_t) {
    return merge_tiles<Reducer>(a, b);
  }
  CUMULUS_HD result finish(tile const& a, index_t n) const {
    return reducer.finish(a.state, n == 0 ? 0 : a.count);
  }
};

/// A reduction of all valid elements.
template <class Reducer> struct with_nan {
  using input = typename Reducer::input;
  using result = typename Reducer::result;
  using tile = typename Reducer::tile;
  using lane = typename Reducer::lane;
  static constexpr bool shifts_valid = Reducer::needs_shift;
  static constexpr bool shifts_number = false;
  Reducer reducer;

  static CUMULUS_HD lane start() { return Reducer::start(); }
  static CUMULUS_HD void add(lane& a, input x, index_t i, statistics_shift<input> const& shift) {
    Reducer::add(a, x, i, shift.valid);
  }
  static CUMULUS_HD lane merge_lanes(lane const& a, lane const& b) {
    return Reducer::merge_lanes(a, b);
  }
  static CUMULUS_HD tile close(lane const& a, index_t n, statistics_shift<input> const& shift) {
    return Reducer::close(a, n, shift.valid);
  }
  static CUMULUS_HD tile merge(tile const& a, index_t na, tile const& b, index_t nb) {
    return Reducer::merge(a, na, b, nb);
  }
  CUMULUS_HD result finish(tile const& a, index_t n) const { return reducer.finish(a, n); }
};

/// Statistics side by side, each of them a with_nan or without_nan.
template <class Statistic, class... More> struct statistics_reducer {
  using rest_type = statistics_reducer<More...>;
  using accumulation = statistics_reducer;
  using input = typename Statistic::input;
  using result = typename Statistic::result;  ///< of the first one
  using shift = statistics_shift<input>;
  struct lane {
    typename Statistic::lane first;
    typename rest_type::lane rest;
  };
  struct tile {
    typename Statistic::tile first;
    typename rest_type::tile rest;
  };
  static constexpr bool shifts_valid = Statistic::shifts_valid || rest_type::shifts_valid;
  static constexpr bool shifts_number = Statistic::shifts_number || rest_type::shifts_number;

  Statistic statistic;
  result* out;
  rest_type rest;

  static CUMULUS_HD lane start() { return {Statistic::start(), rest_type::start()}; }
  static CUMULUS_HD void add(lane& a, input x, index_t i, shift const& s) {
    Statistic::add(a.first, x, i, s);
    rest_type::add(a.rest, x, i, s);
  }
  static CUMULUS_HD lane merge_lanes(lane const& a, lane const& b) {
    return {Statistic::merge_lanes(a.first, b.first), rest_type::merge_lanes(a.rest, b.rest)};
  }
  static CUMULUS_HD tile close(lane const& a, index_t n, shift const& s) {
    return {Statistic::close(a.first, n, s), rest_type::close(a.rest, n, s)};
  }
  static CUMULUS_HD tile merge(tile const& a, index_t na, tile const& b, index_t nb) {
    return {Statistic::merge(a.first, na, b.first, nb), rest_type::merge(a.rest, na, b.rest, nb)};
  }

  /// Stores to all outputs at the place that `to` is of the first one.
  CUMULUS_HD void store_all(result* to, tile const& a, index_t n) const { store(to - out, a, n); }
  CUMULUS_HD void store(index_t at, tile const& a, index_t n) const {
    out[at] = statistic.finish(a.first, n);
    rest.store(at, a.rest, n);
  }
};

template <class Statistic> struct statistics_reducer<Statistic> {
  using accumulation = statistics_reducer;
  using input = typename Statistic::input;
  using result = typename Statistic::result;
  using shift = statistics_shift<input>;
  using lane = typename Statistic::lane;
  using tile = typename Statistic::tile;
  static constexpr bool shifts_valid = Statistic::shifts_valid;
  static constexpr bool shifts_number = Statistic::shifts_number;

  Statistic statistic;
  result* out;

  static CUMULUS_HD lane start() { return Statistic::start(); }
  static CUMULUS_HD void add(lane& a, input x, index_t i, shift const& s) {
    Statistic::add(a, x, i, s);
  }
  static CUMULUS_HD lane merge_lanes(lane const& a, lane const& b) {
    return Statistic::merge_lanes(a, b);
  }
  static CUMULUS_HD tile close(lane const& a, index_t n, shift const& s) {
    return Statistic::close(a, n, s);
  }
  static CUMULUS_HD tile merge(tile const& a, index_t na, tile const& b, index_t nb) {
    return Statistic::merge(a, na, b, nb);
  }
  CUMULUS_HD void store_all(result* to, tile const& a, index_t n) const { store(to - out, a, n); }
  CUMULUS_HD void store(index_t at, tile const& a, index_t n) const {
    out[at] = statistic.finish(a, n);
  }
};

template <class... Statistic> struct shift_search<statistics_reducer<Statistic...>> {
  using reducer = statistics_reducer<Statistic...>;
  using T = typename reducer::input;
  using shift = statistics_shift<T>;
  static constexpr int kinds = (reducer::shifts_valid ? 1 : 0) + (reducer::shifts_number ? 1 : 0);
  static CUMULUS_HD constexpr bool takes_every(int kind) {
    return reducer::shifts_valid && kind == 0;
  }
  static CUMULUS_HD bool takes(int kind, T x) {
    return takes_every(kind) || !elementary::is_nan(static_cast<compute_t<T>>(x));
  }
  static CUMULUS_HD void set(shift& s, int kind, T x) {
    (takes_every(kind) ? s.valid : s.number) = x;
  }
};

/// The statistics, of which the k-th writes to outs[k]. A Statistic is a one_statistic
/// (exec/reduce_all.hpp).
template <class Statistic, class... More>
auto make_statistics_reducer(std::byte* const* outs, Statistic const& s, More const&... more) {
  using A = typename Statistic::accumulation;
  using one = std::conditional_t<Statistic::skips_nan, without_nan<A>, with_nan<A>>;
  auto* const out = reinterpret_cast<typename A::result*>(outs[0]);
  if constexpr (sizeof...(More) == 0) {
    return statistics_reducer<one>{{s.reducer}, out};
  } else {
    auto const rest = make_statistics_reducer(outs + 1, more...);
    return [&]<class... R>(statistics_reducer<R...> const& r) {
      return statistics_reducer<one, R...>{{s.reducer}, out, r};
    }(rest);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
