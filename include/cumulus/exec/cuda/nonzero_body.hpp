// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies that find where a mask is true: one block per chunk of the mask, a thread per
// few neighbours. exec/cuda/nonzero_cuda.hpp launches them.

#include "cumulus/core/shape.hpp"
#include "cumulus/exec/cuda/kernel_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

struct nonzero_arguments {
  static constexpr int threads = 256;
  static constexpr int per_thread = 16;
  static constexpr index_t chunk = index_t{threads} * per_thread;

  bool const* mask;
  index_t size;
  index_t work_blocks;  ///< chunks of the mask
  index_t* chunks;      ///< the number of true elements of each chunk, then of those before it
  int rank = 0;
  index_t extent[max_rank] = {};
  index_t weight[max_rank] = {};
  index_t* out = nullptr;
};

namespace detail {

/// What the threads of a block count, and the sums over neighbours.
struct nonzero_counts {
  static constexpr int per_group = 16;
  static constexpr int groups = nonzero_arguments::threads / per_group;
  int of_thread[nonzero_arguments::threads];
  int of_group[groups];

  CUMULUS_HD int group_sum(int group, int members) const {
    int sum = 0;
    for (int t = 0; t < members; ++t) {
      sum += of_thread[group * per_group + t];
    }
    return sum;
  }
  CUMULUS_HD int sum_of_groups(int count) const {
    int sum = 0;
    for (int g = 0; g < count; ++g) {
      sum += of_group[g];
    }
    return sum;
  }
};

/// The elements of one thread.
struct nonzero_range {
  index_t first;
  index_t end;

  CUMULUS_HD nonzero_range(thread_coordinates const& at, nonzero_arguments const& a)
      : first(at.in_grid() * nonzero_arguments::per_thread),
        end(first + nonzero_arguments::per_thread) {
    end = end < a.size ? end : a.size;
  }
};

struct nonzero_phases {
  using shared_memory = nonzero_counts;
  struct thread_state {};

  /// Each thread counts, then the first threads sum up a group each.
  static CUMULUS_HD void count(int phase, thread_coordinates const& at, nonzero_arguments const& a,
                               nonzero_counts& counts) {
    if (phase == 0) {
      nonzero_range const range(at, a);
      int sum = 0;
      for (index_t i = range.first; i < range.end; ++i) {
        sum += a.mask[i] ? 1 : 0;
      }
      counts.of_thread[at.thread] = sum;
    } else if (at.thread < nonzero_counts::groups) {
      counts.of_group[at.thread] = counts.group_sum(at.thread, nonzero_counts::per_group);
    }
  }
};

}  // namespace detail

/// Stores the number of true elements of each chunk.
struct nonzero_count_body : detail::nonzero_phases {
  static constexpr int phases = 3;

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, nonzero_arguments const& a,
                        thread_state&, shared_memory& counts) const {
    if (phase < 2) {
      count(phase, at, a, counts);
    } else if (at.thread == 0) {
      a.chunks[at.block] = counts.sum_of_groups(detail::nonzero_counts::groups);
    }
  }
};

/// Stores, for each true element in order, the sum of index[k] * weight[k].
struct nonzero_write_body : detail::nonzero_phases {
  static constexpr int phases = 3;

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, nonzero_arguments const& a,
                        thread_state&, shared_memory& counts) const {
    if (phase < 2) {
      count(phase, at, a, counts);
    } else {
      constexpr int per_group = detail::nonzero_counts::per_group;
      int const group = at.thread / per_group;
      index_t* out = a.out + a.chunks[at.block] + counts.sum_of_groups(group) +
                     counts.group_sum(group, at.thread % per_group);
      detail::nonzero_range const range(at, a);
      for (index_t i = range.first; i < range.end; ++i) {
        if (a.mask[i]) {
          *out++ = weighted(a, i);
        }
      }
    }
  }

 private:
  static CUMULUS_HD index_t weighted(nonzero_arguments const& a, index_t position) {
    index_t sum = 0;
    for (int k = a.rank - 1; k >= 0; --k) {
      sum += position % a.extent[k] * a.weight[k];
      position /= a.extent[k];
    }
    return sum;
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
