// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the loops over the tiles of a reduction are given and give back, without its types. A tile
// is part of a row, or of up to column_block rows side by side.

#include "cumulus/exec/plan/reduce_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Which elements of a row do not count.
enum class missing {
  none,
  nan,    ///< those that are NaN
  bytes,  ///< those that a row of truths says no to
};

/// Outputs side by side whose tiles are reduced together.
inline constexpr int column_block = 2048;
/// Rows that are added per load and store of the lanes, and rows that are fetched at most.
inline constexpr int rows_at_once = 8;
inline constexpr int rows_fetched = 16;
/// The lanes of a tile meet in this many steps.
inline constexpr int lane_levels = 5;
static_assert(1 << lane_levels == tile_lanes);

/// The rows of a tile of columns.
class row_source {
 public:
  /// fetch(r, step, n, x, valid) must set x[g] and, where there are truths, valid[g] to row
  /// r + g * step of the tile for g < n <= rows_fetched.
  template <class F>
  row_source(F const& fetch)
      : object_(&fetch),
        call_([](void const* object, int r, int step, int n, void const** x, bool const** valid) {
          (*static_cast<F const*>(object))(r, step, n, x, valid);
        }) {}
  void fetch(int r, int step, int n, void const** x, bool const** valid) const {
    call_(object_, r, step, n, x, valid);
  }

 private:
  void const* object_;
  void (*call_)(void const*, int, int, int, void const**, bool const**);
};

/// A tile of columns: `rows` <= 1024 of `columns` <= column_block elements; row 0 has index `first`
/// along the reduction.
struct column_part {
  row_source const& source;
  int rows;
  int columns;
  index_t first;
};

/// Where lanes of columns are while a tile is swept: those that wait for a partner, one for each
/// number of lanes merged so far, and the one that is being added to.
inline constexpr int lane_slots = lane_levels + 2;

/// In how many steps the lanes of a tile of `rows` rows meet.
inline int levels_of(int rows) {
  int levels = 0;
  while ((1 << levels) < rows && levels < lane_levels) {
    ++levels;
  }
  return levels;
}

/// Calls add(lane, slot) for 2^levels lanes, in an order in which partners (of 32: l and l + 16,
/// then l and l + 8, …) meet as they complete, and merge(earlier, later, to) to join two slots.
/// Returns the slot of what is left in the end.
template <class Add, class Merge> int walk_lanes(int levels, Add const& add, Merge const& merge) {
  constexpr int working = lane_slots - 1;
  for (int k = 0; k < 1 << levels; ++k) {
    int lane = 0;
    for (int bit = 0; bit < levels; ++bit) {
      lane |= (k >> bit & 1) << (levels - 1 - bit);
    }
    bool const waits = (k & 1) == 0;
    add(lane, waits ? 0 : working);
    for (int level = 0; (k >> level & 1) != 0; ++level) {
      bool const last = (k >> (level + 1) & 1) == 0;
      merge(level, working, last ? level + 1 : working);
    }
  }
  return levels;
}

/// Calls use(x, valid, rows, index of the first one in the tile) for all rows of a lane.
template <class Use> void for_rows_of_lane(column_part const& tile, int lane, Use const& use) {
  void const* x[rows_at_once];
  bool const* valid[rows_at_once] = {};
  for (int r = lane; r < tile.rows; r += rows_at_once * tile_lanes) {
    int const left = (tile.rows - r + tile_lanes - 1) / tile_lanes;
    int const rows = left < rows_at_once ? left : rows_at_once;
    tile.source.fetch(r, tile_lanes, rows, x, valid);
    use(x, valid, rows, r);
  }
}

/// Sets each column's shift to its first element for which counts(row, valid, column) is true.
template <class T, class Counts>
void find_shifts(column_part const& tile, T* shift, Counts const& counts) {
  void const* x[rows_at_once];
  bool const* valid[rows_at_once] = {};
  bool found[column_block] = {};
  int left = tile.columns;
  for (int r = 0; r < tile.rows && left > 0; ++r) {
    tile.source.fetch(r, 1, 1, x, valid);
    T const* const row = static_cast<T const*>(x[0]);
    auto const look = [&](int c) {
      bool const take = !found[c] & counts(row, valid[0], c);
      shift[c] = take ? row[c] : shift[c];
      found[c] = found[c] | take;
      left -= take ? 1 : 0;
    };
    int c = 0;
    for (; c + 64 <= tile.columns; c += 64) {
      for (int l = 0; l < 64; ++l) {  // a length that g++ makes vectors for
        look(c + l);
      }
    }
    for (; c < tile.columns; ++c) {
      look(c);
    }
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
