// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction of real numbers over neighbours in memory: 32 lanes in vector registers.

#include <utility>

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/vector_packs.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <class A, missing Missing> class vector_rows : vector_packs<A, Missing> {
  using base = vector_packs<A, Missing>;
  using base::counts, base::truths_at, base::masked;
  using base::nothing_at, base::nothing_of;
  using base::width, base::parts, base::add_pack, base::fresh_pack;
  using typename base::E, typename base::V, typename base::T, typename base::lane_pack;
  using typename base::elements;
  static constexpr int packs = tile_lanes / width;

 public:
  using typename base::element;

  /// `n` <= 1024 neighbouring elements, of which `counted` count; the others are replaced already,
  /// unless Missing tells them.
  static tile_summary<A> row(void const* data, [[maybe_unused]] bool const* valid, int n,
                             int counted, index_t) {
    element const* const x = static_cast<element const*>(data);
    element shift = n > 0 ? x[0] : element(0);
    if constexpr (masked && A::needs_shift) {
      int i = 0;
      while (i < n && !counts(x, valid, i)) {
        ++i;
      }
      shift = i < n ? x[i] : element(0);
    }
    int count = counted;
    auto const lane = add_row(x, valid, n, shift, count, std::make_index_sequence<packs>{});
    return count > 0 ? tile_summary<A>{A::close(lane, count, static_cast<T>(shift)), count}
                     : tile_summary<A>{{}, 0};
  }

 private:
  /// The lanes of a row, merged; `count` becomes the number of elements that count.
  template <std::size_t... K>
  static typename A::lane add_row(element const* x, [[maybe_unused]] bool const* valid, int n,
                                  element first, int& count, std::index_sequence<K...>) {
    lane_pack a[packs] = {(static_cast<void>(K), fresh_pack())...};
    elements const shift = elements::splat(first);
    elements const nothing = nothing_at(shift);
    auto const add = [&](element const* from, bool const* truths) __attribute__((always_inline)) {
      (add_pack(a[K], load_by_halves<element, width>(from + K * width),
                truths_at(truths, int{K} * width), nothing, shift),
       ...);
    };
    int const whole = n - n % tile_lanes;
    for (int i = 0; i < whole; i += tile_lanes) {
      add(x + i, truths_at(valid, i));
    }
    if (whole < n) {
      element values[tile_lanes];
      plain::fill(values + (n - whole), values + tile_lanes, nothing_of(first));
      plain::copy(x + whole, x + n, values);
      bool truths[tile_lanes] = {};
      if constexpr (Missing == missing::bytes) {
        plain::copy(valid + whole, valid + n, truths);
      }
      add(values, truths);
    }
    if constexpr (masked) {
      count = 0;
      for (int l = 0; l < width; ++l) {
        count += (a[K].count[l] + ...);
      }
    }
    if constexpr (packs > 1) {
      meet_packs<packs / 2>(a, std::make_index_sequence<packs / 2>{});
    }
    return meet<width>(a[0].part);
  }

  /// Pack k takes in pack k + Half, and so on until one is left. Every index is a constant, so that
  /// the packs stay in registers.
  template <std::size_t Half, std::size_t... K>
  [[gnu::always_inline]] static void meet_packs(lane_pack (&a)[packs], std::index_sequence<K...>) {
    (V::merge(a[K].part, a[K + Half].part), ...);
    if constexpr (Half > 1) {
      meet_packs<Half / 2>(a, std::make_index_sequence<Half / 2>{});
    }
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
};

}  // namespace cumulus::inline CUMULUS_TARGET
