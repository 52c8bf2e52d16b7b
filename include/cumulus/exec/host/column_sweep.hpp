// SPDX-License-Identifier: Apache-2.0
#pragma once
// In what order the rows of a tile of columns are added, looked ahead for and merged: compiled once
// for all types. What knows them are the loops over rows (exec/host/vector_columns.hpp).

#include <cstring>

#include "cumulus/core/config.hpp"
#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_truths.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Columns [first, end) of rows that are added to lanes: row g holds column c in element c - origin
/// of x[g].
struct column_rows {
  void const* const* x;
  int rows;
  int first;
  int end;
  int origin;
  rows_ahead ahead;
};

/// Adds rows to lanes and merges those, as a step says.
using add_loop = void (*)(column_rows rows, column_state state, lane_step const& step);

/// The loops of one accumulation. A state has a number of slots with a lane of each column, and
/// what all lanes of a column share.
struct column_loops {
  int element_bytes;
  /// What all lanes share of `lanes` neighbours, as many times the tile's columns.
  void (*begin)(column_part const& tile, column_state state, int lanes);
  /// Lanes of slot 0 that have seen nothing.
  void (*start)(column_state state, int lanes);
  /// Rows of one lane, and of four lanes that take turns, are new and are merged. Each adds to a
  /// multiple of so many columns, of at most most_bytes_at_once.
  add_loop add[2];
  int columns_at_once[2];
  /// Elements that add nothing to `count` columns from `first` on.
  void (*fill)(column_state state, int first, int count, void* elements);
  /// The first `lanes` lanes of slot 0 are merged with as many that follow, and what counts in them
  /// is added up.
  void (*merge)(column_state state, int lanes);
  /// Puts what the lanes of `slot` come to where the tile says.
  void (*close)(column_part const& tile, column_state state, int slot);
};

inline constexpr int most_bytes_at_once = vector_bytes == 64 ? 128 : 64;

namespace detail {

/// Adds rows to lanes, several of which may take turns. Their own elements a little ahead are asked
/// for, near their ends those of the `next` rows.
CUMULUS_ONCE inline void add_rows(column_loops const& loops, bool four_lanes, void const* const* x,
                                  void const* const* next, int rows, int columns,
                                  column_state state, lane_step const& how) {
  index_t const item = loops.element_bytes;
  int const step = loops.columns_at_once[four_lanes];
  add_loop const add = loops.add[four_lanes];
  constexpr int distance = 256;  // bytes: a few lines of each of up to 16 rows
  int const near_end = plain::max(columns - distance / loops.element_bytes, 0);
  int const edge = near_end - near_end % step;
  int const whole = columns - columns % step;
  if (edge > 0) {
    add({x, rows, 0, edge, 0, {x, distance}}, state, how);
  }
  if (whole > edge) {
    add({x, rows, edge, whole, 0, {next, -near_end * item}}, state, how);
  }
  int const left = columns - whole;
  if (left > 0) {
    alignas(64) std::byte nothing[most_bytes_at_once];
    alignas(64) std::byte values[rows_fetched][most_bytes_at_once];
    void const* last[rows_fetched];
    loops.fill(state, whole, step, nothing);
    for (int g = 0; g < rows; ++g) {
      std::memcpy(values[g], nothing, sizeof(nothing));
      std::memcpy(values[g], static_cast<std::byte const*>(x[g]) + whole * item, left * item);
      last[g] = values[g];
    }
    add({last, rows, whole, whole + step, whole, {last, 0}}, state, how);
  }
}

}  // namespace detail

/// Reduces a tile as lane_schedule says.
[[gnu::noinline]] inline void sweep_column_tile(column_part const& tile, column_loops const& loops,
                                                column_state state) {
  loops.begin(tile, state, tile.columns);
  lane_schedule const schedule(tile.rows, true);
  row_reader reader(tile.source);
  for (lane_step const& step : schedule) {
    reader.read(step.rows, &step + 1 == schedule.end() ? row_range{} : (&step + 1)->rows,
                tile.columns * index_t{loops.element_bytes});
    detail::add_rows(loops, schedule.four_lanes(), reader.x(), reader.next(), step.rows.count,
                     tile.columns, state, step);
  }
  loops.close(tile, state, schedule.result());
}

/// The same for few columns whose rows follow one another in memory, so that 32 of them are one run
/// of 32 * columns lanes: row g of the source is such a run, the last one may be shorter.
[[gnu::noinline]] inline void sweep_folded_tile(column_part const& tile, column_loops const& loops,
                                                column_state state) {
  int const run = tile_lanes * tile.columns;
  loops.begin(tile, state, run);
  loops.start(state, run);
  void const* x[rows_at_once];
  bool const* valid[rows_at_once] = {};
  auto const add = [&](void const* const* from, int rows, int lanes) {
    detail::add_rows(loops, false, from, from, rows, lanes, state, {});
  };
  for (int r = 0; r < tile.rows; r += rows_at_once * tile_lanes) {
    int const left = tile.rows - r;
    int const whole = plain::min(left / tile_lanes, rows_at_once);
    int const rest = whole < rows_at_once ? left % tile_lanes * tile.columns : 0;
    tile.source.fetch(r, tile_lanes, whole + (rest > 0 ? 1 : 0), x, valid);
    add(x, whole, run);
    if (rest > 0) {
      add(x + whole, 1, rest);
    }
  }
  // Lane l of a column and lane l + 16 lie 16 * columns apart.
  for (int half = run / 2; half >= tile.columns; half /= 2) {
    loops.merge(state, half);
  }
  if (tile.truths != nullptr) {
    tile.truths->fold();
  }
  loops.close(tile, state, 0);
}

}  // namespace cumulus::inline CUMULUS_TARGET
