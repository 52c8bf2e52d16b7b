// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tiles of argmax or argmin of real numbers on the host. Along a row the best value is found as max
// or min does, then where it stands; down columns each keeps its best value and where that stands.
// Of equals the first one wins.

#include <utility>

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/vector_rows.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// True if the positions that A looks for are found in vector registers.
template <class A>
inline constexpr bool finds_position_v =
    reducers::gives_position_v<A> && !complex_floating<typename A::input>;

namespace detail {

template <class A, missing Missing, class Element = reduced_from_t<typename A::input>>
using positions_of_tile = tile_elements<Element, Missing, tile_width<Element>>;

}  // namespace detail

/// The loops of accumulation A; see vector_tile, which has the same members.
template <class A, missing Missing> class position_tile : detail::positions_of_tile<A, Missing> {
  using T = typename A::input;
  using base = detail::positions_of_tile<A, Missing>;
  using base::counts, base::truths_at, base::here, base::load_numbers, base::store_numbers;
  using base::masked, base::width;
  using typename base::elements;
  /// Of a tile; as wide as a wide element, so that one mask serves both.
  static constexpr int index_bytes = sizeof(reduced_from_t<T>) == 8 ? 8 : 4;
  using index_type = typename signed_of_size<index_bytes>::type;
  using positions = simd<index_type, width>;
  using extremes = reducers::extreme<T, A::sign>;
  static constexpr int step = base::columns_of(2);
  /// Numbers of its packs: named by constants, which g++ keeps in registers.
  static constexpr std::make_index_sequence<std::size_t{step / width}> packs_of_step{};

 public:
  using element = reduced_from_t<T>;
  static constexpr absent what = absent::told;

  /// The best value of all tiles, then where it first stands in the first tile that has it.
  static tile_summary<A> row(void const* data, bool const* valid, int n, int, index_t first) {
    element const* const x = static_cast<element const*>(data);
    if (n < tile_lanes) {
      return short_row(x, valid, n, first);
    }
    tile_summary<extremes> best = {{}, 0};
    int best_tile = 0;
    index_t count = 0;
    for (int i = 0; i < n; i += tile_length) {
      int const own = plain::min(n - i, tile_length);
      auto const tile =
          vector_rows<extremes, Missing>::row(x + i, truths_at(valid, i), own, own, 0);
      if (tile.count > 0 && (best.count == 0 || A::beats(tile.state, best.state))) {
        best = tile;
        best_tile = i;
      }
      count += tile.count;
    }
    if (count == 0) {
      return {A::start(), 0};
    }
    int const at = best_tile + position_of(static_cast<element>(best.state), x + best_tile,
                                           truths_at(valid, best_tile),
                                           plain::min(n - best_tile, tile_length));
    return {{best.state, first + at}, count};
  }

  static constexpr int state_bytes = int{sizeof(element)} + 2 * index_bytes;  ///< of a column

  static void columns(column_part const& tile, column_state memory) {
    columns_best const state(memory);
    int const padded = (tile.columns + step - 1) / step * step;
    plain::fill(state.value, state.value + padded, element(0));
    plain::fill(state.index, state.index + padded, -1);
    plain::fill(state.count, state.count + padded, 0);
    row_reader reader(tile.source);
    for (int r = 0; r < tile.rows; r += rows_at_once) {
      int const rows = plain::min(rows_at_once, tile.rows - r);
      int const more = plain::min(rows_at_once, tile.rows - r - rows);
      reader.read({r, 1, rows}, {r + rows, 1, more}, tile.columns * index_t{sizeof(element)});
      void const* const* const x = reader.x();
      if (r == 0 && !masked) {
        plain::copy_n(static_cast<element const*>(x[0]), tile.columns, state.value);
        plain::fill_n(state.index, tile.columns, 0);
      }
      int c = 0;
      for (; c + step <= tile.columns; c += step) {
        add_rows(x, reader.valid(), reader.next(), rows, c, state, c, r, packs_of_step);
      }
      if (c < tile.columns) {
        add_last_columns(x, reader.valid(), rows, c, tile.columns - c, state, r);
      }
    }
    for (int c = 0; c < tile.columns; ++c) {
      bool const none = state.index[c] < 0;
      tile.results.template put<A>(c,
                                   {static_cast<compute_t<T>>(state.value[c]),
                                    none ? index_t{-1} : tile.first + state.index[c]},
                                   masked ? index_t{state.count[c]} : index_t{tile.rows});
    }
  }

 private:
  /// What a tile of columns is accumulated in.
  struct columns_best {
    element* value;
    index_type* index;
    index_type* count;

    explicit columns_best(column_state s)
        : value(s.array<element>(0)),
          index(s.array<index_type>(int{sizeof(element)}, 0)),
          count(s.array<index_type>(int{sizeof(element)}, 1)) {}
  };

  struct lane_pack {
    elements value;
    positions index;  ///< -1: nothing has counted yet
    positions count;
  };

  /// Where x goes before a: a NaN before any number.
  static mask<width, sizeof(element)> beats(elements x, elements a) {
    if constexpr (A::sign > 0) {
      return (!(a >= x)) & (a == a);
    } else {
      return (!(x >= a)) & (a == a);
    }
  }

  static tile_summary<A> short_row(element const* x, bool const* valid, int n, index_t first) {
    typename A::lane lane = A::start();
    index_t count = 0;
    for (int i = 0; i < n; ++i) {
      if (counts(x, valid, i)) {
        A::add(lane, static_cast<T>(x[i]), first + i, T(0));
        ++count;
      }
    }
    return {lane, count};
  }

  /// The first of `n` elements that counts and is `value`, which one is.
  static int position_of(element value, element const* x, bool const* valid, int n) {
    elements const wanted = elements::splat(value);
    int const whole = n - n % width;
    int found = n;
    for (int i = n - 1; i >= whole; --i) {
      bool const is_wanted =
          x[i] == value || (elementary::is_nan(x[i]) && elementary::is_nan(value));
      found = counts(x, valid, i) && is_wanted ? i : found;
    }
    positions step = positions::splat(0);
    for (int l = 0; l < width; ++l) {
      step.set(l, l);
    }
    positions at = positions::splat(found);
    for (int i = whole - width; i >= 0; i -= width) {
      elements const pack = load_numbers(x + i);
      auto const take = (pack == wanted) | (elementary::is_nan(pack) & elementary::is_nan(wanted));
      if constexpr (masked) {
        at = select(resize_mask<index_bytes>(take & here(pack, truths_at(valid, i))),
                    step + positions::splat(i), at);
      } else {
        at = select(resize_mask<index_bytes>(take), step + positions::splat(i), at);
      }
    }
    for (int l = 0; l < width; ++l) {
      found = plain::min(found, static_cast<int>(at[l]));
    }
    return found;
  }

  static void add_pack(lane_pack& a, element const* at, [[maybe_unused]] bool const* valid,
                       positions index) {
    elements const x = load_numbers(at);
    auto take = resize_mask<index_bytes>(beats(x, a.value));
    if constexpr (masked) {
      auto const counted = resize_mask<index_bytes>(here(x, valid));
      a.count = a.count - positions(counted.v());
      take = (take | (a.index < positions::splat(0))) & counted;
    }
    a.value = select(resize_mask<sizeof(element)>(take), x, a.value);
    a.index = select(take, index, a.index);
  }

  /// What the columns c, c + 1, … have so far.
  [[gnu::always_inline]] static lane_pack best_at(columns_best const& state, int c) {
    lane_pack a;
    a.value = load_numbers(&state.value[c]);
    a.index = load_numbers(&state.index[c]);
    a.count = positions::splat(0);
    if constexpr (masked) {
      a.count = load_numbers(&state.count[c]);
    }
    return a;
  }

  /// Elements at, at + 1, … of `rows` rows for the columns c, c + 1, …; row 0 has index `first`.
  template <std::size_t... K>
  [[gnu::always_inline]] static void add_rows(void const* const* x, bool const* const* valid,
                                              void const* const* next, int rows, int at,
                                              columns_best const& state, int c, int first,
                                              std::index_sequence<K...>) {
    lane_pack a[] = {best_at(state, c + static_cast<int>(K) * width)...};
    positions index = positions::splat(first);
    for (int g = 0; g < rows; ++g) {
      element const* const row = static_cast<element const*>(x[g]) + at;
      (add_pack(a[K], row + K * width, truths_at(valid[g], at + static_cast<int>(K) * width),
                index),
       ...);
      index = index + positions::splat(1);
      prefetch(static_cast<element const*>(next[g]) + at, step * int{sizeof(element)});
    }
    (store_numbers(&state.value[c + K * width], a[K].value), ...);
    (store_numbers(&state.index[c + K * width], a[K].index), ...);
    if constexpr (masked) {
      (store_numbers(&state.count[c + K * width], a[K].count), ...);
    }
  }

  /// The same for the last columns, fewer than a step; nobody reads the others.
  static void add_last_columns(void const* const* x, bool const* const* valid, int rows, int c,
                               int columns, columns_best const& state, int first) {
    element values[rows_at_once][step] = {};
    bool truths[rows_at_once][step] = {};
    void const* padded[rows_at_once];
    bool const* padded_valid[rows_at_once] = {};
    for (int g = 0; g < rows; ++g) {
      plain::copy_n(static_cast<element const*>(x[g]) + c, columns, values[g]);
      if constexpr (Missing == missing::bytes) {
        plain::copy_n(valid[g] + c, columns, truths[g]);
      }
      padded[g] = values[g];
      padded_valid[g] = truths[g];
    }
    add_rows(padded, padded_valid, padded, rows, 0, state, c, first, packs_of_step);
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
