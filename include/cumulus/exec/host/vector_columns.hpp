// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers over rows, for many outputs side by side: 32 lanes of
// each column, in the order of docs/summation.md.

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
  /// Columns that are added together: two packs, where several lanes of them fit the registers a
  /// line of the cache.
  static constexpr int step = 2 * width;
  static constexpr int step_of_lanes = width * int{sizeof(typename base::element)} < 64 &&
                                               (vector_bytes == 64 || (parts == 1 && !masked))
                                           ? 2 * width
                                           : width;

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
  static int padded(int count) { return (count + step - 1) / step * step; }

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

  // Here and in add_four_lanes the packs that are added to are named by constants, in functions
  // that are always inline: at -O2 g++ keeps them in memory otherwise.
  static void add(column_rows rows, column_state state, lane_step const& how) {
    element const* const shifts = shifts_of(state);
    std::int32_t* const counts = counts_of(state);
    for (int c = rows.first; c < rows.end; c += step) {
      int const at = c - rows.origin;
      lane_pack a[2];
      elements shift[2];
      elements nothing[2];
      auto const take_lanes = [&](int k) __attribute__((always_inline)) {
        int const column = c + k * width;
        for (int p = 0; p < parts; ++p) {
          a[k].part[p] = how.fresh ? simd<E, width>::splat(V::start(p))
                                   : load_numbers(lanes_of(state, how.slot, p) + column);
        }
        if constexpr (masked) {
          a[k].count = load_numbers(counts + column);
        }
        shift[k] = load_numbers(shifts + column);
        nothing[k] = nothing_at(shift[k]);
      };
      take_lanes(0);
      take_lanes(1);
      auto const add_row = [&](int g) __attribute__((always_inline)) {
        element const* const row = static_cast<element const*>(rows.x[g]) + at;
        add_pack(a[0], load_numbers(row), nullptr, nothing[0], shift[0]);
        add_pack(a[1], load_numbers(row + width), nullptr, nothing[1], shift[1]);
        rows.ahead.template ask<element>(g, at, step);
      };
      int g = 0;
      for (; g + 4 <= rows.rows; g += 4) {
        add_row(g);
        add_row(g + 1);
        add_row(g + 2);
        add_row(g + 3);
      }
      for (; g < rows.rows; ++g) {
        add_row(g);
      }
      auto const put_lanes = [&](int k) __attribute__((always_inline)) {
        int const column = c + k * width;
        store_lanes(state, how, column, a[k].part);
        if constexpr (masked) {
          store_numbers(counts + column, a[k].count);
        }
      };
      put_lanes(0);
      put_lanes(1);
    }
  }

  /// Rows g, g + 4, … of these belong to one lane.
  static void add_four_lanes(column_rows rows, column_state state, lane_step const& how) {
    element const* const shifts = shifts_of(state);
    std::int32_t* const counts = counts_of(state);
    constexpr int packs = step_of_lanes / width;
    static_assert(packs == 1 || packs == 2);
    for (int c = rows.first; c < rows.end; c += step_of_lanes) {
      int const at = c - rows.origin;
      lane_pack a[4][2] = {{fresh_pack(), fresh_pack()},
                           {fresh_pack(), fresh_pack()},
                           {fresh_pack(), fresh_pack()},
                           {fresh_pack(), fresh_pack()}};
      constexpr int second = (packs - 1) * width;
      elements const shift[2] = {load_numbers(shifts + c), load_numbers(shifts + c + second)};
      elements const nothing[2] = {nothing_at(shift[0]), nothing_at(shift[1])};
      auto const add_row = [&](lane_pack(&lane)[2], int g) __attribute__((always_inline)) {
        element const* const row = static_cast<element const*>(rows.x[g]) + at;
        add_pack(lane[0], load_numbers(row), nullptr, nothing[0], shift[0]);
        if constexpr (packs == 2) {
          add_pack(lane[1], load_numbers(row + second), nullptr, nothing[1], shift[1]);
        }
        rows.ahead.template ask<element>(g, at, step_of_lanes);
      };
      for (int g = 0; g < rows.rows; g += 4) {
        add_row(a[0], g);
        if (g + 1 < rows.rows) {
          add_row(a[1], g + 1);
        }
        if (g + 2 < rows.rows) {
          add_row(a[2], g + 2);
        }
        if (g + 3 < rows.rows) {
          add_row(a[3], g + 3);
        }
      }
      auto const store_merged = [&](int k) __attribute__((always_inline)) {
        int const column = c + k * width;
        V::merge(a[0][k].part, a[2][k].part);
        V::merge(a[1][k].part, a[3][k].part);
        V::merge(a[0][k].part, a[1][k].part);
        store_lanes(state, how, column, a[0][k].part);
        if constexpr (masked) {
          store_numbers(counts + column,
                        load_numbers(counts + column) +
                            (a[0][k].count + a[1][k].count + a[2][k].count + a[3][k].count));
        }
      };
      store_merged(0);
      if constexpr (packs == 2) {
        store_merged(1);
      }
    }
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

  static_assert(step * int{sizeof(element)} <= most_bytes_at_once);
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
