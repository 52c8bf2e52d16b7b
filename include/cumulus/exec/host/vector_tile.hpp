// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers on the host: 32 lanes over 1024 neighbours, or over 1024
// rows for many outputs at once. The order of additions is that of docs/summation.md.

#include <algorithm>
#include <utility>

#include "cumulus/exec/host/tile_loops.hpp"
#include "cumulus/exec/host/vector_lanes.hpp"
#include "cumulus/exec/pack/pack.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The loops of accumulation A, in which the elements that `Missing` tells do not count.
template <class A, missing Missing> class vector_tile {
  using V = vector_lanes<A>;
  using T = typename A::input;
  using E = typename V::element;
  static constexpr int parts = V::parts;
  static constexpr bool masked = Missing != missing::none;

 public:
  using element = reduced_from_t<T>;

 private:
  // What is counted takes four bytes.
  static constexpr int width =
      vector_bytes / std::max({int{sizeof(E)}, int{sizeof(element)}, int{sizeof(std::int32_t)}});
  static_assert(width <= tile_lanes);
  using policy = pack_policy<width, true>;
  using elements = simd<element, width>;
  using counters = simd<std::int32_t, width>;

  struct lane_pack {
    simd<E, width> part[parts];
    counters count;
  };

 public:
  /// `n` <= 1024 neighbouring elements, of which those count that `valid` tells (Missing: bytes).
  static tile_summary<A> row(void const* data, bool const* valid, int n, index_t first) {
    element const* const x = static_cast<element const*>(data);
    int i = 0;
    while (masked && i < n && !counts(x, valid, i)) {
      ++i;
    }
    if (i == n) {
      return {{}, 0};
    }
    element const shift = x[i];
    int count = masked ? 0 : n;
    typename A::lane lane[tile_lanes];
    int const whole = n - n % tile_lanes;
    // Lanes past the last element are empty and merging them changes nothing.
    int used = tile_lanes;
    if (whole > 0) {
      add_whole(lane, x, valid, whole, shift, count);
    } else {
      while (used / 2 >= n) {
        used /= 2;
      }
      for (int l = 0; l < used; ++l) {
        lane[l] = A::start();
      }
    }
    for (int j = whole; j < n; ++j) {
      if (counts(x, valid, j)) {
        A::add(lane[j - whole], static_cast<T>(x[j]), first + j, static_cast<T>(shift));
        count += masked ? 1 : 0;
      }
    }
    for (int half = used / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) {
        lane[l] = A::merge_lanes(lane[l], lane[l + half]);
      }
    }
    return {A::close(lane[0], count, static_cast<T>(shift)), count};
  }

  /// What a tile of columns is accumulated in.
  struct column_state {
    E sum[parts][column_block];
    E waiting[lane_levels][parts][column_block];  ///< lanes whose partners are still to come
    element shift[column_block];
    std::int32_t count[column_block];
  };

  /// Rows are swept lane by lane, and the lanes of a pair are merged as soon as both are there.
  static void columns(column_part const& tile, column_state& state, tile_summary<A>* out) {
    prepare(state, tile.columns);
    if constexpr (A::needs_shift) {
      find_shifts(tile, state.shift, counts);
    }
    walk_lanes(
        tile.rows, [&](int lane) { add_lane(tile, state, lane); },
        [&](int level) { merge_into_sum(state, state.waiting[level], tile.columns); },
        [&](int level) {
          for (int p = 0; p < parts; ++p) {
            std::copy(state.sum[p], state.sum[p] + tile.columns, state.waiting[level][p]);
          }
        });
    close_columns(tile, state, out);
  }

  /// The same for few columns whose rows follow one another in memory, so that 32 of them are one
  /// run of 32 * columns lanes: row g of the source is such a run, the last one may be shorter.
  static void folded(column_part const& tile, column_state& state, tile_summary<A>* out) {
    int const run = tile_lanes * tile.columns;
    prepare(state, run);
    if constexpr (A::needs_shift) {
      find_shifts_of_runs(tile, state);
    }
    start_lanes(state, run);
    void const* x[rows_at_once];
    bool const* valid[rows_at_once] = {};
    for (int r = 0; r < tile.rows; r += rows_at_once * tile_lanes) {
      int const left = tile.rows - r;
      int const whole = std::min(left / tile_lanes, rows_at_once);
      int const rest = whole < rows_at_once ? left % tile_lanes * tile.columns : 0;
      tile.source.fetch(r, tile_lanes, whole + (rest > 0 ? 1 : 0), x, valid);
      if (whole > 0) {
        add_columns(x, valid, whole, run, state);
      }
      if (rest > 0) {
        add_columns(x + whole, valid + whole, 1, rest, state);
      }
    }
    // Lane l of a column and lane l + 16 lie 16 * columns apart.
    for (int half = run / 2; half >= tile.columns; half /= 2) {
      for (int c = 0; c < half; c += width) {
        merge_packs(state, c, c + half);
      }
    }
    close_columns(tile, state, out);
  }

 private:
  /// Sets what all lanes of `lanes` columns share.
  static void prepare(column_state& state, int lanes) {
    int const padded = (lanes + width - 1) / width * width;
    std::fill(state.count, state.count + padded, 0);
    std::fill(state.shift, state.shift + padded, element(0));
  }
  static void start_lanes(column_state& state, int lanes) {
    int const padded = (lanes + width - 1) / width * width;
    for (int p = 0; p < parts; ++p) {
      std::fill(state.sum[p], state.sum[p] + padded, V::start(p));
    }
  }

  static void close_columns(column_part const& tile, column_state const& state,
                            tile_summary<A>* out) {
    for (int c = 0; c < tile.columns; ++c) {
      index_t const n = masked ? state.count[c] : tile.rows;
      E last[parts];
      for (int p = 0; p < parts; ++p) {
        last[p] = state.sum[p][c];
      }
      out[c] = {n > 0 ? A::close(V::lane_of(last), n, static_cast<T>(state.shift[c]))
                      : typename A::tile{},
                n};
    }
  }

  static bool counts(element const* x, bool const* valid, int i) {
    if constexpr (Missing == missing::nan) {
      return !elementary::is_nan(x[i]);
    } else {
      return Missing == missing::none || valid[i];
    }
  }

  static bool const* truths_at([[maybe_unused]] bool const* valid, [[maybe_unused]] int i) {
    if constexpr (Missing == missing::bytes) {
      return valid + i;
    } else {
      return nullptr;
    }
  }

  /// Adds a pack of elements, with `nothing` where one does not count.
  static void add_pack(lane_pack& a, element const* at, [[maybe_unused]] bool const* valid,
                       elements nothing, elements shift) {
    elements x = load_numbers(at);
    if constexpr (Missing == missing::nan) {
      auto const here = x == x;
      a.count = a.count - counters(resize_mask<4>(here).v());
      x = select(here, x, nothing);
    } else if constexpr (Missing == missing::bytes) {
      auto const here =
          load<bool, policy, access::unit>(reinterpret_cast<std::byte const*>(valid), 1, 0, width);
      a.count = a.count - counters(resize_mask<4>(here).v());
      x = select(here, x, nothing);
    }
    V::add(a.part, x, shift);
  }

  template <class N> static simd<N, width> load_numbers(N const* at) {
    return load<N, policy, access::unit>(reinterpret_cast<std::byte const*>(at), 1, 0, width);
  }
  template <class N> static void store_numbers(N* at, simd<N, width> const& pack) {
    store<N, policy, access::unit>(reinterpret_cast<std::byte*>(at), 1, 0, width, pack);
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

  template <std::size_t... K>
  static void add_whole(typename A::lane* lane, element const* x, bool const* valid, int n,
                        element first, int& count, std::index_sequence<K...>) {
    lane_pack a[sizeof...(K)];
    for (lane_pack& pack : a) {
      for (int p = 0; p < parts; ++p) {
        pack.part[p] = simd<E, width>::splat(V::start(p));
      }
      pack.count = counters::splat(0);
    }
    elements const shift = elements::splat(first);
    elements const nothing = nothing_at(shift);
    for (int i = 0; i < n; i += tile_lanes) {
      (add_pack(a[K], x + i + static_cast<int>(K) * width,
                truths_at(valid, i + static_cast<int>(K) * width), nothing, shift),
       ...);
    }
    for (int l = 0; l < tile_lanes; ++l) {
      E last[parts];
      for (int p = 0; p < parts; ++p) {
        last[p] = a[l / width].part[p][l % width];
      }
      lane[l] = V::lane_of(last);
      count += masked ? a[l / width].count[l % width] : 0;
    }
  }
  static void add_whole(typename A::lane* lane, element const* x, bool const* valid, int n,
                        element shift, int& count) {
    add_whole(lane, x, valid, n, shift, count, std::make_index_sequence<tile_lanes / width>{});
  }

  // --- columns

  static void add_lane(column_part const& tile, column_state& state, int lane) {
    start_lanes(state, tile.columns);
    for_rows_of_lane(tile, lane, [&](auto const& x, auto const& valid, int rows, int) {
      add_columns(x, valid, rows, tile.columns, state);
    });
  }

  static void add_columns(void const* const* x, bool const* const* valid, int rows, int columns,
                          column_state& state) {
    int c = 0;
    for (; c + width <= columns; c += width) {
      add_rows(x, valid, rows, c, state, c);
    }
    if (c < columns) {
      add_last_columns(x, valid, rows, c, columns - c, state);
    }
  }

  /// Adds the elements at … at + width of `rows` rows to the columns from c.
  static void add_rows(void const* const* x, bool const* const* valid, int rows, int at,
                       column_state& state, int c) {
    lane_pack a;
    for (int p = 0; p < parts; ++p) {
      a.part[p] = load_numbers(&state.sum[p][c]);
    }
    if constexpr (masked) {
      a.count = load_numbers(&state.count[c]);
    }
    elements const shift = load_numbers(state.shift + c);
    elements const nothing = nothing_at(shift);
    for (int g = 0; g < rows; ++g) {
      add_pack(a, static_cast<element const*>(x[g]) + at, truths_at(valid[g], at), nothing, shift);
    }
    for (int p = 0; p < parts; ++p) {
      store_numbers(&state.sum[p][c], a.part[p]);
    }
    if constexpr (masked) {
      store_numbers(&state.count[c], a.count);
    }
  }

  /// The same for the last columns, fewer than a pack; to the others nothing is added.
  static void add_last_columns(void const* const* x, bool const* const* valid, int rows, int c,
                               int columns, column_state& state) {
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
    add_rows(padded, padded_valid, rows, 0, state, c);
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

  static void merge_into_sum(column_state& state, E const (&earlier)[parts][column_block],
                             int columns) {
    for (int c = 0; c < columns; c += width) {
      merge_numbers(state, earlier, c, state.sum, c);
    }
  }

  /// The lanes from c on take in those from `later` on, with what they counted.
  static void merge_packs(column_state& state, int c, int later) {
    merge_numbers(state, state.sum, c, state.sum, later);
    if constexpr (masked) {
      store_numbers(&state.count[c],
                    load_numbers(&state.count[c]) + load_numbers(&state.count[later]));
    }
  }

  /// state.sum from c on becomes a pack of `first` merged with one of `second`.
  static void merge_numbers(column_state& state, E const (&first)[parts][column_block], int c,
                            E const (&second)[parts][column_block], int later) {
    simd<E, width> a[parts];
    simd<E, width> b[parts];
    for (int p = 0; p < parts; ++p) {
      a[p] = load_numbers(&first[p][c]);
      b[p] = load_numbers(&second[p][later]);
    }
    V::merge(a, b);
    for (int p = 0; p < parts; ++p) {
      store_numbers(&state.sum[p][c], a[p]);
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
