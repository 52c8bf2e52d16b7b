// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers on the host: 32 lanes over 1024 neighbours, or over 1024
// rows for many outputs at once. The order of additions is that of docs/summation.md.

#include <algorithm>
#include <utility>

#include "cumulus/exec/host/tile_elements.hpp"
#include "cumulus/exec/host/vector_lanes.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

namespace cumulus::inline CUMULUS_TARGET {

namespace detail {

template <class A, missing Missing, class Element = reduced_from_t<typename A::input>>
using elements_of_tile =
    tile_elements<Element, Missing, tile_width<Element, typename vector_lanes<A>::element>>;

}  // namespace detail

/// The loops of accumulation A, in which the elements that `Missing` tells do not count.
template <class A, missing Missing> class vector_tile : detail::elements_of_tile<A, Missing> {
  using V = vector_lanes<A>;
  using T = typename A::input;
  using E = typename V::element;
  using base = detail::elements_of_tile<A, Missing>;
  using base::counts, base::truths_at, base::here, base::load_numbers, base::store_numbers;
  using base::masked, base::width;
  using typename base::counters, typename base::elements;
  static constexpr int parts = V::parts;

 public:
  using element = reduced_from_t<T>;

 private:
  static constexpr int packs = tile_lanes / width;
  struct lane_pack {
    simd<E, width> part[parts];
    counters count;
  };
  using lanes = E[parts][column_block];

 public:
  /// `n` <= 1024 neighbouring elements, of which those count that `valid` tells (Missing: bytes).
  static tile_summary<A> row(void const* data, bool const* valid, int n, index_t) {
    element const* const x = static_cast<element const*>(data);
    element shift = n > 0 ? x[0] : element(0);
    if constexpr (masked && A::needs_shift) {
      int i = 0;
      while (i < n && !counts(x, valid, i)) {
        ++i;
      }
      shift = i < n ? x[i] : element(0);
    }
    int count = n;
    auto const lane = add_row(x, valid, n, shift, count, std::make_index_sequence<packs>{});
    return count > 0 ? tile_summary<A>{A::close(lane, count, static_cast<T>(shift)), count}
                     : tile_summary<A>{{}, 0};
  }

  /// What a tile of columns is accumulated in.
  struct column_state {
    lanes lane[lane_slots];
    element shift[column_block];
    std::int32_t count[column_block];
  };

  /// Rows are swept lane by lane, and the lanes of a pair are merged as soon as both are there.
  static void columns(column_part const& tile, column_state& state, tile_summary<A>* out) {
    prepare(state, tile.columns);
    if constexpr (A::needs_shift) {
      find_shifts(tile, state.shift, counts);
    }
    int const slot = walk_lanes(
        tile.rows,
        [&](int lane, int to) {
          if (lane >= tile.rows) {
            start_lanes(state.lane[to], tile.columns);
          }
          bool fresh = true;
          for_rows_of_lane(tile, lane, [&](auto const& x, auto const& valid, int rows, int) {
            add_columns(x, valid, rows, tile.columns, state, state.lane[to], fresh);
            fresh = false;
          });
        },
        [&](int earlier, int later, int to) {
          for (int c = 0; c < tile.columns; c += width) {
            merge_numbers(state.lane[earlier], c, state.lane[later], c, state.lane[to]);
          }
        });
    close_columns(tile, state, state.lane[slot], out);
  }

  /// The same for few columns whose rows follow one another in memory, so that 32 of them are one
  /// run of 32 * columns lanes: row g of the source is such a run, the last one may be shorter.
  static void folded(column_part const& tile, column_state& state, tile_summary<A>* out) {
    int const run = tile_lanes * tile.columns;
    prepare(state, run);
    if constexpr (A::needs_shift) {
      find_shifts_of_runs(tile, state);
    }
    auto& sum = state.lane[0];
    start_lanes(sum, run);
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    for (int r = 0; r < tile.rows; r += rows_at_once * tile_lanes) {
      int const left = tile.rows - r;
      int const whole = std::min(left / tile_lanes, rows_at_once);
      int const rest = whole < rows_at_once ? left % tile_lanes * tile.columns : 0;
      tile.source.fetch(r, tile_lanes, whole + (rest > 0 ? 1 : 0), x, valid);
      if (whole > 0) {
        add_columns(x, valid, whole, run, state, sum, false);
      }
      if (rest > 0) {
        add_columns(x + whole, valid + whole, 1, rest, state, sum, false);
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
    close_columns(tile, state, sum, out);
  }

 private:
  /// Sets what all lanes of `lanes` columns share.
  static void prepare(column_state& state, int lanes) {
    int const padded = (lanes + width - 1) / width * width;
    std::fill(state.count, state.count + padded, 0);
    std::fill(state.shift, state.shift + padded, element(0));
  }
  static void start_lanes(lanes& sum, int count) {
    int const padded = (count + width - 1) / width * width;
    for (int p = 0; p < parts; ++p) {
      std::fill(sum[p], sum[p] + padded, V::start(p));
    }
  }

  static void close_columns(column_part const& tile, column_state const& state, lanes const& sum,
                            tile_summary<A>* out) {
    for (int c = 0; c < tile.columns; ++c) {
      index_t const n = masked ? state.count[c] : tile.rows;
      E last[parts];
      for (int p = 0; p < parts; ++p) {
        last[p] = sum[p][c];
      }
      out[c] = {n > 0 ? A::close(V::lane_of(last), n, static_cast<T>(state.shift[c]))
                      : typename A::tile{},
                n};
    }
  }

  /// Adds a pack of elements, with `nothing` where one does not count.
  static void add_pack(lane_pack& a, element const* at, [[maybe_unused]] bool const* valid,
                       elements nothing, elements shift) {
    elements x = load_numbers(at);
    if constexpr (masked) {
      auto const counted = here(x, valid);
      a.count = a.count - counters(resize_mask<4>(counted).v());
      x = select(counted, x, nothing);
    }
    V::add(a.part, x, shift);
  }

  /// A shift deviates from itself by 0; where it is infinite or NaN the tile is NaN anyway.
  static elements nothing_at([[maybe_unused]] elements shift) {
    if constexpr (A::needs_shift) {
      return shift;
    } else {
      return elements::splat(V::nothing());
    }
  }

  // --- rows

  /// The lanes of a row, merged; `count` becomes the number of elements that count.
  template <std::size_t... K>
  static typename A::lane add_row(element const* x, bool const* valid, int n, element first,
                                  int& count, std::index_sequence<K...>) {
    lane_pack a[packs];
    for (lane_pack& pack : a) {
      for (int p = 0; p < parts; ++p) {
        pack.part[p] = simd<E, width>::splat(V::start(p));
      }
      pack.count = counters::splat(0);
    }
    elements const shift = elements::splat(first);
    elements const nothing = nothing_at(shift);
    auto const add = [&](element const* from, bool const* truths) {
      (add_pack(a[K], from + K * width, truths_at(truths, K * width), nothing, shift), ...);
    };
    int const whole = n - n % tile_lanes;
    for (int i = 0; i < whole; i += tile_lanes) {
      add(x + i, truths_at(valid, i));
    }
    if (whole < n) {
      element values[tile_lanes];
      bool truths[tile_lanes] = {};
      pad(x + whole, truths_at(valid, whole), n - whole, first, values, truths);
      add(values, truths);
    }
    if constexpr (masked) {
      count = 0;
      for (int l = 0; l < width; ++l) {
        count += (a[K].count[l] + ...);
      }
    }
    for (int half = packs / 2; half > 0; half /= 2) {
      for (int k = 0; k < half; ++k) {
        V::merge(a[k].part, a[k + half].part);
      }
    }
    return meet<width>(a[0].part);
  }

  /// Lane l takes in lane l + N / 2, and so on until one is left.
  template <int N> static typename A::lane meet(simd<E, N> const (&a)[parts]) {
    if constexpr (N > 2) {
      simd<E, N / 2> half[2][parts];
      for (int p = 0; p < parts; ++p) {
        std::memcpy(static_cast<void*>(&half[0][p]), &a[p], sizeof(half[0][p]));
        std::memcpy(static_cast<void*>(&half[1][p]),
                    reinterpret_cast<char const*>(&a[p]) + sizeof(half[0][p]), sizeof(half[1][p]));
      }
      V::merge(half[0], half[1]);
      return meet<N / 2>(half[0]);
    } else {
      E lane[2][parts];
      for (int p = 0; p < parts; ++p) {
        lane[0][p] = a[p][0];
        lane[1][p] = a[p][1];
      }
      return A::merge_lanes(V::lane_of(lane[0]), V::lane_of(lane[1]));
    }
  }

  /// The last elements of a row, filled up to 32 with what changes nothing.
  static void pad(element const* x, [[maybe_unused]] bool const* valid, int n, element shift,
                  element* values, [[maybe_unused]] bool* truths) {
    std::fill(values + n, values + tile_lanes, nothing_of(shift));
    std::copy(x, x + n, values);
    if constexpr (Missing == missing::bytes) {
      std::copy(valid, valid + n, truths);
    }
  }

  // --- columns

  /// Adds the elements of `rows` rows to the lanes of `sum`, which are new if `fresh`.
  static void add_columns(void const* const* x, bool const* const* valid, int rows, int columns,
                          column_state& state, lanes& sum, bool fresh) {
    int c = 0;
    for (; c + 2 * width <= columns; c += 2 * width) {
      add_rows<2>(x, valid, rows, c, state, sum, c, fresh);
    }
    for (; c + width <= columns; c += width) {
      add_rows<1>(x, valid, rows, c, state, sum, c, fresh);
    }
    if (c < columns) {
      add_last_columns(x, valid, rows, c, columns - c, state, sum, fresh);
    }
  }

  /// Adds `Packs` packs of elements, from `at` on, of each of `rows` rows to the columns from c on.
  template <int Packs>
  static void add_rows(void const* const* x, bool const* const* valid, int rows, int at,
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
    for (int g = 0; g < rows; ++g) {
      element const* const row = static_cast<element const*>(x[g]) + at;
      add_pack(a[0], row, truths_at(valid[g], at), nothing[0], shift[0]);
      if constexpr (Packs == 2) {
        add_pack(a[1], row + width, truths_at(valid[g], at + width), nothing[1], shift[1]);
      }
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

  /// The same for the last columns, fewer than a pack; to the others nothing is added.
  static void add_last_columns(void const* const* x, bool const* const* valid, int rows, int c,
                               int columns, column_state& state, lanes& sum, bool fresh) {
    element values[rows_at_once][width];
    bool truths[rows_at_once][width] = {};
    void const* padded[rows_at_once];
    bool const* padded_valid[rows_at_once] = {};
    for (int g = 0; g < rows; ++g) {
      for (int l = columns; l < width; ++l) {
        values[g][l] = nothing_of(state.shift[c + l]);
      }
      std::memcpy(values[g], static_cast<element const*>(x[g]) + c, columns * sizeof(element));
      if constexpr (Missing == missing::bytes) {
        std::memcpy(truths[g], valid[g] + c, static_cast<std::size_t>(columns));
      }
      padded[g] = values[g];
      padded_valid[g] = truths[g];
    }
    add_rows<1>(padded, padded_valid, rows, 0, state, sum, c, fresh);
  }

  /// An element that changes nothing and does not count.
  static element nothing_of([[maybe_unused]] element shift) {
    if constexpr (Missing == missing::nan) {
      return std::numeric_limits<element>::quiet_NaN();
    } else if constexpr (A::needs_shift) {
      return shift;
    } else {
      return V::nothing();
    }
  }

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
      int const count = std::min(tile.rows - r, tile_lanes) * tile.columns;
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
