// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one tile of a reduction leaves, and how two tiles become one; the loops of every space use
// it.

#include "cumulus/exec/plan/reduce_plan.hpp"
#include "cumulus/expr/reducers.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// What a tile leaves: its state and how many valid elements it holds.
template <class Reducer> struct tile_summary {
  typename Reducer::tile state;
  index_t count;
};

/// Two neighbouring tiles; one without valid elements leaves the other as it is.
template <class Reducer>
CUMULUS_HD tile_summary<Reducer> merge_tiles(tile_summary<Reducer> const& a,
                                             tile_summary<Reducer> const& b) {
  if (a.count == 0 || b.count == 0) {
    return a.count == 0 ? b : a;
  }
  return {Reducer::merge(a.state, a.count, b.state, b.count), a.count + b.count};
}

}  // namespace cumulus::inline CUMULUS_TARGET
