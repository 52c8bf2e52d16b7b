// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers over rows, for many outputs side by side: 32 lanes of
// each column, in the order of docs/summation.md.

#include <utility>

#include "cumulus/exec/host/column_sweep.hpp"
#include "cumulus/exec/host/vector_packs.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <class A, missing Missing> class vector_columns : vector_packs<A, Missing> {
  using base = vector_packs<A, Missing>;
  using base::counts, base::load_numbers, base::store_numbers, base::masked;
  using base::nothing_at, base::nothing_of;
  using base::width, base::parts, base::add_pack, base::fresh_pack;
  using typename base::E, typename base::V, typename base::T, typename base::lane_pack;
  using typename base::elements;
  /// Columns that are added together, a lane of each or four: a line of the cache if there are
  /// registers for it, and two packs where one lane has no others to work on meanwhile.
  static constexpr int step = plain::max(base::columns_of(4), 2 * width);
  static constexpr int step_of_lanes =
      base::columns_of(vector_bytes == 64 || (parts == 1 && !masked) ? 4 : 2);

 public:
  using typename base::element;

  static void columns(column_part const& tile, column_state state) {
    sweep_column_tile(tile, loops, state);
  }
  static void folded(column_part const& tile, column_state state) {
    sweep_folded_tile(tile, loops, state);
  }

 private:
  // What a tile of columns is accumulated in.
  static constexpr int lane_bytes = lane_slots * parts * int{sizeof(E)};
  static E* lanes_of(column_state s, int slot, int part) {
    return s.array<E>(0, slot * parts + part);
  }
  static element* shifts_of(column_state s) { return s.array<element>(lane_bytes); }
  static std::int32_t* counts_of(column_state s) {
    return s.array<std::int32_t>(lane_bytes + int{sizeof(element)});
  }

 public:
  static constexpr int state_bytes =
      lane_bytes + int{sizeof(element)} + int{sizeof(std::int32_t)};  ///< of a column

 private:
  static int padded(int count) {
    constexpr int quantum = plain::max(step, step_of_lanes);
    return (count + quantum - 1) / quantum * quantum;
  }

  static void begin(column_part const& tile, column_state state, int count) {
    element* const shift = shifts_of(state);
    plain::fill_n(counts_of(state), padded(count), 0);
    plain::fill_n(shift, padded(count), element(0));
    if constexpr (A::needs_shift) {
      if (tile.truths != nullptr) {
        plain::copy_n(static_cast<element const*>(tile.truths->items()), count, shift);
      } else if constexpr (!masked) {
        if (tile.rows > 0) {
          take_first_row(tile, shift, count);
        }
      } else if (count == tile.columns) {
        find_shifts(tile, shift, counts);
      } else {
        find_shifts_of_runs(tile, shift);
      }
    }
  }

  static void start(column_state state, int count) {
    for (int p = 0; p < parts; ++p) {
      plain::fill_n(lanes_of(state, 0, p), padded(count), V::start(p));
    }
  }

  static void close(column_part const& tile, column_state state, int slot) {
    element const* const shift = shifts_of(state);
    std::int32_t const* const count = counts_of(state);
    for (int c = 0; c < tile.columns; ++c) {
      index_t const n = tile.truths != nullptr ? tile.truths->counts()[c]
                        : masked               ? count[c]
                                               : tile.rows;
      E last[parts];
      for (int p = 0; p < parts; ++p) {
        last[p] = lanes_of(state, slot, p)[c];
      }
      tile.results.template put<A>(
          c, n > 0 ? A::close(V::lane_of(last), n, static_cast<T>(shift[c])) : typename A::tile{},
          n);
    }
  }

  /// Rows of one lane.
  static void add(column_rows rows, column_state state, lane_step const& how) {
    for (int c = rows.first; c < rows.end; c += step) {
      one_lane(rows, c, state, how, std::make_index_sequence<std::size_t{step / width}>{});
    }
  }
  /// Rows g, g + 4, … of these belong to one lane.
  static void add_four_lanes(column_rows rows, column_state state, lane_step const& how) {
    for (int c = rows.first; c < rows.end; c += step_of_lanes) {
      four_lanes(rows, c, state, how,
                 std::make_index_sequence<std::size_t{step_of_lanes / width}>{});
    }
  }

  // The packs that are added to are named by constants and have their values from the beginning, in
  // functions that are always inline: g++ keeps them in memory otherwise.

  template <std::size_t... K>
  [[gnu::always_inline]] static void one_lane(column_rows const& rows, int c, column_state state,
                                              lane_step const& how, std::index_sequence<K...> all) {
    lane_pack a[] = {lanes_at(state, how, c + static_cast<int>(K) * width)...};
    add_rows(a, rows, c, 0, 1, shifts_of(state), all);
    (store_lanes(state, how, c + static_cast<int>(K) * width, a[K].part), ...);
    if constexpr (masked) {
      (store_numbers(counts_of(state) + c + K * width, a[K].count), ...);
    }
  }

  /// The lanes go one after another: so the registers hold a line of the cache of each.
  template <std::size_t... K>
  [[gnu::always_inline]] static void four_lanes(column_rows const& rows, int c, column_state state,
                                                lane_step const& how,
                                                std::index_sequence<K...> all) {
    element const* const shifts = shifts_of(state);
    auto const take_in = [](lane_pack(&a)[sizeof...(K)], lane_pack const(&b)[sizeof...(K)])
                             __attribute__((always_inline)) {
                               (V::merge(a[K].part, b[K].part), ...);
                               if constexpr (masked) {
                                 ((a[K].count = a[K].count + b[K].count), ...);
                               }
                             };
    lane_pack even[] = {(static_cast<void>(K), fresh_pack())...};
    add_rows(even, rows, c, 0, 4, shifts, all);
    lane_pack third[] = {(static_cast<void>(K), fresh_pack())...};
    add_rows(third, rows, c, 2, 4, shifts, all);
    take_in(even, third);
    lane_pack odd[] = {(static_cast<void>(K), fresh_pack())...};
    add_rows(odd, rows, c, 1, 4, shifts, all);
    lane_pack fourth[] = {(static_cast<void>(K), fresh_pack())...};
    add_rows(fourth, rows, c, 3, 4, shifts, all);
    take_in(odd, fourth);
    take_in(even, odd);
    (store_lanes(state, how, c + static_cast<int>(K) * width, even[K].part), ...);
    if constexpr (masked) {
      std::int32_t* const counts = counts_of(state) + c;
      (store_numbers(counts + K * width, load_numbers(counts + K * width) + even[K].count), ...);
    }
  }

  /// Rows first, first + every, … are added to packs of neighbouring columns from c on.
  template <std::size_t... K>
  [[gnu::always_inline]] static void add_rows(lane_pack (&a)[sizeof...(K)], column_rows const& rows,
                                              int c, int first, int every, element const* shifts,
                                              std::index_sequence<K...>) {
    elements const shift[] = {load_numbers(shifts + c + K * width)...};
    elements const nothing[] = {nothing_at(shift[K])...};
    int const at = c - rows.origin;
    for (int g = first; g < rows.rows; g += every) {
      element const* const row = static_cast<element const*>(rows.x[g]) + at;
      (add_pack(a[K], load_numbers(row + K * width), nullptr, nothing[K], shift[K]), ...);
      rows.ahead.template ask<element>(g, at, static_cast<int>(sizeof...(K)) * width);
    }
  }

  /// Lanes of columns c, c + 1, … as they are.
  [[gnu::always_inline]] static lane_pack lanes_at(column_state state, lane_step const& how,
                                                   int c) {
    lane_pack a = fresh_pack();
    if (!how.fresh) {
      for (int p = 0; p < parts; ++p) {
        a.part[p] = load_numbers(lanes_of(state, how.slot, p) + c);
      }
    }
    if constexpr (masked) {
      a.count = load_numbers(counts_of(state) + c);
    }
    return a;
  }

  static void merge(column_state state, int count) {
    std::int32_t* const counts = counts_of(state);
    for (int c = 0; c < count; c += width) {
      simd<E, width> a[parts];
      simd<E, width> b[parts];
      for (int p = 0; p < parts; ++p) {
        a[p] = load_numbers(lanes_of(state, 0, p) + c);
        b[p] = load_numbers(lanes_of(state, 0, p) + c + count);
      }
      V::merge(a, b);
      for (int p = 0; p < parts; ++p) {
        store_numbers(lanes_of(state, 0, p) + c, a[p]);
      }
      if constexpr (masked) {
        store_numbers(counts + c, load_numbers(counts + c) + load_numbers(counts + c + count));
      }
    }
  }

  /// Merges lanes of the columns c, c + 1, … with those that wait for them and stores the result.
  [[gnu::always_inline]] static void store_lanes(column_state state, lane_step const& step, int c,
                                                 simd<E, width>* a) {
    for (int level = 0; level < step.merges; ++level) {
      simd<E, width> earlier[parts];
      for (int p = 0; p < parts; ++p) {
        earlier[p] = load_numbers(lanes_of(state, level, p) + c);
      }
      V::merge(earlier, a);
      for (int p = 0; p < parts; ++p) {
        a[p] = earlier[p];
      }
    }
    for (int p = 0; p < parts; ++p) {
      store_numbers(lanes_of(state, step.target(), p) + c, a[p]);
    }
  }

  static void fill(column_state state, int first, int count, void* elements) {
    for (int c = 0; c < count; ++c) {
      static_cast<element*>(elements)[c] = nothing_of(shifts_of(state)[first + c]);
    }
  }

  static_assert(plain::max(step, step_of_lanes) * int{sizeof(element)} <= most_bytes_at_once);
  static constexpr column_loops loops = {int{sizeof(element)},  begin, start, {add, add_four_lanes},
                                         {step, step_of_lanes}, fill,  merge, close};

  /// Each column's first element, as many times as `count` neighbours hold the tile's columns.
  static void take_first_row(column_part const& tile, element* shift, int count) {
    void const* x[1];
    bool const* valid[1] = {};
    tile.source.fetch(0, 1, 1, x, valid);
    for (int c = 0; c < count; c += tile.columns) {
      plain::copy_n(static_cast<element const*>(x[0]), tile.columns, shift + c);
    }
  }

  /// Each column's first element that counts, for all of its lanes.
  static void find_shifts_of_runs(column_part const& tile, element* shift) {
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    bool found[column_block] = {};
    int missing_columns = tile.columns;
    for (int r = 0; r < tile.rows && missing_columns > 0; r += tile_lanes) {
      tile.source.fetch(r, tile_lanes, 1, x, valid);
      element const* const run = static_cast<element const*>(x[0]);
      int const count = plain::min(tile.rows - r, tile_lanes) * tile.columns;
      for (int i = 0; i < count && missing_columns > 0; ++i) {
        int const c = i % tile.columns;
        if (!found[c] && counts(run, valid[0], i)) {
          found[c] = true;
          --missing_columns;
          for (int l = 0; l < tile_lanes; ++l) {
            shift[l * tile.columns + c] = run[i];
          }
        }
      }
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
