// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction on the host, element by element: for complex numbers and for counts of
// valid elements, which have no loops in vector registers. The order of additions is that of
// docs/summation.md.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_truths.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The loops of accumulation A; see vector_tile, which has the same members.
template <class A, missing Missing> class plain_tile {
  using T = typename A::input;
  using lane_type = typename A::lane;
  static constexpr bool masked = Missing != missing::none;
  static_assert(Missing != missing::nan);

 public:
  using element = T;
  static constexpr absent what = absent::told;

  static tile_summary<A> row(void const* data, bool const* valid, int n, int, index_t first) {
    T const* const x = static_cast<T const*>(data);
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
    lane_type lane[lane_slots][long_block];
    T shift[long_block];
    int count[long_block];
  };

  static void columns(column_part const& tile, column_state& state) {
    int const columns = tile.columns;
    plain::fill(state.count, state.count + columns, masked ? 0 : tile.rows);
    plain::fill(state.shift, state.shift + columns, T(0));
    if constexpr (A::needs_shift) {
      find_shifts(tile, state.shift,
                  [](T const*, [[maybe_unused]] bool const* valid, [[maybe_unused]] int c) {
                    return !masked || valid[c];
                  });
    }
    lane_schedule const schedule(tile.rows, false);
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    for (lane_step const& step : schedule) {
      lane_type* const sum = state.lane[step.slot];
      if (step.fresh) {
        plain::fill(sum, sum + columns, A::start());
      }
      tile.source.fetch(step.rows.first, step.rows.step, step.rows.count, x, valid);
      for (int g = 0; g < step.rows.count; ++g) {
        T const* const row = static_cast<T const*>(x[g]);
        index_t const index = tile.first + step.rows.first + g * step.rows.step;
        for (int c = 0; c < columns; ++c) {
          if (!masked || valid[g][c]) {
            state.count[c] += masked ? 1 : 0;
            A::add(sum[c], row[c], index, state.shift[c]);
          }
        }
      }
      lane_schedule::merge_slots(step, [&](int earlier, int later, int to) {
        for (int c = 0; c < columns; ++c) {
          state.lane[to][c] = A::merge_lanes(state.lane[earlier][c], state.lane[later][c]);
        }
      });
    }
    lane_type const* const sum = state.lane[schedule.result()];
    for (int c = 0; c < columns; ++c) {
      index_t const n = state.count[c];
      tile.results.template put<A>(
          c, n > 0 ? A::close(sum[c], n, state.shift[c]) : typename A::tile{}, n);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
