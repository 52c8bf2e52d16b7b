// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel body that merges the tiles of a reduction, pairwise as docs/summation.md says.

#include "cumulus/exec/cuda/kernel_body.hpp"
#include "cumulus/exec/plan/reduce_plan.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

namespace cumulus::inline CUMULUS_TARGET {
/// Two levels of a group_plan for a kernel whose units are those of the upper one, each of some of
/// the lower one.
struct group_levels {
  index_t const* lower = nullptr;  ///< null: one group has them all
  index_t const* upper = nullptr;
  index_t groups = 1;
  index_t distance = 0;  ///< bytes from one group's output to the next one's

  /// The group of a unit.
  CUMULUS_HD index_t group_of(index_t unit) const {
    index_t group = 0;
    index_t end = groups;
    CUMULUS_NO_UNROLL
    while (end - group > 1) {
      index_t const middle = group + (end - group) / 2;
      if (upper[middle] <= unit) {
        group = middle;
      } else {
        end = middle;
      }
    }
    return group;
  }
};

namespace detail {

/// Where the result of an output of a group is stored; `distance` bytes lie between groups.
template <class Result, int Count>
CUMULUS_HD Result* result_of(kernel_operands<Count> const& operands, int kept, index_t output,
                             index_t group, index_t distance) {
  index_t offset[Count] = {};
  add_offsets(operands, 0, kept, output, offset);
  return reinterpret_cast<Result*>(
      const_cast<std::byte*>(displaced(operands.of[0].data, offset[0] + group * distance)));
}

/// True of several statistics (exec/cuda/statistics_reducer.hpp).
template <class Reducer> inline constexpr bool stores_several_v = requires { &Reducer::store_all; };

/// Stores what a reduction gives; several statistics know where the outputs of all of them are.
template <class Reducer>
CUMULUS_HD void store_result(Reducer const& reducer, typename Reducer::result* to,
                             tile_summary<Reducer> const& s) {
  if constexpr (stores_several_v<Reducer>) {
    reducer.store_all(to, s.state, s.count);
  } else {
    *to = reducer.finish(s.state, s.count);
  }
}

}  // namespace detail

/// Tiles of each output merged into one for each chunk, or into the result.
struct merge_layout {
  kernel_operands<1> operands;
  int kept = 0;
  index_t outputs = 1;
  index_t tiles = 1;
  void const* from = nullptr;  ///< summaries
  index_t output_stride = 0;
  index_t tile_stride = 0;
  void* to = nullptr;  ///< summaries, chunks of an output side by side; null: the result
  int chunk = 256;     ///< tiles of an output that one block merges
  index_t chunks = 1;  ///< of an output, of all groups together
  divider by_chunks = {};
  bool last = true;                    ///< each group has one chunk: the result
  group_table const* table = nullptr;  ///< for the host alone
  group_levels group = {};
  index_t work_blocks = 0;

  CUMULUS_ONCE merge_layout() {}  // many stores
};

template <class Reducer> struct merge_arguments : merge_layout {
  Reducer reducer;

  explicit merge_arguments(Reducer const& r) : reducer(r) {}
};

/// Whole chunks merge among themselves exactly as they do in the tree over all tiles, because a
/// tile is carried only at the end.
template <class Reducer> struct merge_body {
  using arguments = merge_arguments<Reducer>;
  struct thread_state {};
  struct shared_memory {
    tile_summary<Reducer> tile[256];
  };
  static_assert(sizeof(shared_memory) <= 48 * 1024,
                "cumulus: these statistics together need more shared memory than a block of "
                "threads has; compute them in two calls of reduce_all_of");
  static constexpr int phases = 10;

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, arguments const& a, thread_state&,
                        shared_memory& shared) const {
    int const beside = 256 / a.chunk;  // outputs of a block
    index_t const row = a.by_chunks.quotient(at.block);
    index_t const output = row * beside + at.thread / a.chunk;
    index_t const chunk = at.block - row * a.chunks;
    int const slot = at.thread % a.chunk;
    index_t group = 0;
    index_t first = chunk * a.chunk;
    index_t left = a.tiles - first;
    if (a.group.lower != nullptr) {
      group = a.group.group_of(chunk);
      first = a.group.lower[group] + (chunk - a.group.upper[group]) * a.chunk;
      left = a.group.lower[group + 1] - first;
    }
    int const count = static_cast<int>(left < a.chunk ? left : a.chunk);
    if (output >= a.outputs) {
      return;
    }
    if (phase == 0) {
      if (slot < count) {
        shared.tile[at.thread] = static_cast<tile_summary<Reducer> const*>(
            a.from)[output * a.output_stride + (first + slot) * a.tile_stride];
      }
    } else if (phase < 9) {
      int const distance = 1 << (phase - 1);
      if (slot % (2 * distance) == 0 && slot + distance < count) {
        shared.tile[at.thread] =
            merge_tiles<Reducer>(shared.tile[at.thread], shared.tile[at.thread + distance]);
      }
    } else if (slot == 0) {
      tile_summary<Reducer> const& s = shared.tile[at.thread];
      if (a.to != nullptr) {
        static_cast<tile_summary<Reducer>*>(a.to)[output * a.chunks + chunk] = s;
      } else {
        detail::store_result(a.reducer,
                             detail::result_of<typename Reducer::result>(a.operands, a.kept, output,
                                                                         group, a.group.distance),
                             s);
      }
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
