// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the loops over the tiles of a reduction are given and give back, without its types. A tile
// is part of a row, or of up to long_block rows side by side.

#include "cumulus/exec/plan/reduce_plan.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Which elements of a row do not count.
enum class missing {
  none,
  nan,    ///< those that are NaN
  bytes,  ///< those that a row of truths says no to
};

/// Outputs side by side whose tiles are reduced together, at most, where rows are evaluated first
/// or several statistics read the same ones from the caches.
inline constexpr int column_block = 2048;
/// The same where rows are read in place, once: long pieces, which the processor reads ahead along.
inline constexpr int long_block = 16384;
/// Rows that are added per load and store of the lanes.
inline constexpr int rows_at_once = 8;
/// Rows that are fetched at most: as many as a processor keeps lines of the cache under way for.
inline constexpr int rows_fetched = 16;
/// The lanes of a tile meet in this many steps.
inline constexpr int lane_levels = 5;
static_assert(1 << lane_levels == tile_lanes);

/// The rows of a tile of columns.
class row_source {
 public:
  /// fetch(r, step, n, x, valid) must set x[g] and, where there are truths, valid[g] to row
  /// r + g * step of the tile for g < n <= rows_fetched. `in_place`: rows are read where they are
  /// in memory, so that it costs nothing to ask for them early.
  template <class F>
  row_source(F const& fetch, bool in_place)
      : object_(&fetch),
        in_place_(in_place),
        call_([](void const* object, int r, int step, int n, void const** x, bool const** valid) {
          (*static_cast<F const*>(object))(r, step, n, x, valid);
        }) {}
  void fetch(int r, int step, int n, void const** x, bool const** valid) const {
    call_(object_, r, step, n, x, valid);
  }
  bool in_place() const { return in_place_; }

 private:
  void const* object_;
  bool in_place_;
  void (*call_)(void const*, int, int, int, void const**, bool const**);
};

/// Rows first, first + step, … of a tile.
struct row_range {
  int first = 0;
  int step = 1;
  int count = 0;
};

/// Reads a tile's rows a few at a time and knows the next few, which the loops ask the memory for
/// while they add the present ones: the processor itself reads ahead along a row only.
class row_reader {
 public:
  explicit row_reader(row_source const& source) : source_(source) {}

  /// Rows `now`; `next` follow, or, if there are none, what lies `bytes` behind the first rows.
  CUMULUS_ONCE void read(row_range const& now, row_range const& next, index_t bytes) {
    if (ahead_) {
      current_ = 1 - current_;
    } else {
      fetch(now, current_);
    }
    if (!source_.in_place()) {
      return;
    }
    ahead_ = next.count > 0;
    if (ahead_) {
      fetch(next, 1 - current_);
    }
    for (int g = 0; g < rows_fetched; ++g) {
      first_[g] = first_[g] == nullptr ? x_[current_][g] : first_[g];
      if (!ahead_) {
        x_[1 - current_][g] = moved(static_cast<std::byte const*>(first_[g]), bytes);
      }
    }
  }
  void const* const* x() const { return x_[current_]; }
  bool const* const* valid() const { return valid_[current_]; }
  /// What to ask the memory for: as many addresses as there may be rows.
  void const* const* next() const { return source_.in_place() ? x_[1 - current_] : x(); }

 private:
  CUMULUS_ONCE void fetch(row_range const& rows, int to) {
    source_.fetch(rows.first, rows.step, rows.count, x_[to], valid_[to]);
    for (int g = rows.count; g < rows_fetched; ++g) {
      x_[to][g] = x_[to][0];
    }
  }

  row_source const& source_;
  bool ahead_ = false;
  int current_ = 0;
  void const* x_[2][rows_fetched] = {};
  bool const* valid_[2][rows_fetched] = {};
  void const* first_[rows_fetched] = {};
};

/// Asks for `bytes` bytes to be brought near; to the nearest cache if they are wanted at once.
// Always inline: g++ takes a call that only asks for one that does nothing and drops it.
template <bool AtOnce = false>
[[gnu::always_inline]] inline void prefetch(void const* at, int bytes) {
  for (int b = 0; b < bytes; b += 64) {
    __builtin_prefetch(static_cast<char const*>(at) + b, 0, AtOnce ? 3 : 2);
  }
}

/// Rows that are asked for `distance` bytes ahead of where work is.
struct rows_ahead {
  void const* const* rows;
  index_t distance;

  template <class T> [[gnu::always_inline]] void ask(int g, int at, int count) const {
    prefetch<true>(static_cast<char const*>(rows[g]) + distance + at * index_t{sizeof(T)},
                   count * int{sizeof(T)});
  }
};

class column_truths;

/// What a tile of columns is accumulated in: arrays with a number for each column, `pitch` numbers
/// from one to the next.
struct column_state {
  std::byte* at;
  int pitch;

  /// For up to `columns` columns and some lines of the cache more, lest all numbers of a column lie
  /// in one set of it.
  static constexpr int pitch_for(index_t columns) {
    return (static_cast<int>(columns) + 127) / 64 * 64;
  }
  /// The k-th of arrays of T that follow one another, behind `bytes` bytes a column.
  template <class T> T* array(int bytes, int k = 0) const {
    return reinterpret_cast<T*>(at + (bytes + k * int{sizeof(T)}) * index_t{pitch});
  }
};

/// Where what columns come to goes, `step` bytes from one to the next.
struct column_results {
  std::byte* to;
  index_t step;
  /// Results are wanted, because there is one tile only; null: summaries.
  void const* accumulation;

  template <class A> void put(int column, typename A::tile const& state, index_t count) const {
    std::byte* const at = to + column * step;
    if (accumulation != nullptr) {
      *reinterpret_cast<typename A::result*>(at) =
          static_cast<A const*>(accumulation)->finish(state, count);
    } else {
      *reinterpret_cast<tile_summary<A>*>(at) = {state, count};
    }
  }
};

/// A tile of columns: `rows` <= 1024 of `columns` <= long_block elements; row 0 has index `first`
/// along the reduction.
struct column_part {
  row_source const& source;
  int rows;
  int columns;
  index_t first;
  column_truths* truths;  ///< where some elements do not count and are replaced already; else null
  column_results results;
};

/// Where lanes of columns are while a tile is swept: those that wait for a partner, one for each
/// number of lanes merged so far, and the one that is being added to.
inline constexpr int lane_slots = lane_levels + 2;

/// One step of a sweep over a tile of columns: rows that are added to the lanes in a slot, which
/// are new if `fresh`. Then slots 0, 1, … merges - 1 are merged with that one in turn, and what
/// comes of it goes to slot `merges`.
struct lane_step {
  row_range rows;
  int slot = 0;
  bool fresh = false;
  int merges = 0;

  /// Where the lanes are in the end.
  int target() const { return merges == 0 ? slot : merges; }
};

/// In what order a tile of columns is swept: lane by lane, so that partners (of 32: l and l + 16,
/// then l and l + 8, …) meet as they complete. Four lanes at once (l, l + n / 4, …) where each has
/// so few rows that all of them are fetched together.
class lane_schedule {
 public:
  /// `several`: lanes may be added together.
  lane_schedule(int rows, bool several) {
    int levels = 0;
    while ((1 << levels) < rows && levels < lane_levels) {
      ++levels;
    }
    four_lanes_ = several && levels >= 2 && rows <= rows_fetched << (levels - 2);
    int const together = four_lanes_ ? rows_fetched : rows_at_once;
    levels -= four_lanes_ ? 2 : 0;
    result_ = levels;
    int const lanes = 1 << levels;
    for (int k = 0; k < lanes; ++k) {
      int lane = 0;
      for (int bit = 0; bit < levels; ++bit) {
        lane |= (k >> bit & 1) << (levels - 1 - bit);
      }
      int left = lane < rows ? (rows - lane + lanes - 1) / lanes : 0;
      int const slot = (k & 1) == 0 ? 0 : lane_slots - 1;
      bool fresh = true;
      do {
        int const count = left < together ? left : together;
        step_[count_++] = {{lane, lanes, count}, slot, fresh, 0};
        lane += count * lanes;
        left -= count;
        fresh = false;
      } while (left > 0);
      while ((k >> step_[count_ - 1].merges & 1) != 0) {
        ++step_[count_ - 1].merges;
      }
    }
  }

  lane_step const* begin() const { return step_; }
  lane_step const* end() const { return step_ + count_; }
  /// True if row g of a step belongs to lane g % 4 of four.
  bool four_lanes() const { return four_lanes_; }
  /// The slot of what is left in the end.
  int result() const { return result_; }

 private:
  lane_step step_[tile_length / rows_at_once];
  int count_ = 0;
  bool four_lanes_;
  int result_;
};

/// Sets each column's shift to its first element for which counts(row, valid, column) is true.
template <class T, class Counts>
void find_shifts(column_part const& tile, T* shift, Counts const& counts) {
  void const* x[rows_at_once];
  bool const* valid[rows_at_once] = {};
  bool found[long_block];
  plain::fill_n(found, tile.columns, false);
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
