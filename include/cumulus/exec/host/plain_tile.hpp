// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction on the host, element by element: for complex numbers and positions, which
// no vector register adds as they are. The order of additions is that of docs/summation.md.

#include "cumulus/exec/host/vector_tile.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The first element that is the largest (or smallest, or NaN) of a row in which all count: its
/// value by vectors, then where it stands.
template <class T, int Sign>
typename reducers::arg_extreme<T, Sign>::lane first_extreme(T const* x, int n, index_t first) {
  using value = reducers::extreme<T, Sign>;
  auto const best = vector_tile<value, missing::none>::row(x, nullptr, n, first).state;
  bool const nan = elementary::is_nan(best);
  auto const hit = [&](int i) { return nan ? elementary::is_nan(x[i]) : x[i] == best; };
  for (int i = 0; i < n; i += tile_lanes) {
    int const end = i + tile_lanes < n ? i + tile_lanes : n;
    int hits = 0;
    for (int j = i; j < end; ++j) {
      hits += hit(j) ? 1 : 0;
    }
    for (int j = i; hits > 0 && j < end; ++j) {
      if (hit(j)) {
        return {x[j], first + j};
      }
    }
  }
  return reducers::arg_extreme<T, Sign>::start();
}

template <class A> inline constexpr bool finds_extreme_v = false;
template <class T, int Sign>
inline constexpr bool finds_extreme_v<reducers::arg_extreme<T, Sign>> =
    fits_simd_v<T> && !boolean<T>;

}  // namespace detail

/// The loops of accumulation A; see vector_tile, which has the same members.
template <class A, missing Missing> class plain_tile {
  using T = typename A::input;
  using lane_type = typename A::lane;
  static constexpr bool masked = Missing != missing::none;
  static_assert(Missing != missing::nan);

 public:
  using element = T;

  static tile_summary<A> row(void const* data, bool const* valid, int n, index_t first) {
    T const* const x = static_cast<T const*>(data);
    if constexpr (detail::finds_extreme_v<A> && !masked) {
      if (n > 0) {
        return {detail::first_extreme<T, A::sign>(x, n, first), n};
      }
    }
    lane_type lane[tile_lanes];
    for (lane_type& l : lane) {
      l = A::start();
    }
    T shift = T(0);
    int count = 0;
    for (int i = 0; i < n; ++i) {
      if (!masked || valid[i]) {
        shift = count == 0 ? x[i] : shift;
        ++count;
        A::add(lane[i % tile_lanes], x[i], first + i, shift);
      }
    }
    for (int half = tile_lanes / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) {
        lane[l] = A::merge_lanes(lane[l], lane[l + half]);
      }
    }
    return {count > 0 ? A::close(lane[0], count, shift) : typename A::tile{}, count};
  }

  struct column_state {
    lane_type sum[column_block];
    lane_type waiting[lane_levels][column_block];
    T shift[column_block];
    int count[column_block];
  };

  static void columns(column_part const& tile, column_state& state, tile_summary<A>* out) {
    int const columns = tile.columns;
    std::fill(state.count, state.count + columns, masked ? 0 : tile.rows);
    std::fill(state.shift, state.shift + columns, T(0));
    if constexpr (A::needs_shift) {
      find_shifts(tile, state.shift,
                  [](T const*, [[maybe_unused]] bool const* valid, [[maybe_unused]] int c) {
                    return !masked || valid[c];
                  });
    }
    walk_lanes(
        tile.rows, [&](int lane) { add_lane(tile, state, lane); },
        [&](int level) {
          for (int c = 0; c < columns; ++c) {
            state.sum[c] = A::merge_lanes(state.waiting[level][c], state.sum[c]);
          }
        },
        [&](int level) { std::copy(state.sum, state.sum + columns, state.waiting[level]); });
    for (int c = 0; c < columns; ++c) {
      index_t const n = state.count[c];
      out[c] = {n > 0 ? A::close(state.sum[c], n, state.shift[c]) : typename A::tile{}, n};
    }
  }

 private:
  static void add_lane(column_part const& tile, column_state& state, int lane) {
    std::fill(state.sum, state.sum + tile.columns, A::start());
    for_rows_of_lane(tile, lane, [&](auto const& x, auto const& valid, int rows, int r) {
      for (int g = 0; g < rows; ++g) {
        T const* const row = static_cast<T const*>(x[g]);
        for (int c = 0; c < tile.columns; ++c) {
          if (!masked || valid[g][c]) {
            state.count[c] += masked ? 1 : 0;
            A::add(state.sum[c], row[c], tile.first + r + g * tile_lanes, state.shift[c]);
          }
        }
      }
    });
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
