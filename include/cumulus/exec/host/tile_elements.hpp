// SPDX-License-Identifier: Apache-2.0
#pragma once
// The elements of a tile as the loops in vector registers read them: which ones count, and packs of
// them.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_truths.hpp"
#include "cumulus/exec/pack/pack.hpp"
#include "cumulus/expr/elementary_packs.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Lanes of a pack that holds each of these types, and counts of four bytes.
template <class... T>
inline constexpr int tile_width =
    vector_bytes / plain::max({int{sizeof(std::int32_t)}, int{sizeof(T)}...});

/// Packs of `Width` elements, of which those count that `Missing` tells.
template <class Element, missing Missing, int Width> struct tile_elements {
  static constexpr bool masked = Missing != missing::none;
  static constexpr int width = Width;
  static_assert(width <= tile_lanes);

  using policy = pack_policy<width, true>;
  using elements = simd<Element, width>;
  using counters = simd<std::int32_t, width>;

  /// Neighbours that are read together: a line of the cache, or `most_packs` packs of one.
  static constexpr int columns_of(int most_packs) {
    return plain::clamp(64 / int{sizeof(Element)}, width, most_packs * width);
  }

  static bool counts(Element const* x, bool const* valid, int i) {
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

  /// Which elements of a pack count.
  static auto here(elements x, [[maybe_unused]] bool const* valid) {
    if constexpr (Missing == missing::nan) {
      return x == x;
    } else {
      return load<bool, policy, access::unit>(reinterpret_cast<std::byte const*>(valid), 1, 0,
                                              width);
    }
  }

  template <class N> static simd<N, width> load_numbers(N const* at) {
    return load<N, policy, access::unit>(reinterpret_cast<std::byte const*>(at), 1, 0, width);
  }
  template <class N> static void store_numbers(N* at, simd<N, width> const& pack) {
    store<N, policy, access::unit>(reinterpret_cast<std::byte*>(at), 1, 0, width, pack);
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
