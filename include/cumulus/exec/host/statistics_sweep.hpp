// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several reductions of the same elements in one sweep on the host: a tile is evaluated once and
// handed, from the cache, to the loops of each in turn, so that each has the bits it has alone.
// Compiled once for all types.

#include <vector>

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/tile_sweep.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// One of several statistics: its loops, and where its results go. All outputs are laid out alike.
struct host_statistic {
  tile_functions const* loops;
  void const* accumulation;
  std::byte* out;
  int item_bytes;  ///< of a result
  /// NaN does not count, and the loops do not know it.
  bool skips_nan;
};

/// How the elements of several statistics are produced.
struct element_functions {
  tile_functions producer;  ///< without loops of its own: the evaluator, and whether it has truths
  /// out[i] says whether x[i] is a number and, if `valid` is given, counts.
  void (*numbers)(void const* x, bool const* valid, int n, bool* out);
};

/// The sweep over the tiles of a planned reduction for several statistics: operands are an output,
/// the leaves and, if planned, the mask.
class statistics_sweep : tile_sweep {
 public:
  statistics_sweep(reduce_plan const& plan, std::span<operand const> operands,
                   element_functions const& elements, std::span<host_statistic const> statistics)
      : tile_sweep(plan, operands, elements.producer, nullptr),
        numbers_(elements.numbers),
        statistics_(statistics),
        item_(elements.producer.evaluator.item_bytes),
        truths_(plan.has_mask || elements.producer.has_truths) {
    for (host_statistic const& s : statistics) {
      summary_bytes_ = plain::max(summary_bytes_, rounded(s.loops->summary_bytes));
      state_bytes_ = plain::max(state_bytes_, s.loops->state_bytes);
    }
  }

  void run() const {
    index_t const tiles = plan_.tiles() > 0 ? plan_.tiles() : 1;
    std::vector<std::byte*> partial(statistics_.size(), nullptr);
    std::size_t const summaries = tiles > 1 ? static_cast<std::size_t>(plan_.outputs * tiles) : 0;
    std::size_t bytes = 0;
    for (host_statistic const& s : statistics_) {
      bytes += rounded(summaries * s.loops->summary_bytes);
    }
    scratch memory(bytes);
    std::byte* next = memory.data();
    for (std::size_t k = 0; k < statistics_.size() && tiles > 1; ++k) {
      partial[k] = next;
      next += rounded(summaries * statistics_[k].loops->summary_bytes);
    }
    if (plan_.across) {
      sweep_panels(partial, tiles);
    } else {
      sweep_tiles(partial, tiles);
    }
    if (tiles > 1) {
      parallel_range(plan_.outputs, 1, cost(tiles), [&](index_t begin, index_t end) {
        for (std::size_t k = 0; k < statistics_.size(); ++k) {
          host_statistic const& s = statistics_[k];
          index_t const bytes = static_cast<index_t>(s.loops->summary_bytes);
          for (index_t o = begin; o < end; ++o) {
            s.loops->finish(s.accumulation, partial[k] + o * tiles * bytes, tiles, result_of(s, o));
          }
        }
      });
    }
  }

 private:
  static std::size_t rounded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

  index_t cost(index_t length) const {
    return plan_.outputs * plain::max<index_t>(length, 1) *
           static_cast<index_t>(statistics_.size());
  }

  std::byte* result_of(host_statistic const& s, index_t output) const {
    index_t const distance = tile_sweep::result_of(output) - operands_[0].data;
    return s.out + distance / operands_[0].item_bytes * s.item_bytes;
  }

  /// What a statistic puts where an element does not count; null: the first one that does.
  struct replacement {
    alignas(16) std::byte item[16] = {};
    bool given;

    explicit replacement(tile_functions const& f) : given(f.what == absent::replaced) {
      if (given) {
        f.nothing(item);
      }
    }
    std::byte const* get() const { return given ? item : nullptr; }
  };

  void sweep_tiles(std::vector<std::byte*> const& partial, index_t tiles) const {
    index_t const units = plan_.outputs * tiles;
    index_t const room = tile_room();
    std::size_t const bytes = static_cast<std::size_t>(room * item_);
    parallel_range(units, 1, cost(plan_.length), [&](index_t begin, index_t end) {
      row_loop loop(layout_);
      scratch memory(2 * bytes + summary_bytes_ + 2 * static_cast<std::size_t>(room));
      std::byte* const values = memory.data();
      std::byte* const own = values + bytes;
      std::byte* const summary = own + bytes;
      bool* const valid = reinterpret_cast<bool*>(summary + summary_bytes_);
      for (index_t unit = begin; unit < end; ++unit) {
        index_t const first = unit % tiles * tile_length;
        int const count = static_cast<int>(plain::min<index_t>(tile_length, plan_.length - first));
        void const* const x = gather_tile(loop, unit / tiles, first, count, values, valid);
        for (std::size_t k = 0; k < statistics_.size(); ++k) {
          host_statistic const& s = statistics_[k];
          void* const to = tiles > 1
                               ? partial[k] + unit * static_cast<index_t>(s.loops->summary_bytes)
                               : summary;
          reduce_row(s, x, truths_ ? valid : nullptr, count, first, own, valid + room, to);
          if (tiles == 1) {
            s.loops->finish(s.accumulation, to, 1, result_of(s, unit));
          }
        }
      }
    });
  }

  /// The tile of one statistic from `n` neighbours, of which those count that `valid` says; null:
  /// all of them. What does not count is replaced in `own`.
  void reduce_row(host_statistic const& s, void const* x, bool const* valid, int n, index_t first,
                  std::byte* own, bool* own_valid, void* summary) const {
    tile_functions const& f = *s.loops;
    if (s.skips_nan) {
      numbers_(x, valid, n, own_valid);
      valid = own_valid;
    }
    int counted = n;
    if (valid != nullptr && f.what != absent::told) {
      std::memcpy(own, x, static_cast<std::size_t>(n * item_));
      counted = replace_absent(own, valid, n, replacement(f).get(), item_);
      x = own;
    }
    f.row(x, valid, n, counted, first, summary);
  }

  /// Rows of columns side by side that stay in the cache while each statistic walks them.
  struct panel {
    std::byte const* row[tile_length];
    bool const* valid;  ///< null: all count
    index_t pitch;      ///< elements from one row of truths to the next
    int rows;
    int width;
    index_t first;
    bool follows;   ///< rows follow one another in memory, and 32 of them fit a block
    bool in_place;  ///< rows are read where they are

    bool const* valid_of(int r) const { return valid != nullptr ? valid + r * pitch : nullptr; }
  };

  /// Columns of a panel. One that is evaluated stays in the second cache. An array is better read
  /// in longer pieces of rows, from the third cache by all statistics but the first.
  index_t panel_width(index_t rows) const {
    constexpr index_t panel_bytes = 1024 * 1024;
    constexpr index_t quantum = 64;
    if (rows_lie_in_place()) {
      return column_block;
    }
    index_t const width = panel_bytes / (rows * (item_ + (truths_ ? 1 : 0)));
    return plain::clamp(width / quantum * quantum, quantum, index_t{column_block});
  }

  /// What a thread needs for a panel: the panel, rows of one statistic, and its sums.
  class panel_memory {
   public:
    panel_memory(statistics_sweep const& sweep, index_t elements)
        : panel_(rounded(static_cast<std::size_t>(elements * sweep.item_))),
          rows_(static_cast<std::size_t>(rows_fetched * column_block * sweep.item_)),
          state_(static_cast<std::size_t>(sweep.state_bytes_ * state_pitch)),
          memory_(allocate_host(panel_ + rows_ + state_ + static_cast<std::size_t>(elements) +
                                rows_fetched * column_block)) {}

    std::byte* values() const { return static_cast<std::byte*>(memory_.data()); }
    std::byte* rows() const { return values() + panel_; }
    column_state state() const { return {rows() + rows_, state_pitch}; }
    bool* row_truths() const { return reinterpret_cast<bool*>(rows() + rows_ + state_); }
    bool* valid() const { return row_truths() + rows_fetched * column_block; }

    column_truths truths;

   private:
    static constexpr int state_pitch = column_state::pitch_for(column_block);
    std::size_t panel_;
    std::size_t rows_;
    std::size_t state_;
    buffer memory_;
  };

  void sweep_panels(std::vector<std::byte*> const& partial, index_t tiles) const {
    index_t const columns = plan_.columns();
    bool const follows = rows_follow_one_another();
    index_t const most_rows = plain::clamp<index_t>(plan_.length, 1, tile_length);
    index_t const block = plain::min(columns, panel_width(most_rows));
    index_t const blocks = (columns + block - 1) / block;
    index_t const units = plan_.outputs / columns * blocks * tiles;
    bool const evaluated = !rows_lie_in_place();
    parallel_range(units, 1, cost(plan_.length), [&](index_t begin, index_t end) {
      row_loop loop(layout_);
      panel_memory memory(*this, evaluated ? most_rows * block : 0);
      panel p;
      for (index_t unit = begin; unit < end; ++unit) {
        // Neighbouring units share a column block, and with it the pages of its rows.
        index_t const tile = unit % tiles;
        index_t const column = unit / tiles % blocks * block;
        index_t const row = unit / tiles / blocks;
        p.first = tile * tile_length;
        p.rows = static_cast<int>(plain::min<index_t>(tile_length, plan_.length - p.first));
        p.width = static_cast<int>(plain::min(block, columns - column));
        p.follows = follows;
        p.pitch = follows ? p.width : block;
        p.valid = truths_ ? memory.valid() : nullptr;
        fill(p, loop, row, column, memory);
        index_t const output = row * columns + column;
        for (std::size_t k = 0; k < statistics_.size(); ++k) {
          host_statistic const& s = statistics_[k];
          reduce_columns(
              s, p, k == 0, memory,
              tiles == 1
                  ? results_in_row(result_of(s, output), s.item_bytes, s.accumulation)
                  : summaries_of(partial[k], output * tiles + tile, s.loops->summary_bytes, tiles));
        }
      }
    });
  }

  /// Rows at a time that lie side by side.
  static int step_of(bool together) { return together ? tile_lanes : 1; }
  static int run_of(panel const& p, bool together, int r) {
    return together ? p.width * plain::min(tile_lanes, p.rows - r) : p.width;
  }

  /// Evaluates the rows of a panel, or finds where they are.
  void fill(panel& p, row_loop& loop, index_t row, index_t column, panel_memory& memory) const {
    std::byte const* base[2 + max_leaves];
    locate_output(base, row, plan_.kept_rank - 1);
    p.in_place = layout_.in_place(base + 1, 0) != nullptr;
    for (int r = 0; r < p.rows; r += step_of(p.follows)) {
      std::byte const* at[2 + max_leaves];
      plain::copy(base, base + operands_.size(), at);
      locate_reduced(at, p.first + r);
      std::byte const* const x = static_cast<std::byte const*>(
          produce(loop, at, column, run_of(p, p.follows, r), memory.values() + r * p.pitch * item_,
                  memory.valid() + r * p.pitch));
      for (int g = r; g < plain::min(p.rows, r + step_of(p.follows)); ++g) {
        p.row[g] = x + (g - r) * p.pitch * item_;
      }
    }
  }

  /// What one statistic of a panel comes to.
  void reduce_columns(host_statistic const& s, panel const& p, bool first_read,
                      panel_memory& memory, column_results const& results) const {
    tile_functions const& f = *s.loops;
    bool const folded = p.follows && f.folded != nullptr;
    bool const truths = p.valid != nullptr || s.skips_nan;
    bool const replaces = truths && f.what != absent::told;
    column_truths& counted = memory.truths;
    auto const truths_of = [&](int r, bool* own) {
      if (s.skips_nan) {
        numbers_(p.row[r], p.valid_of(r), run_of(p, folded, r), own);
        return static_cast<bool const*>(own);
      }
      return p.valid_of(r);
    };
    auto const fetch = [&](int r, int step, int n, void const** x, bool const** valid) {
      for (int g = 0; g < n; ++g, r += step) {
        x[g] = p.row[r];
        if (truths) {
          valid[g] = truths_of(r, memory.row_truths() + g * column_block);
        }
        if (replaces) {
          std::byte* const own = memory.rows() + g * column_block * item_;
          std::memcpy(own, x[g], static_cast<std::size_t>(run_of(p, folded, r) * item_));
          counted.apply(own, valid[g], run_of(p, folded, r));
          x[g] = own;
        }
      }
    };
    if (replaces) {
      counted.begin(p.width, step_of(folded), replacement(f).get(), item_);
      for (int r = 0; r < p.rows && !counted.complete(); r += step_of(folded)) {
        counted.find(p.row[r], truths_of(r, memory.row_truths()), run_of(p, folded, r));
      }
    }
    row_source const source(fetch, first_read && p.in_place && !replaces);
    (folded ? f.folded : f.columns)(
        {source, p.rows, p.width, p.first, replaces ? &counted : nullptr, results}, memory.state());
  }

  void (*numbers_)(void const*, bool const*, int, bool*);
  std::span<host_statistic const> statistics_;
  int item_;
  bool truths_;  ///< of the elements, whatever the statistic
  std::size_t summary_bytes_ = 64;
  int state_bytes_ = 0;  ///< of a column
};

}  // namespace cumulus::inline CUMULUS_TARGET
