// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sweep of a scan on the host, shared out among threads. It is compiled once for all types:
// what knows them are the loops of exec/host/scan_lines.hpp.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/row_loop.hpp"
#include "cumulus/exec/host/scan_lines.hpp"
#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/plan/scan_plan.hpp"
#include "cumulus/memory/memory_resource.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The loops of one scan, without its types.
struct scan_functions {
  row_evaluator evaluator;
  /// Writes what elements that do not take part are scanned as; null: all take part.
  void (*nothing)(std::byte* to);
  index_t lane_bytes;
  void (*down)(scan_lines const&);
  void (*along)(scan_lines const&);
  bool down_streams;   ///< the loop itself stores past the caches
  bool along_streams;  ///< the loop itself stores past the caches
  /// Joins `count` lanes, each to the one before it.
  void (*join)(void const* op, void* lanes, index_t count);
};

/// The sweep of a planned scan: operands are the output, whose series are side by side along the
/// row of columns, and the leaves.
class scan_sweep {
 public:
  scan_sweep(scan_plan const& plan, std::span<operand const> operands,
             scan_functions const& functions, void const* op)
      : plan_(plan),
        operands_(operands),
        f_(functions),
        op_(op),
        item_(operands[0].item_bytes),
        step_(operands[0].stride[plan.row_axis()]),
        streams_(goes_past_caches()),
        in_place_(reads_and_writes_in_place()),
        piece_(plain::min(in_place_ ? column_block : longest_piece, plan.length)),
        strip_(in_place_ ? column_block : longest_piece),
        follows_(lines_follow_one_another()),
        layout_(functions.evaluator, operands, plan.row_axis()) {}

  void run() const {
    switch (plan_.what) {
      case scan_case::empty:
        return;
      case scan_case::lines:
        return sweep_lines();
      case scan_case::tiles:
        return sweep_tiles();
      case scan_case::columns:
        return sweep_columns();
    }
  }

 private:
  static constexpr int together = 8;  ///< lines handed to a loop at once
  /// Elements of each whose values and results stay in the nearest cache.
  static constexpr index_t longest_piece = 512;
  static constexpr int rows_at_once = 4;         ///< lines of columns
  static constexpr index_t column_block = 8192;  ///< columns whose carries stay in the cache

  /// Part of one series.
  struct line {
    index_t series;
    index_t first;
  };

  /// What a thread needs: values and results of some lines, and what they carry.
  class line_memory {
   public:
    line_memory(scan_sweep const& s, index_t lines, index_t length, index_t carries)
        : loop(s.layout_),
          values_(s.in_place_ ? 0 : lines * length * s.f_.evaluator.item_bytes),
          staged_(s.in_place_ ? 0 : lines * length * s.item_),
          carry_((carries * s.f_.lane_bytes + 63) / 64 * 64),
          memory_(allocate_host(static_cast<std::size_t>(
              values_ + staged_ + carry_ + (s.f_.nothing != nullptr ? lines * length : 0)))) {}
    std::byte* values() const { return static_cast<std::byte*>(memory_.data()); }
    std::byte* staged() const { return values() + values_; }
    std::byte* carry() const { return staged() + staged_; }
    bool* valid() const { return reinterpret_cast<bool*>(carry() + carry_); }

    row_loop loop;

   private:
    index_t values_;
    index_t staged_;
    index_t carry_;
    buffer memory_;
  };

  /// True if the output is large and every line of it begins with a line of the cache.
  bool goes_past_caches() const {
    operand const& out = operands_[0];
    constexpr index_t cache_line = 64;
    bool result = step_ == 1 && plan_.series * plan_.length * item_ >= streamed_bytes &&
                  reinterpret_cast<std::uintptr_t>(out.data) % cache_line == 0;
    int const row = plan_.row_axis();
    for (int k = 0; k < plan_.kept_rank + plan_.scanned_rank; ++k) {
      result = result && (k == row || out.stride[k] * item_ % cache_line == 0);
    }
    return result;
  }

  /// True if a loop needs no memory between the elements and the results.
  bool reads_and_writes_in_place() const {
    bool const across = plan_.what == scan_case::columns;
    return f_.evaluator.is_array && plan_.scanned_rank == 1 &&
           operands_[1].stride[plan_.row_axis()] == 1 && step_ == 1 &&
           (!streams_ || (across ? f_.down_streams : f_.along_streams));
  }

  /// True if neighbouring series are one run at even steps in every leaf, and several fit a piece.
  bool lines_follow_one_another() const {
    if (plan_.kept_rank == 0 || plan_.scanned_rank != 1 || plan_.length > piece_) {
      return false;
    }
    for (operand const& o : operands_.subspan(1)) {
      if (o.stride[plan_.kept_rank - 1] != plan_.length * o.stride[plan_.kept_rank]) {
        return false;
      }
    }
    return true;
  }

  /// Where each operand stands at position `series` of the first `rank` kept axes.
  void locate(std::byte const** at, index_t series, int rank) const {
    begin_of(operands_, at);
    step_to(at, operands_, plan_.extent, 0, rank, series);
  }

  /// Evaluates part of a row to `values`; returns where the values are.
  void const* produce(line_memory& m, std::byte const* const* at, index_t first, index_t count,
                      std::byte* values) const {
    if (void const* const x = layout_.in_place(at + 1, first)) {
      return x;
    }
    int const bytes = f_.evaluator.item_bytes;
    bool const masked = f_.nothing != nullptr;
    m.loop(at + 1, first, count,
           {const_cast<std::byte*>(moved(values, -first * bytes)),
            masked ? m.valid() - first : nullptr});
    if (masked) {
      alignas(16) std::byte nothing[16];
      f_.nothing(nothing);
      replace_items(values, m.valid(), count, nothing, 0, bytes);
    }
    return values;
  }

  /// The elements first … first + count of a series, side by side: where they are if they lie in
  /// one row of memory, else in `values`.
  void const* fetch(line_memory& m, std::byte const* const* base, index_t first, index_t count,
                    std::byte* values) const {
    if (plan_.scanned_rank == 1) {
      return produce(m, base, first, count, values);
    }
    int const row = plan_.row_axis();
    for (index_t done = 0; done < count;) {
      std::byte const* at[1 + max_leaves];
      plain::copy(base, base + operands_.size(), at);
      index_t const column = (first + done) % plan_.extent[row];
      step_to(at, operands_, plan_.extent, plan_.kept_rank, row,
              (first + done) / plan_.extent[row]);
      index_t const part = plain::min(count - done, plan_.extent[row] - column);
      std::byte* const to = values + done * f_.evaluator.item_bytes;
      void const* const x = produce(m, at, column, part, to);
      if (x != to) {
        std::memcpy(to, x, static_cast<std::size_t>(part * f_.evaluator.item_bytes));
      }
      done += part;
    }
    return values;
  }

  /// Moves finished results to where they belong.
  void put(std::byte* to, std::byte const* from, index_t count) const {
    if (streams_) {
      stream_bytes(to, from, count * item_);
      return;
    }
    copy_items(to, step_, from, 1, count, static_cast<int>(item_));
  }

  /// Scans `n` lines of `length` elements from what m.carry() holds, or from nothing if `fresh`;
  /// without `writes` they leave only what they carry.
  void scan(line_memory& m, line const* lines, int n, index_t length, bool fresh,
            bool writes) const {
    std::byte const* base[together][1 + max_leaves];
    for (int l = 0; l < n; ++l) {
      locate(base[l], lines[l].series, plan_.kept_rank);
    }
    bool const staged = (streams_ && !f_.along_streams) || step_ != 1;
    bool const one_run = follows_ && n * length <= together * piece_ &&
                         lines[0].series % plan_.extent[plan_.kept_rank - 1] + n <=
                             plan_.extent[plan_.kept_rank - 1];
    for (index_t done = 0; done < length; done += piece_) {
      index_t const count = plain::min(piece_, length - done);
      void const* x[together];
      std::byte* to[together];
      std::byte* out[together];
      void const* const run = one_run ? produce(m, base[0], 0, n * length, m.values()) : nullptr;
      for (int l = 0; l < n; ++l) {
        index_t const first = lines[l].first + done;
        x[l] = one_run ? static_cast<std::byte const*>(run) + l * length * f_.evaluator.item_bytes
                       : fetch(m, base[l], first, count,
                               m.values() + l * piece_ * f_.evaluator.item_bytes);
        to[l] = const_cast<std::byte*>(base[l][0]) + first * step_ * item_;
        out[l] = staged ? m.staged() + l * piece_ * item_ : to[l];
      }
      f_.along({op_, x, n, static_cast<int>(count), m.carry(), fresh && done == 0,
                streams_ && !staged, writes ? out : nullptr});
      for (int l = 0; l < n && writes && staged; ++l) {
        put(to[l], out[l], count);
      }
    }
  }

  void sweep_lines() const {
    index_t const size = plan_.series * plan_.length;
    parallel_range(plan_.series, together, size, [&](index_t begin, index_t end) {
      stream_fence const fence(streams_);
      line_memory memory(*this, together, piece_, together);
      for (index_t s = begin; s < end; s += together) {
        line lines[together];
        int const n = static_cast<int>(plain::min<index_t>(together, end - s));
        for (int l = 0; l < n; ++l) {
          lines[l] = {s + l, 0};
        }
        scan(memory, lines, n, plan_.length, true, true);
      }
    });
  }

  /// Tiles that are scanned together: the first one alone, for it begins with nothing, then several
  /// whole ones, and the last one alone if it is shorter.
  struct tile_group {
    index_t first;
    int tiles;
    index_t length;  ///< of each
  };
  tile_group group(index_t g) const {
    index_t const first = g == 0 ? 0 : 1 + (g - 1) * together;
    index_t const whole = plan_.length / scan_tile;
    if (first >= whole) {
      return {whole, 1, plan_.length - whole * scan_tile};
    }
    return {first, static_cast<int>(g == 0 ? 1 : plain::min<index_t>(together, whole - first)),
            scan_tile};
  }

  /// The totals of all tiles come first, then what every tile begins with, then the tiles
  /// themselves; on a single thread a group at a time, which is read from memory once.
  void sweep_tiles() const {
    index_t const tiles = plan_.tiles();
    index_t const whole = plan_.length / scan_tile;
    index_t const groups =
        1 + (whole - 1 + together - 1) / together + (plan_.length % scan_tile != 0 ? 1 : 0);
    // Of each series, the totals of the tiles; later those of all tiles so far.
    buffer const memory =
        allocate_host(static_cast<std::size_t>(plan_.series * tiles * f_.lane_bytes));
    auto const total = [&](index_t series, index_t tile) {
      return static_cast<std::byte*>(memory.data()) + (series * tiles + tile) * f_.lane_bytes;
    };
    auto const each_series = [&](index_t g, bool writes, line_memory& m) {
      tile_group const these = group(g);
      std::size_t const bytes = static_cast<std::size_t>(these.tiles * f_.lane_bytes);
      for (index_t s = 0; s < plan_.series; ++s) {
        line lines[together];
        for (int l = 0; l < these.tiles; ++l) {
          lines[l] = {s, (these.first + l) * scan_tile};
        }
        if (!writes) {
          scan(m, lines, these.tiles, these.length, true, false);
          std::memcpy(total(s, these.first), m.carry(), bytes);
        } else {
          if (g > 0) {
            std::memcpy(m.carry(), total(s, these.first - 1), bytes);
          }
          scan(m, lines, these.tiles, these.length, g == 0, true);
        }
      }
    };
    auto const join = [&](index_t first, index_t end) {
      for (index_t s = 0; s < plan_.series; ++s) {
        f_.join(op_, total(s, first), end - first);
      }
    };
    auto const pass = [&](bool writes) {
      return [&, writes](index_t begin, index_t end) {
        stream_fence const fence(streams_ && writes);
        line_memory m(*this, together, piece_, together);
        for (index_t g = begin; g < end; ++g) {
          each_series(g, writes, m);
        }
      };
    };
    index_t const size = plan_.series * plan_.length;
    if (threads_that_pay(groups, size) > 1) {
      parallel_range(groups, 1, size, pass(false));
      join(0, tiles);
      parallel_range(groups, 1, size, pass(true));
      return;
    }
    stream_fence const fence(streams_);
    line_memory m(*this, together, piece_, together);
    for (index_t g = 0; g < groups; ++g) {
      tile_group const these = group(g);
      each_series(g, false, m);
      join(g == 0 ? 0 : these.first - 1, these.first + these.tiles);
      each_series(g, true, m);
    }
  }

  void sweep_columns() const {
    index_t const columns = plan_.extent[plan_.row_axis()];
    index_t const widest = plain::min(columns, column_block);
    index_t const grain = item_ < 64 ? 64 / item_ : 1;  // a line of the cache
    index_t const size = plan_.series * plan_.length;
    parallel_range(plan_.series, grain, size, [&](index_t begin, index_t end) {
      stream_fence const fence(streams_);
      line_memory memory(*this, rows_at_once, strip_, widest);
      while (begin < end) {
        index_t const column = begin % columns;
        index_t const width = plain::min({column_block, columns - column, end - begin});
        scan_columns(memory, begin / columns, column, width);
        begin += width;
      }
    });
  }

  /// Columns column … column + width of a row of series, all the way down.
  void scan_columns(line_memory& m, index_t row, index_t column, index_t width) const {
    std::byte const* base[1 + max_leaves];
    locate(base, row, plan_.kept_rank - 1);
    bool const staged = streams_ && !f_.down_streams;
    for (index_t i = 0; i < plan_.length;) {
      // The first row begins the columns; the rows behind the last four go one by one.
      int const n = i == 0 || plan_.length - i < rows_at_once ? 1 : rows_at_once;
      std::byte const* at[rows_at_once][1 + max_leaves];
      for (int r = 0; r < n; ++r) {
        plain::copy(base, base + operands_.size(), at[r]);
        step_along(at[r], operands_, plan_.kept_rank, i + r);
      }
      for (index_t c = 0; c < width; c += strip_) {
        index_t const count = plain::min(strip_, width - c);
        void const* x[rows_at_once];
        std::byte* to[rows_at_once];
        std::byte* out[rows_at_once];
        for (int r = 0; r < n; ++r) {
          x[r] = produce(m, at[r], column + c, count,
                         m.values() + r * strip_ * f_.evaluator.item_bytes);
          to[r] = const_cast<std::byte*>(at[r][0]) + (column + c) * item_;
          out[r] = staged ? m.staged() + r * strip_ * item_ : to[r];
        }
        f_.down({op_, x, n, static_cast<int>(count), m.carry() + c * f_.lane_bytes, i == 0,
                 streams_ && !staged, out});
        for (int r = 0; r < n && staged; ++r) {
          put(to[r], out[r], count);
        }
      }
      i += n;
    }
  }

  scan_plan const& plan_;
  std::span<operand const> operands_;
  scan_functions const& f_;
  void const* op_;
  index_t item_;
  index_t step_;
  bool streams_;
  bool in_place_;
  index_t piece_;  ///< elements of a line handed to a loop along it at once
  index_t strip_;  ///< and across
  bool follows_;
  row_layout layout_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
