// SPDX-License-Identifier: Apache-2.0
#pragma once
// In what order the rows of a tile of columns are added, looked ahead for and merged: compiled once
// for all types. What knows them are the loops over rows (exec/host/vector_columns.hpp).

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_truths.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Rows that are added to the lanes of columns side by side. Up to column `edge` their own elements
/// a little ahead are asked for, from there on those of the next rows.
struct column_rows {
  void const* const* x;
  int rows;
  int columns;
  int edge;
  rows_ahead ahead[2];
};

/// The loops of one accumulation. `state` is what a tile of columns is accumulated in: a number of
/// slots with a lane of each column, and what all lanes of a column share.
struct column_loops {
  int element_bytes;
  /// What all lanes share of `lanes` neighbours, as many times the tile's columns.
  void (*begin)(column_part const& tile, void* state, int lanes);
  /// Lanes that have seen nothing.
  void (*start)(void* state, int slot, int lanes);
  /// Adds rows to lanes, which are new if `fresh`.
  void (*add)(column_rows const& rows, void* state, int slot, bool fresh);
  /// Two or four new lanes whose rows these are in turns, merged.
  void (*add_two)(column_rows const& rows, void* state, int slot);
  void (*add_four)(column_rows const& rows, void* state, int slot);
  /// Lanes of slot `to` become those of `first` merged with those of `second`, which begin `later`
  /// lanes on. `counts`: what counts in them is added up as well.
  void (*merge)(void* state, int first, int second, int later, int to, int lanes, bool counts);
  void (*close)(column_part const& tile, void const* state, int slot, void* summaries);
};

namespace detail {

inline column_rows rows_of_columns(void const* const* x, void const* const* next, int rows,
                                   int columns, int element_bytes) {
  constexpr int distance = 256;  // bytes: a few lines of each of up to 16 rows
  int const edge = columns - distance / element_bytes;
  return {x,
          rows,
          columns,
          edge > 0 ? edge : 0,
          {{x, distance}, {next, edge > 0 ? -edge * index_t{element_bytes} : 0}}};
}

}  // namespace detail

/// Reduces a tile as lane_schedule says.
[[gnu::noinline]] inline void sweep_column_tile(column_part const& tile, column_loops const& loops,
                                                void* state, void* summaries) {
  loops.begin(tile, state, tile.columns);
  lane_schedule const schedule(tile.rows, true);
  row_reader reader(tile.source);
  for (lane_step const& step : schedule) {
    reader.read(step.rows, &step + 1 == schedule.end() ? row_range{} : (&step + 1)->rows,
                tile.columns * index_t{loops.element_bytes});
    column_rows const rows = detail::rows_of_columns(reader.x(), reader.next(), step.rows.count,
                                                     tile.columns, loops.element_bytes);
    if (schedule.lanes() == 4) {
      loops.add_four(rows, state, step.slot);
    } else if (schedule.lanes() == 2) {
      loops.add_two(rows, state, step.slot);
    } else {
      loops.add(rows, state, step.slot, step.fresh);
    }
    lane_schedule::merge_slots(step, [&](int earlier, int later, int to) {
      loops.merge(state, earlier, later, 0, to, tile.columns, false);
    });
  }
  loops.close(tile, state, schedule.result(), summaries);
}

/// The same for few columns whose rows follow one another in memory, so that 32 of them are one run
/// of 32 * columns lanes: row g of the source is such a run, the last one may be shorter.
[[gnu::noinline]] inline void sweep_folded_tile(column_part const& tile, column_loops const& loops,
                                                void* state, void* summaries) {
  int const run = tile_lanes * tile.columns;
  loops.begin(tile, state, run);
  loops.start(state, 0, run);
  void const* x[rows_at_once];
  bool const* valid[rows_at_once] = {};
  auto const add = [&](void const* const* from, int rows, int lanes) {
    loops.add(detail::rows_of_columns(from, from, rows, lanes, loops.element_bytes), state, 0,
              false);
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
    loops.merge(state, 0, 0, half, 0, half, true);
  }
  if (tile.truths != nullptr) {
    tile.truths->fold();
  }
  loops.close(tile, state, 0, summaries);
}

}  // namespace cumulus::inline CUMULUS_TARGET
