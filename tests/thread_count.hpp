// SPDX-License-Identifier: Apache-2.0
#pragma once
// A number of threads for the length of a block.

#if defined(_OPENMP)
#  include <omp.h>
#endif

/// Runs with a number of threads, then as before.
class thread_count {
 public:
  explicit thread_count([[maybe_unused]] int n) {
#if defined(_OPENMP)
    before_ = omp_get_max_threads();
    omp_set_num_threads(n);
#endif
  }
  ~thread_count() {
#if defined(_OPENMP)
    omp_set_num_threads(before_);
#endif
  }
  thread_count(thread_count const&) = delete;

 private:
  [[maybe_unused]] int before_ = 1;
};
