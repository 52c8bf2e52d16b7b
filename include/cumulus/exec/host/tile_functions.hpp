// SPDX-License-Identifier: Apache-2.0
#pragma once
// The loops of a reduction as the sweeps over its tiles know them.

#include "cumulus/exec/host/tile_truths.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The loops of one reduction, without its types. Elements are those that the evaluator gives,
/// summaries the tile_summary of the accumulation.
struct tile_functions {
  row_evaluator evaluator;
  std::size_t summary_bytes;
  int state_bytes;                 ///< of a column: what a tile of columns is accumulated in
  bool has_truths;                 ///< of the expression itself
  absent what;                     ///< where there are truths
  void (*nothing)(std::byte* to);  ///< what changes nothing (absent::replaced)
  /// The summaries of the tiles of `n` neighbours, of which `counted` count; all, if there are more
  /// than a tile. Returns how many there are: each tile's, or one for all.
  int (*row)(void const* x, bool const* valid, int n, int counted, index_t first, void* summaries);
  /// The results or summaries of a tile of columns go where it says.
  using columns_loop = void (*)(column_part const&, column_state);
  columns_loop columns;
  /// The same for few columns whose rows follow one another; null: there is no such loop.
  columns_loop folded;
  /// Merges `tiles` summaries; the first one becomes that of all.
  void (*merge)(void* summaries, index_t tiles);
  /// Merges `tiles` summaries to a result.
  void (*finish)(void const* accumulation, void* summaries, index_t tiles, std::byte* to);
};

}  // namespace cumulus::inline CUMULUS_TARGET
