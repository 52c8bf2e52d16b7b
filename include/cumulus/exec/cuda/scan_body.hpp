// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies of scans. A long series is cut into tiles: one launch leaves the total of every
// tile, those are scanned in turn, and one more launch scans the tiles from what is before them
// (exec/cuda/scan_arguments.hpp). Which elements are joined first depends on the shape alone.

#include "cumulus/exec/cuda/kernel_body.hpp"
#include "cumulus/expr/scanners.hpp"

namespace cumulus::inline CUMULUS_TARGET {

template <class Tree, class S> struct scan_arguments {
  static constexpr int count = 1 + Tree::leaf_count;  // output, leaves

  kernel_operands<count> operands;  ///< strides in bytes but along the last scanned axis
  index_t step[count];              ///< elements between neighbours along the last scanned axis
  divider row;                      ///< extent of that axis
  int kept = 0;
  int scanned = 0;
  index_t series = 1;
  index_t length = 1;
  index_t tile = 1;  ///< elements of a tile
  index_t tiles = 1;
  divider units = {};  ///< along: by the tiles of a series; across: by the series
  int team = 1;        ///< along: threads that share a tile
  /// Where totals of tiles go instead of results; null where results are wanted.
  typename S::lane* totals = nullptr;
  typename S::lane const* before = nullptr;  ///< totals up to and with each tile; null: one tile
  index_t series_stride = 0;                 ///< of the totals
  index_t tile_stride = 0;
  index_t work_blocks = 0;
  S scanner;
};

namespace detail {

/// The elements and results of one series.
template <class Tree, class S> struct scan_reader {
  using arguments = scan_arguments<Tree, S>;
  using T = typename S::input;
  static constexpr int count = arguments::count;

  arguments const& a;
  std::byte const* base[count];  ///< where the operands stand at the series

  CUMULUS_HD scan_reader(arguments const& arguments_, index_t series) : a(arguments_) {
    find_position(a.operands, a.kept, series, base);
  }

  CUMULUS_HD typename S::lane element(index_t position) const {
    index_t offset[count] = {};
    index_t column = position;
    if (a.scanned > 1) {
      index_t const row = a.row.quotient(position);
      column -= row * a.row.by;
      add_offsets(a.operands, a.kept, a.kept + a.scanned - 1, row, offset);
    }
    row_cursor<Tree::leaf_count> leaves;
    CUMULUS_UNROLL
    for (int k = 0; k < Tree::leaf_count; ++k) {
      leaves.at[k] = displaced(base[1 + k], offset[1 + k]);
      leaves.step[k] = a.step[1 + k];
    }
    leaves.operands = a.operands.of + 1;
    leaves.bad_index = a.operands.bad_index;
    auto const pack = evaluate<Tree, single_element, access::strided>(leaves, column, 1);
    if constexpr (tree::is_masked_v<Tree>) {
      return S::lift(lane_of(pack.valid, 0) ? lane_of(pack.value, 0)
                                            : identity<typename S::operation, T>());
    } else {
      return S::lift(lane_of(pack, 0));
    }
  }

  /// The results of all scanned axes lie at even steps.
  CUMULUS_HD void put(index_t position, typename S::lane const& x) const {
    using R = typename S::result;
    reinterpret_cast<R*>(const_cast<std::byte*>(base[0]))[position * a.step[0]] = S::value(x);
  }
};

}  // namespace detail

/// Along a series: a team of threads shares a tile, eight neighbours to a thread. They are read and
/// written in turn, so that neighbouring threads touch neighbouring elements, and pass through
/// shared memory in between.
template <class Tree, class S> struct scan_along_body {
  using arguments = scan_arguments<Tree, S>;
  using lane = typename S::lane;
  static constexpr int threads = 256;
  static constexpr int per_thread = 8;
  static constexpr int steps = 8;  // log2(threads)
  static constexpr int phases = steps + 3;

  struct thread_state {
    index_t series;
    index_t tile;
    int rank;      ///< of the thread in its team
    int elements;  ///< of the tile
  };
  /// Elements lie apart by one place for every eight, so that threads use different banks.
  struct shared_memory {
    lane element[threads * (per_thread + 1)];
    lane total[2][threads];
  };

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, arguments const& a,
                        thread_state& state, shared_memory& shared) const {
    if (phase == 0) {
      index_t const unit = at.block * (threads / a.team) + at.thread / a.team;
      state.series = a.units.quotient(unit);
      state.tile = unit - state.series * a.tiles;
      state.rank = at.thread % a.team;
      index_t const left = a.length - state.tile * a.tile;
      state.elements = static_cast<int>(left < a.tile ? left : a.tile);
    }
    if (state.series >= a.series) {
      return;
    }
    int const leader = at.thread - state.rank;
    if (phase == 0) {
      read(at, a, state, shared);
    } else if (phase == 1) {
      scan_own(at, a, state, shared);
    } else if (phase < 2 + steps) {
      // Totals of threads 2^k apart, from one half of the memory to the other.
      int const distance = 1 << (phase - 2);
      int const from = phase % 2;
      if (state.rank * per_thread < state.elements && distance < a.team) {
        lane const own = shared.total[from][at.thread];
        shared.total[1 - from][at.thread] =
            state.rank >= distance ? a.scanner.join(shared.total[from][at.thread - distance], own)
                                   : own;
      }
    } else {
      write(a, state, shared, leader);
    }
  }

 private:
  static CUMULUS_HD int place(int leader, int i) {
    return leader * (per_thread + 1) + i + i / per_thread;
  }

  static CUMULUS_HD void read(thread_coordinates const& at, arguments const& a,
                              thread_state const& state, shared_memory& shared) {
    detail::scan_reader<Tree, S> const reader(a, state.series);
    int const leader = at.thread - state.rank;
    index_t const first = state.tile * a.tile;
    constexpr int in_flight = Tree::leaf_count == 1 ? 4 : 2;
    CUMULUS_NO_UNROLL
    for (int i = state.rank; i < state.elements; i += in_flight * a.team) {
      lane x[in_flight];
      CUMULUS_UNROLL
      for (int u = 0; u < in_flight; ++u) {
        int const j = i + u * a.team;
        x[u] = reader.element(first + (j < state.elements ? j : state.elements - 1));
      }
      CUMULUS_UNROLL
      for (int u = 0; u < in_flight; ++u) {
        int const j = i + u * a.team;
        if (j < state.elements) {
          shared.element[place(leader, j)] = x[u];
        }
      }
    }
  }

  /// Each thread scans its neighbours.
  static CUMULUS_HD void scan_own(thread_coordinates const& at, arguments const& a,
                                  thread_state const& state, shared_memory& shared) {
    int const first = state.rank * per_thread;
    if (first >= state.elements) {
      return;
    }
    int const left = state.elements - first;
    int const n = left < per_thread ? left : per_thread;
    lane* const own = shared.element + place(at.thread - state.rank, first);
    lane sum = own[0];
    for (int i = 1; i < n; ++i) {
      sum = a.scanner.join(sum, own[i]);
      own[i] = sum;
    }
    shared.total[0][at.thread] = sum;
  }

  static CUMULUS_HD void write(arguments const& a, thread_state const& state,
                               shared_memory const& shared, int leader) {
    int turned = 0;  // how often the totals went over to the other half
    for (int width = 1; width < a.team; width *= 2) {
      ++turned;
    }
    lane const* const total = shared.total[turned % 2] + leader;
    index_t const at = state.series * a.series_stride + state.tile * a.tile_stride;
    if (a.totals != nullptr) {
      if (state.rank == 0) {
        a.totals[at] = total[(state.elements - 1) / per_thread];
      }
      return;
    }
    detail::scan_reader<Tree, S> const reader(a, state.series);
    bool const continues = a.before != nullptr && state.tile > 0;
    lane const before = continues ? a.before[at - a.tile_stride] : shared.element[place(leader, 0)];
    CUMULUS_NO_UNROLL
    for (int i = state.rank; i < state.elements; i += a.team) {
      int const owner = i / per_thread;
      lane x = shared.element[place(leader, i)];
      if (owner > 0) {
        x = a.scanner.join(total[owner - 1], x);
      }
      if (continues) {
        x = a.scanner.join(before, x);
      }
      reader.put(state.tile * a.tile + i, x);
    }
  }
};

/// Across series: a thread to a series, or to a tile of one; neighbouring threads read and write
/// neighbours.
template <class Tree, class S> struct scan_columns_body {
  using arguments = scan_arguments<Tree, S>;
  using lane = typename S::lane;

  CUMULUS_HD void operator()(thread_coordinates const& at, arguments const& a) const {
    constexpr int in_flight = Tree::leaf_count == 1 ? 4 : 2;
    for (index_t unit = at.in_grid(); unit < a.series * a.tiles; unit += at.grid_size()) {
      index_t const tile = a.units.quotient(unit);
      index_t const series = unit - tile * a.series;
      detail::scan_reader<Tree, S> const reader(a, series);
      index_t const first = tile * a.tile;
      index_t const end = first + a.tile < a.length ? first + a.tile : a.length;
      index_t const place = series * a.series_stride + tile * a.tile_stride;
      bool begun = a.before != nullptr && tile > 0;
      lane sum = begun ? a.before[place - a.tile_stride] : lane();
      CUMULUS_NO_UNROLL
      for (index_t i = first; i < end; i += in_flight) {
        lane x[in_flight];
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          x[u] = reader.element(i + u < end ? i + u : end - 1);
        }
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          if (i + u < end) {
            sum = begun ? a.scanner.join(sum, x[u]) : x[u];
            begun = true;
            if (a.totals == nullptr) {
              reader.put(i + u, sum);
            }
          }
        }
      }
      if (a.totals != nullptr) {
        a.totals[place] = sum;
      }
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
