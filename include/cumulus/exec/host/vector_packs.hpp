// SPDX-License-Identifier: Apache-2.0
#pragma once
// Packs of lanes in vector registers, and how a pack of elements joins them.

#include "cumulus/exec/host/tile_elements.hpp"
#include "cumulus/exec/host/vector_lanes.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

namespace cumulus::inline CUMULUS_TARGET {

namespace detail {

template <class A, missing Missing, class Element = reduced_from_t<typename A::input>>
using elements_of_tile =
    tile_elements<Element, Missing, tile_width<Element, typename vector_lanes<A>::element>>;

}  // namespace detail

/// What the loops of accumulation A over rows and over columns share; the elements that `Missing`
/// tells do not count.
template <class A, missing Missing> struct vector_packs : detail::elements_of_tile<A, Missing> {
  using base = detail::elements_of_tile<A, Missing>;
  using base::here, base::load_numbers, base::masked, base::width;
  using typename base::counters, typename base::elements;
  using V = vector_lanes<A>;
  using T = typename A::input;
  using E = typename V::element;
  using element = reduced_from_t<T>;
  static constexpr int parts = V::parts;

  struct lane_pack {
    simd<E, width> part[parts];
    counters count;
  };
  /// Lanes that have seen nothing.
  static lane_pack fresh_pack() {
    lane_pack a;
    for (int p = 0; p < parts; ++p) {
      a.part[p] = simd<E, width>::splat(V::start(p));
    }
    a.count = counters::splat(0);
    return a;
  }

  /// Adds a pack of elements, with `nothing` where one does not count.
  static void add_pack(lane_pack& a, elements x, [[maybe_unused]] bool const* valid,
                       elements nothing, elements shift) {
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
};

}  // namespace cumulus::inline CUMULUS_TARGET
