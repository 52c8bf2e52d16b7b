// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of argmax or argmin of real numbers on the host: each lane keeps the best value and
// where it stands. Of equals the first one wins, so that the result does not depend on the order in
// which lanes meet.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_elements.hpp"
#include "cumulus/exec/host/vector_lanes.hpp"

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
  static constexpr int packs = 4;  ///< of a row that are compared side by side

 public:
  using element = reduced_from_t<T>;
  static constexpr absent what = absent::told;

 private:
  template <int N> struct best_of {
    simd<element, N> value;
    simd<index_type, N> index;  ///< -1: nothing has counted yet
  };
  struct lane_pack {
    best_of<width> best;
    positions count;
  };

 public:
  static tile_summary<A> row(void const* data, bool const* valid, int n, int, index_t first) {
    element const* const x = static_cast<element const*>(data);
    constexpr int together = packs * width;
    int const whole = n - n % together;
    typename A::lane lane = A::start();
    index_t count = masked ? 0 : n;
    if (whole > 0) {
      lane_pack a[packs];
      positions step = positions::splat(0);
      for (int l = 0; l < width; ++l) {
        step.set(l, l);
      }
      for (int k = 0; k < packs; ++k) {
        a[k] = {{load_numbers(x + k * width),
                 masked ? positions::splat(-1) : step + positions::splat(k * width)},
                positions::splat(0)};
      }
      for (int i = 0; i < whole; i += together) {
        for (int k = 0; k < packs; ++k) {
          int const at = i + k * width;
          add_pack(a[k], x + at, truths_at(valid, at), step + positions::splat(at));
        }
      }
      for (int k = 1; k < packs; ++k) {
        join(a[0].best, a[k].best);
        a[0].count = a[0].count + a[k].count;
      }
      for (int l = 0; l < width; ++l) {
        count += a[0].count[l];
      }
      lane = meet(a[0].best, first);
    }
    for (int i = whole; i < n; ++i) {
      if (counts(x, valid, i)) {
        A::add(lane, static_cast<T>(x[i]), first + i, T(0));
        count += masked ? 1 : 0;
      }
    }
    return {lane, count};
  }

  static constexpr int state_bytes = int{sizeof(element)} + 2 * index_bytes;  ///< of a column

  static void columns(column_part const& tile, column_state memory) {
    columns_best const state(memory);
    int const padded = (tile.columns + width - 1) / width * width;
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
      for (; c + width <= tile.columns; c += width) {
        add_rows(x, reader.valid(), reader.next(), rows, c, state, c, r);
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

  /// Where x goes before a: a NaN before any number.
  template <int N> static mask<N, sizeof(element)> beats(simd<element, N> x, simd<element, N> a) {
    if constexpr (A::sign > 0) {
      return (!(a >= x)) & (a == a);
    } else {
      return (!(x >= a)) & (a == a);
    }
  }

  static void add_pack(lane_pack& a, element const* at, [[maybe_unused]] bool const* valid,
                       positions index) {
    elements const x = load_numbers(at);
    auto take = resize_mask<index_bytes>(beats(x, a.best.value));
    if constexpr (masked) {
      auto const counted = resize_mask<index_bytes>(here(x, valid));
      a.count = a.count - positions(counted.v());
      take = (take | (a.best.index < positions::splat(0))) & counted;
    }
    a.best.value = select(resize_mask<sizeof(element)>(take), x, a.best.value);
    a.best.index = select(take, index, a.best.index);
  }
  /// The better of two for each lane, or the one there is.
  template <int N> static void join(best_of<N>& a, best_of<N> const& b) {
    auto const none = simd<index_type, N>::splat(0);
    auto const equal = !(resize_mask<index_bytes>(beats(a.value, b.value)));
    auto take = resize_mask<index_bytes>(beats(b.value, a.value)) | (equal & (b.index < a.index));
    take = (take | (a.index < none)) & (b.index >= none);
    a.value = select(resize_mask<sizeof(element)>(take), b.value, a.value);
    a.index = select(take, b.index, a.index);
  }

  template <int N> static typename A::lane meet(best_of<N> const& a, index_t first) {
    if constexpr (N > 2) {
      best_of<N / 2> half[2];
      for (int h = 0; h < 2; ++h) {
        std::memcpy(static_cast<void*>(&half[h].value),
                    reinterpret_cast<char const*>(&a.value) + h * sizeof(half[h].value),
                    sizeof(half[h].value));
        std::memcpy(static_cast<void*>(&half[h].index),
                    reinterpret_cast<char const*>(&a.index) + h * sizeof(half[h].index),
                    sizeof(half[h].index));
      }
      join(half[0], half[1]);
      return meet(half[0], first);
    } else {
      auto const lane = [&](int l) {
        return typename A::lane{static_cast<compute_t<T>>(a.value[l]),
                                a.index[l] < 0 ? index_t{-1} : first + a.index[l]};
      };
      return A::merge_lanes(lane(0), lane(1));
    }
  }

  /// Elements at, at + 1, … of `rows` rows for the columns c, c + 1, …; row 0 has index `first`.
  static void add_rows(void const* const* x, bool const* const* valid, void const* const* next,
                       int rows, int at, columns_best const& state, int c, int first) {
    lane_pack a{{load_numbers(&state.value[c]), load_numbers(&state.index[c])},
                load_numbers(&state.count[c])};
    for (int g = 0; g < rows; ++g) {
      add_pack(a, static_cast<element const*>(x[g]) + at, truths_at(valid[g], at),
               positions::splat(first + g));
      prefetch(static_cast<element const*>(next[g]) + at, width * int{sizeof(element)});
    }
    store_numbers(&state.value[c], a.best.value);
    store_numbers(&state.index[c], a.best.index);
    if constexpr (masked) {
      store_numbers(&state.count[c], a.count);
    }
  }

  /// The same for the last columns, fewer than a pack; nobody reads the others.
  static void add_last_columns(void const* const* x, bool const* const* valid, int rows, int c,
                               int columns, columns_best const& state, int first) {
    element values[rows_at_once][width] = {};
    bool truths[rows_at_once][width] = {};
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
    add_rows(padded, padded_valid, padded, rows, 0, state, c, first);
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
