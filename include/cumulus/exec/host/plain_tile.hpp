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
  static constexpr int lane_bytes = lane_slots * int{sizeof(lane_type)};  ///< of a column

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

  static constexpr int state_bytes = lane_bytes + int{sizeof(T)} + int{sizeof(int)};  ///< likewise

  static void columns(column_part const& tile, column_state state) {
    auto const lanes_of = [&](int slot) { return state.array<lane_type>(0, slot); };
    T* const shift = state.array<T>(lane_bytes);
    int* const counted = state.array<int>(lane_bytes + int{sizeof(T)});
    int const columns = tile.columns;
    plain::fill(counted, counted + columns, masked ? 0 : tile.rows);
    plain::fill(shift, shift + columns, T(0));
    if constexpr (A::needs_shift) {
      find_shifts(tile, shift,
                  [](T const*, [[maybe_unused]] bool const* valid, [[maybe_unused]] int c) {
                    return !masked || valid[c];
                  });
    }
    lane_schedule const schedule(tile.rows, false);
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    for (lane_step const& step : schedule) {
      lane_type* const sum = lanes_of(step.slot);
      if (step.fresh) {
        plain::fill(sum, sum + columns, A::start());
      }
      tile.source.fetch(step.rows.first, step.rows.step, step.rows.count, x, valid);
      for (int g = 0; g < step.rows.count; ++g) {
        T const* const row = static_cast<T const*>(x[g]);
        index_t const index = tile.first + step.rows.first + g * step.rows.step;
        for (int c = 0; c < columns; ++c) {
          if (!masked || valid[g][c]) {
            counted[c] += masked ? 1 : 0;
            A::add(sum[c], row[c], index, shift[c]);
          }
        }
      }
      for (int level = 0; level < step.merges; ++level) {
        lane_type const* const earlier = lanes_of(level);
        lane_type* const to = lanes_of(level + 1 == step.merges ? step.target() : step.slot);
        for (int c = 0; c < columns; ++c) {
          to[c] = A::merge_lanes(earlier[c], sum[c]);
        }
      }
    }
    lane_type const* const sum = lanes_of(schedule.result());
    for (int c = 0; c < columns; ++c) {
      index_t const n = counted[c];
      tile.results.template put<A>(c, n > 0 ? A::close(sum[c], n, shift[c]) : typename A::tile{},
                                   n);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
