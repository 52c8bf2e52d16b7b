// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sweep over the tiles of a reduction on the host, shared out among threads. It is compiled
// once for all types: what knows them are the loops of a tile.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/exec/host/scratch.hpp"
#include "cumulus/exec/host/tile_functions.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Neighbouring tiles of a row that are merged as soon as they are there.
inline constexpr index_t most_tiles_together = 64;

/// The sweep over the tiles of a planned reduction: operands are the output, the leaves and, if
/// planned, the mask.
class tile_sweep {
 public:
  CUMULUS_ONCE tile_sweep(reduce_plan const& plan, std::span<operand const> operands,
                          tile_functions const& functions, void const* accumulation)
      : plan_(plan),
        operands_(operands),
        f_(functions),
        accumulation_(accumulation),
        replaces_((plan.has_mask || functions.has_truths) && functions.what != absent::told),
        layout_(functions.evaluator, operands, plan.row_axis()) {
    if (functions.what == absent::replaced) {
      functions.nothing(nothing_);
    }
  }

  void run() const {
    index_t const tiles = plan_.tiles() > 0 ? plan_.tiles() : 1;
    index_t const together = plan_.across ? 1 : tiles_together(tiles);
    index_t const parts = (tiles + together - 1) / together;  // of an output
    scratch summaries(parts > 1 ? static_cast<std::size_t>(plan_.outputs * parts) * f_.summary_bytes
                                : 0);
    std::byte* const partial = parts > 1 ? summaries.data() : nullptr;
    if (plan_.across) {
      sweep_columns(partial, tiles);
    } else {
      sweep_rows(partial, parts, together);
    }
    if (parts > 1) {
      parallel_range(plan_.outputs, 1, plan_.outputs * parts, [&](index_t begin, index_t end) {
        for (index_t o = begin; o < end; ++o) {
          f_.finish(accumulation_, partial + o * parts * index_t(f_.summary_bytes), parts,
                    result_of(o));
        }
      });
    }
  }

 protected:  // statistics_sweep walks and produces in the same way
  CUMULUS_ONCE std::byte* result_of(index_t output) const {
    std::byte const* at = operands_[0].data;
    for (int k = plan_.kept_rank - 1; k >= 0; --k) {
      at = moved(at, output % plan_.extent[k] * operands_[0].stride[k] * operands_[0].item_bytes);
      output /= plan_.extent[k];
    }
    return const_cast<std::byte*>(at);
  }

  /// Where each operand stands at output `output` (counted over the first `rank` kept axes).
  CUMULUS_ONCE void locate_output(std::byte const** at, index_t output, int rank) const {
    begin_of(operands_, at);
    step_to(at, operands_, plan_.extent, 0, rank, output);
  }

  /// Moves to reduced index i, without the row axis when work runs along it; returns the position
  /// on that axis.
  [[gnu::noinline]] index_t locate_reduced(std::byte const** at, index_t i) const {
    i = plan_.members != nullptr ? plan_.members[i] : i;
    int k = plan_.kept_rank + plan_.reduced_rank - 1;
    index_t column = 0;
    if (!plan_.across) {
      column = i % plan_.extent[k];
      i /= plan_.extent[k--];
    }
    step_to(at, operands_, plan_.extent, plan_.kept_rank, k + 1, i);
    return column;
  }

  /// Results of the only tile of their outputs, from the one at `to` on.
  column_results results_in_row(std::byte* to, int item_bytes, void const* accumulation) const {
    return {to, operands_[0].stride[plan_.row_axis()] * item_bytes, accumulation};
  }
  /// Summaries of one of several tiles, from summary `first` on.
  static column_results summaries_of(std::byte* partial, index_t first, std::size_t summary_bytes,
                                     index_t tiles) {
    index_t const bytes = static_cast<index_t>(summary_bytes);
    return {partial + first * bytes, tiles * bytes, nullptr};
  }

  /// The mask of part of a row joins what the expression itself says.
  void apply_mask(std::byte const* row, index_t first, int count, bool* valid) const {
    index_t const stride = operands_.back().stride[plan_.row_axis()];
    bool const* const mask = reinterpret_cast<bool const*>(row) + first * stride;
    std::size_t const bytes = static_cast<std::size_t>(count);
    if (stride == 0) {
      if (!mask[0] || !f_.has_truths) {
        std::memset(valid, mask[0] ? 1 : 0, bytes);
      }
    } else if (stride == 1 && !f_.has_truths) {
      std::memcpy(valid, mask, bytes);
    } else if (f_.has_truths) {
      for (int i = 0; i < count; ++i) {
        valid[i] = valid[i] & mask[i * stride];
      }
    } else {
      for (int i = 0; i < count; ++i) {
        valid[i] = mask[i * stride];
      }
    }
  }

  /// What stands where an element does not count; null: the first one that does.
  std::byte const* nothing() const { return f_.what == absent::replaced ? nothing_ : nullptr; }

  /// Evaluates part of a row to `values` and, where there are truths, `valid`; returns where the
  /// values are.
  [[gnu::noinline]] void const* produce(row_loop& loop, std::byte const* const* at, index_t first,
                                        int count, std::byte* values, bool* valid) const {
    void const* x = replaces_ ? nullptr : layout_.in_place(at + 1, first);
    if (x == nullptr) {
      std::byte* const row =
          const_cast<std::byte*>(moved(values, -first * f_.evaluator.item_bytes));
      loop(at + 1, first, count, {row, f_.has_truths ? valid - first : nullptr});
      x = values;
    }
    if (plan_.has_mask) {
      apply_mask(at[operands_.size() - 1], first, count, valid);
    }
    return x;
  }

  /// Tiles of an output that a thread merges as soon as it has them: a power of two, so that they
  /// are a branch of the tree, and few enough to leave each thread several parts.
  index_t tiles_together(index_t tiles) const {
    constexpr index_t parts_of_a_thread = 32;
    index_t const threads = threads_that_pay(plan_.outputs * tiles, cost());
    index_t const most =
        threads > 1 ? plan_.outputs * tiles / (threads * parts_of_a_thread) : tiles;
    index_t together = most_tiles_together;
    while (together > 1 && (together / 2 >= tiles || together > most)) {
      together /= 2;
    }
    return together;
  }
  index_t cost() const { return plan_.outputs * plain::max<index_t>(plan_.length, 1); }

  /// `parts` parts of an output, each of up to `together` tiles.
  void sweep_rows(std::byte* partial, index_t parts, index_t together) const {
    parallel_range(plan_.outputs * parts, 1, cost(), [&](index_t begin, index_t end) {
      row_loop loop(layout_);
      bool const in_place = elements_lie_in_rows();
      index_t const item = f_.evaluator.item_bytes;
      index_t const summary = static_cast<index_t>(f_.summary_bytes);
      index_t const collected = in_place ? 0 : tile_room();
      scratch memory(static_cast<std::size_t>(collected * (item + 1) + together * summary));
      std::byte* const values = memory.data();
      std::byte* const own = values + collected * item;
      bool* const valid = reinterpret_cast<bool*>(own + together * summary);
      std::byte const* row = nullptr;
      for (index_t unit = begin; unit < end; ++unit) {
        index_t const output = parts == 1 ? unit : unit / parts;  // a division takes its time
        index_t const part = parts == 1 ? 0 : unit % parts;
        index_t const first = part * together * tile_length;
        index_t const count = plain::min(together * tile_length, plan_.length - first);
        index_t tiles = 0;
        if (in_place) {
          if (part == 0 || unit == begin) {
            std::byte const* at[2 + max_leaves];
            locate_output(at, output, plan_.kept_rank);
            row = layout_.in_place(at + 1, 0);
          }
          int const n = static_cast<int>(count);
          tiles = f_.row(moved(row, first * item), nullptr, n, n, first, own);
        } else {
          do {
            index_t const done = tiles * tile_length;
            int const n = static_cast<int>(plain::min<index_t>(tile_length, count - done));
            void const* const x = gather_tile(loop, output, first + done, n, values, valid);
            int const counted =
                replaces_ ? replace_absent(values, valid, n, nothing(), f_.evaluator.item_bytes)
                          : n;
            f_.row(x, valid, n, counted, first + done, own + tiles++ * summary);
          } while (tiles * tile_length < count);
        }
        if (parts == 1) {
          f_.finish(accumulation_, own, tiles, result_of(output));
        } else {
          f_.merge(own, tiles);
          std::memcpy(partial + unit * summary, own, f_.summary_bytes);
        }
      }
    });
  }

  /// Elements that the longest tile needs memory for: whole lines of the cache, because summaries
  /// lie behind.
  index_t tile_room() const {
    return plain::min<index_t>(tile_length, (plan_.length + 63) / 64 * 64);
  }

  /// True if all elements of an output lie side by side already.
  bool elements_lie_in_rows() const {
    return f_.evaluator.is_array && !plan_.has_mask && plan_.members == nullptr &&
           plan_.reduced_rank == 1 && operands_[1].stride[plan_.row_axis()] == 1;
  }

  /// The elements first … first + count of an output, side by side: where they are if they lie in
  /// one row of memory, else collected in `values`.
  void const* gather_tile(row_loop& loop, index_t output, index_t first, int count,
                          std::byte* values, bool* valid) const {
    std::byte const* base[2 + max_leaves];
    locate_output(base, output, plan_.kept_rank);
    for (int done = 0; done < count;) {
      std::byte const* at[2 + max_leaves];
      plain::copy(base, base + operands_.size(), at);
      index_t const column = locate_reduced(at, first + done);
      int const part = run_length(first + done, column, count - done);
      std::byte* const to = values + done * f_.evaluator.item_bytes;
      void const* const x = produce(loop, at, column, part, to, valid + done);
      if (x != to) {
        if (part == count) {
          return x;
        }
        std::memcpy(to, x, part * f_.evaluator.item_bytes);
      }
      done += part;
    }
    return values;
  }

  /// Elements that follow reduced index i in the same row of memory, at most `most`.
  int run_length(index_t i, index_t column, int most) const {
    if (plan_.members != nullptr) {
      int n = 1;
      while (n < most && plan_.members[i + n] == plan_.members[i] + n) {
        ++n;
      }
      return n;
    }
    return static_cast<int>(plain::min<index_t>(most, plan_.extent[plan_.row_axis()] - column));
  }

  /// True if 32 rows of columns fit a block and are one run at even steps in every operand.
  bool rows_follow_one_another() const {
    index_t const columns = plan_.columns();
    if (columns * tile_lanes > column_block || plan_.reduced_rank != 1 ||
        plan_.members != nullptr) {
      return false;
    }
    for (operand const& o : operands_.subspan(1)) {
      if (o.stride[plan_.kept_rank] != columns * o.stride[plan_.row_axis()]) {
        return false;
      }
    }
    return true;
  }

  /// True if rows of columns are read where they are in memory.
  bool rows_lie_in_place() const {
    std::byte const* base[2 + max_leaves];
    locate_output(base, 0, plan_.kept_rank - 1);
    return layout_.in_place(base + 1, 0) != nullptr && !plan_.has_mask;
  }

  /// Columns of a tile: as many as there may be, but as many tiles for each thread that pays.
  index_t block_of_columns(bool in_place, index_t tiles) const {
    constexpr index_t quantum = 64;  // threads meet in few lines of the results
    static_assert(quantum * tile_lanes >= column_block, "folded columns are one block");
    index_t const columns = plan_.columns();
    index_t const most = in_place ? long_block : column_block;
    index_t const each = plan_.outputs / columns * tiles;  // tiles of a block
    index_t const threads = threads_that_pay(plan_.outputs * tiles, cost());
    index_t blocks = (columns + most - 1) / most;
    while (blocks * each % threads != 0) {
      ++blocks;
    }
    return ((columns + blocks - 1) / blocks + quantum - 1) / quantum * quantum;
  }
  void sweep_columns(std::byte* partial, index_t tiles) const {
    index_t const columns = plan_.columns();
    bool const in_place = rows_lie_in_place();
    index_t const block = block_of_columns(in_place, tiles);
    index_t const blocks = (columns + block - 1) / block;
    bool const folded = f_.folded != nullptr && rows_follow_one_another();
    index_t const longest_run = folded ? column_block : block;
    index_t const units = plan_.outputs / columns * blocks * tiles;
    parallel_range(units, 1, cost(), [&](index_t begin, index_t end) {
      row_loop loop(layout_);
      column_memory memory(f_, longest_run, in_place);
      for (index_t unit = begin; unit < end; ++unit) {
        // Neighbouring units share a column block, and with it the pages of its rows.
        index_t const tile = unit % tiles;
        index_t const column = unit / tiles % blocks * block;
        index_t const row = unit / tiles / blocks;
        index_t const first = tile * tile_length;
        int const count = static_cast<int>(plain::min<index_t>(tile_length, plan_.length - first));
        int const width = static_cast<int>(plain::min<index_t>(block, columns - column));
        std::byte const* base[2 + max_leaves];
        locate_output(base, row, plan_.kept_rank - 1);
        column_truths& counted = memory.truths;
        auto const run_of = [&](int r) {
          return folded ? width * plain::min(tile_lanes, count - r) : width;
        };
        auto const evaluate = [&](int r, int slot) {
          std::byte const* at[2 + max_leaves];
          plain::copy(base, base + operands_.size(), at);
          locate_reduced(at, first + r);
          return produce(loop, at, column, run_of(r), in_place ? nullptr : memory.values(slot),
                         in_place ? nullptr : memory.valid(slot));
        };
        bool const at_even_steps = in_place && plan_.reduced_rank == 1;
        auto const fetch = [&](int r, int step, int n, void const** x, bool const** truths) {
          if (at_even_steps) {
            index_t const item = f_.evaluator.item_bytes;
            index_t const row_bytes = operands_[1].stride[plan_.kept_rank] * item;
            for (int g = 0; g < n; ++g) {
              index_t const i = first + r + g * step;
              x[g] =
                  moved(base[1], column * item +
                                     (plan_.members != nullptr ? plan_.members[i] : i) * row_bytes);
            }
            return;
          }
          for (int g = 0; g < n; ++g) {
            x[g] = evaluate(r + g * step, g);
            if (in_place) {
              continue;
            }
            truths[g] = memory.valid(g);
            if (replaces_) {
              counted.apply(const_cast<std::byte*>(static_cast<std::byte const*>(x[g])), truths[g],
                            run_of(r + g * step));
            }
          }
        };
        if (replaces_) {
          counted.begin(width, folded ? tile_lanes : 1, nothing(), f_.evaluator.item_bytes);
          for (int r = 0; r < count && !counted.complete(); r += folded ? tile_lanes : 1) {
            counted.find(static_cast<std::byte const*>(evaluate(r, 0)), memory.valid(0), run_of(r));
          }
        }
        row_source const source(fetch, in_place);
        index_t const output = row * columns + column;
        column_results const results =
            tiles == 1 ? results_in_row(result_of(output), operands_[0].item_bytes, accumulation_)
                       : summaries_of(partial, output * tiles + tile, f_.summary_bytes, tiles);
        (folded ? f_.folded : f_.columns)(
            {source, count, width, first, replaces_ ? &counted : nullptr, results}, memory.state());
      }
    });
  }

  /// What a thread needs for a tile of columns: rows of up to `longest_run` elements, unless they
  /// are read in place, and what they are accumulated in.
  class column_memory {
   public:
    column_memory(tile_functions const& f, index_t longest_run, bool in_place)
        : longest_run_(longest_run),
          item_(f.evaluator.item_bytes),
          pitch_(column_state::pitch_for(longest_run)),
          state_bytes_(index_t{f.state_bytes} * pitch_),
          memory_(allocate_host(static_cast<std::size_t>(
              state_bytes_ + (in_place ? 0 : rows_fetched * longest_run * (item_ + 1))))) {}

    column_state state() const { return {begin(), pitch_}; }
    std::byte* values(int row) const { return begin() + state_bytes_ + row * longest_run_ * item_; }
    bool* valid(int row) const {
      return reinterpret_cast<bool*>(values(rows_fetched)) + row * longest_run_;
    }

    column_truths truths;

   private:
    std::byte* begin() const { return static_cast<std::byte*>(memory_.data()); }

    index_t longest_run_;
    int item_;
    int pitch_;
    index_t state_bytes_;
    buffer memory_;
  };

  reduce_plan const& plan_;
  std::span<operand const> operands_;
  tile_functions const& f_;
  void const* accumulation_;
  bool replaces_;  ///< elements that do not count are replaced before the loops see them
  row_layout layout_;
  alignas(16) std::byte nothing_[16] = {};
};

}  // namespace cumulus::inline CUMULUS_TARGET
