// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers over rows, for many outputs side by side: 32 lanes of
// each column, in the order of docs/summation.md.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_truths.hpp"
#include "cumulus/exec/host/vector_packs.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <class A, missing Missing> class vector_columns : vector_packs<A, Missing> {
  using base = vector_packs<A, Missing>;
  using base::counts, base::load_numbers, base::store_numbers, base::masked;
  using base::nothing_at, base::nothing_of;
  using base::width, base::parts, base::add_pack, base::fresh_pack;
  using typename base::counters;
  using typename base::E, typename base::V, typename base::T, typename base::lane_pack;
  using typename base::elements;
  using lanes = E[parts][column_block];
  /// Packs of columns of which four lanes are in registers: a line of the cache, where it fits.
  static constexpr int packs_of_four = width * int{sizeof(typename base::element)} < 64 &&
                                               (vector_bytes == 64 || (parts == 1 && !masked))
                                           ? 2
                                           : 1;

 public:
  using typename base::element;

  /// What a tile of columns is accumulated in.
  struct column_state {
    lanes lane[lane_slots];
    element shift[column_block];
    std::int32_t count[column_block];
  };

  /// Rows are swept as lane_schedule says.
  static void columns(column_part const& tile, column_state& state, tile_summary<A>* out) {
    prepare(state, tile.columns);
    if constexpr (A::needs_shift) {
      if (tile.truths != nullptr) {
        plain::copy_n(static_cast<element const*>(tile.truths->items()), tile.columns, state.shift);
      } else {
        find_shifts(tile, state.shift, counts);
      }
    }
    lane_schedule const schedule(tile.rows, tile.source.in_place() ? rows_fetched : rows_staged);
    row_reader reader(tile.source);
    for (lane_step const& step : schedule) {
      reader.read(step.rows, &step + 1 == schedule.end() ? row_range{} : (&step + 1)->rows,
                  tile.columns * index_t{sizeof(element)});
      lanes& to = state.lane[step.slot];
      int const rows = step.rows.count;
      if (schedule.four()) {
        add_columns_of_four(reader.x(), reader.next(), rows, tile.columns, state, to);
      } else {
        add_columns(reader.x(), reader.next(), rows, tile.columns, state, to, step.fresh);
      }
      lane_schedule::merge_slots(step, [&](int earlier, int later, int to) {
        for (int c = 0; c < tile.columns; c += width) {
          merge_numbers(state.lane[earlier], c, state.lane[later], c, state.lane[to]);
        }
      });
    }
    close_columns(tile, state, state.lane[schedule.result()], out);
  }

  /// The same for few columns whose rows follow one another in memory, so that 32 of them are one
  /// run of 32 * columns lanes: row g of the source is such a run, the last one may be shorter.
  static void folded(column_part const& tile, column_state& state, tile_summary<A>* out) {
    int const run = tile_lanes * tile.columns;
    prepare(state, run);
    if constexpr (A::needs_shift) {
      if (tile.truths != nullptr) {
        plain::copy_n(static_cast<element const*>(tile.truths->items()), run, state.shift);
      } else {
        find_shifts_of_runs(tile, state);
      }
    }
    auto& sum = state.lane[0];
    start_lanes(sum, run);
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    for (int r = 0; r < tile.rows; r += rows_at_once * tile_lanes) {
      int const left = tile.rows - r;
      int const whole = plain::min(left / tile_lanes, rows_at_once);
      int const rest = whole < rows_at_once ? left % tile_lanes * tile.columns : 0;
      tile.source.fetch(r, tile_lanes, whole + (rest > 0 ? 1 : 0), x, valid);
      add_columns(x, x, whole, run, state, sum, false);
      if (rest > 0) {
        add_columns(x + whole, x + whole, 1, rest, state, sum, false);
      }
    }
    // Lane l of a column and lane l + 16 lie 16 * columns apart.
    for (int half = run / 2; half >= tile.columns; half /= 2) {
      for (int c = 0; c < half; c += width) {
        merge_numbers(sum, c, sum, c + half, sum);
        if constexpr (masked) {
          store_numbers(&state.count[c],
                        load_numbers(&state.count[c]) + load_numbers(&state.count[c + half]));
        }
      }
    }
    if (tile.truths != nullptr) {
      tile.truths->fold();
    }
    close_columns(tile, state, sum, out);
  }

 private:
  /// Sets what all lanes of `lanes` columns share.
  static void prepare(column_state& state, int lanes) {
    int const padded = (lanes + width - 1) / width * width;
    plain::fill(state.count, state.count + padded, 0);
    plain::fill(state.shift, state.shift + padded, element(0));
  }
  static void start_lanes(lanes& sum, int count) {
    int const padded = (count + width - 1) / width * width;
    for (int p = 0; p < parts; ++p) {
      plain::fill(sum[p], sum[p] + padded, V::start(p));
    }
  }

  static void close_columns(column_part const& tile, column_state const& state, lanes const& sum,
                            tile_summary<A>* out) {
    for (int c = 0; c < tile.columns; ++c) {
      index_t const n = tile.truths != nullptr ? tile.truths->counts()[c]
                        : masked               ? state.count[c]
                                               : tile.rows;
      E last[parts];
      for (int p = 0; p < parts; ++p) {
        last[p] = sum[p][c];
      }
      out[c] = {n > 0 ? A::close(V::lane_of(last), n, static_cast<T>(state.shift[c]))
                      : typename A::tile{},
                n};
    }
  }

  /// Calls sweep(end, ahead) for the columns up to `end`, whose rows are to be asked for as `ahead`
  /// says: each a little ahead, and at its end the next one.
  template <class Sweep>
  static void look_ahead(int columns, void const* const* x, void const* const* next,
                         Sweep const& sweep) {
    constexpr int distance = 256;  // bytes: a few lines of each of up to 32 rows
    int const edge = columns - distance / int{sizeof(element)};
    if (edge > 0) {
      sweep(edge, rows_ahead{x, distance});
    }
    sweep(columns, rows_ahead{next, edge > 0 ? -edge * index_t{sizeof(element)} : 0});
  }

  /// Sets the lanes of `to` to what four new lanes make together, whose rows these are in turns.
  static void add_columns_of_four(void const* const* x, void const* const* next, int rows,
                                  int columns, column_state& state, lanes& to) {
    constexpr int step = packs_of_four * width;
    int c = 0;
    look_ahead(columns, x, next, [&](int end, rows_ahead const& ahead) {
      for (; c + step <= end; c += step) {
        add_four_lanes<packs_of_four>(x, ahead, rows, c, state, to, c);
      }
    });
    for (; c < columns; c += width) {
      padded_columns<rows_fetched> const last(x, rows, c, plain::min(width, columns - c), state);
      add_four_lanes<1>(last.x, {last.x, 0}, rows, 0, state, to, c);
    }
  }

  /// Rows g, g + 4, … of these belong to one lane.
  template <int Packs>
  static void add_four_lanes(void const* const* x, rows_ahead const& ahead, int rows, int at,
                             column_state& state, lanes& to, int c) {
    static_assert(Packs == 1 || Packs == 2);
    lane_pack a[4][2] = {{fresh_pack(), fresh_pack()},
                         {fresh_pack(), fresh_pack()},
                         {fresh_pack(), fresh_pack()},
                         {fresh_pack(), fresh_pack()}};
    constexpr int second = (Packs - 1) * width;
    elements const shift[2] = {load_numbers(state.shift + c),
                               load_numbers(state.shift + c + second)};
    elements const nothing[2] = {nothing_at(shift[0]), nothing_at(shift[1])};
    auto const add = [&](lane_pack(&lane)[2], int g) {
      element const* const row = static_cast<element const*>(x[g]) + at;
      add_pack(lane[0], row, nothing[0], shift[0]);
      if constexpr (Packs == 2) {
        add_pack(lane[1], row + second, nothing[1], shift[1]);
      }
      ahead.template ask<element>(g, at, Packs * width);
    };
    int g = 0;
    for (; g + 4 <= rows; g += 4) {
      add(a[0], g);
      add(a[1], g + 1);
      add(a[2], g + 2);
      add(a[3], g + 3);
    }
    if (g < rows) {
      add(a[0], g);
    }
    if (g + 1 < rows) {
      add(a[1], g + 1);
    }
    if (g + 2 < rows) {
      add(a[2], g + 2);
    }
    for (int k = 0; k < Packs; ++k) {
      int const column = c + k * width;
      V::merge(a[0][k].part, a[2][k].part);
      V::merge(a[1][k].part, a[3][k].part);
      V::merge(a[0][k].part, a[1][k].part);
      for (int p = 0; p < parts; ++p) {
        store_numbers(&to[p][column], a[0][k].part[p]);
      }
      if constexpr (masked) {
        store_numbers(&state.count[column],
                      load_numbers(&state.count[column]) +
                          (a[0][k].count + a[1][k].count + a[2][k].count + a[3][k].count));
      }
    }
  }

  /// Adds the elements of `rows` rows to the lanes of `sum`, which are new if `fresh`, and asks for
  /// those of the next ones.
  static void add_columns(void const* const* x, void const* const* next, int rows, int columns,
                          column_state& state, lanes& sum, bool fresh) {
    int c = 0;
    look_ahead(columns, x, next, [&](int end, rows_ahead const& ahead) {
      for (; c + 2 * width <= end; c += 2 * width) {
        add_rows<2>(x, ahead, rows, c, state, sum, c, fresh);
      }
    });
    for (; c < columns; c += width) {
      int const count = plain::min(width, columns - c);
      padded_columns<rows_at_once> const last(x, rows, c, count, state);
      add_rows<1>(last.x, {last.x, 0}, rows, 0, state, sum, c, fresh);
    }
  }

  /// Adds `Packs` packs of elements, from `at` on, of each of `rows` rows to the columns from c on.
  template <int Packs>
  static void add_rows(void const* const* x, rows_ahead const& ahead, int rows, int at,
                       column_state& state, lanes& sum, int c, bool fresh) {
    lane_pack a[Packs];
    elements shift[Packs];
    elements nothing[Packs];
    for (int k = 0; k < Packs; ++k) {
      int const column = c + k * width;
      for (int p = 0; p < parts; ++p) {
        a[k].part[p] = fresh ? simd<E, width>::splat(V::start(p)) : load_numbers(&sum[p][column]);
      }
      if constexpr (masked) {
        a[k].count = load_numbers(&state.count[column]);
      }
      shift[k] = load_numbers(state.shift + column);
      nothing[k] = nothing_at(shift[k]);
    }
    auto const add = [&](int g) {
      element const* const row = static_cast<element const*>(x[g]) + at;
      add_pack(a[0], row, nothing[0], shift[0]);
      if constexpr (Packs == 2) {
        add_pack(a[1], row + width, nothing[1], shift[1]);
        ahead.template ask<element>(g, at, Packs * width);
      }
    };
    int g = 0;
    for (; g + 4 <= rows; g += 4) {
      add(g);
      add(g + 1);
      add(g + 2);
      add(g + 3);
    }
    for (; g < rows; ++g) {
      add(g);
    }
    for (int k = 0; k < Packs; ++k) {
      int const column = c + k * width;
      for (int p = 0; p < parts; ++p) {
        store_numbers(&sum[p][column], a[k].part[p]);
      }
      if constexpr (masked) {
        store_numbers(&state.count[column], a[k].count);
      }
    }
  }

  /// The last columns of rows, fewer than a pack; to the others nothing is added.
  template <int Rows> struct padded_columns {
    element values[Rows][width];
    void const* x[Rows];

    padded_columns(void const* const* from, int rows, int c, int columns,
                   column_state const& state) {
      for (int g = 0; g < rows; ++g) {
        for (int l = columns; l < width; ++l) {
          values[g][l] = nothing_of(state.shift[c + l]);
        }
        plain::copy_n(static_cast<element const*>(from[g]) + c, columns, values[g]);
        x[g] = values[g];
      }
    }
  };

  /// A pack of `to` becomes one of `first` merged with one of `second`.
  static void merge_numbers(lanes const& first, int c, lanes const& second, int later, lanes& to) {
    simd<E, width> a[parts];
    simd<E, width> b[parts];
    for (int p = 0; p < parts; ++p) {
      a[p] = load_numbers(&first[p][c]);
      b[p] = load_numbers(&second[p][later]);
    }
    V::merge(a, b);
    for (int p = 0; p < parts; ++p) {
      store_numbers(&to[p][c], a[p]);
    }
  }

  /// Each column's first element that counts, for all of its lanes.
  static void find_shifts_of_runs(column_part const& tile, column_state& state) {
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
            state.shift[l * tile.columns + c] = run[i];
          }
        }
      }
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
