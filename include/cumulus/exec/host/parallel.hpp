// SPDX-License-Identifier: Apache-2.0
#pragma once
// Threads on the host. One OpenMP region for the whole library; results never depend on how a range
// is divided.

#include <exception>

#include "cumulus/core/config.hpp"

#if defined(_OPENMP)
#  include <omp.h>
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// A function of a part [begin, end) of a range. It refers to what it is made of, so it is for
/// arguments only.
class range_body {
 public:
  template <class F>
  range_body(F const& f)
      : object_(&f), call_([](void const* object, index_t begin, index_t end) {
          (*static_cast<F const*>(object))(begin, end);
        }) {}
  void operator()(index_t begin, index_t end) const { call_(object_, begin, end); }

  void const* object() const { return object_; }
  auto call() const { return call_; }

 private:
  void const* object_;
  void (*call_)(void const*, index_t, index_t);
};

/// As many threads as there are parts for, and as pay for `cost` elements in all; one where this is
/// one of several threads already.
inline index_t threads_that_pay(index_t parts, index_t cost) {
#if defined(_OPENMP)
  constexpr index_t worthwhile = 1 << 14;  // elements; below, a parallel region costs more
  index_t const paying = cost / worthwhile;
  index_t const useful = paying < parts ? paying : parts;
  if (useful < 2 || omp_in_parallel()) {
    return 1;
  }
  index_t const threads = omp_get_max_threads();
  return threads < useful ? threads : useful;
#else
  static_cast<void>(parts);
  static_cast<void>(cost);
  return 1;
#endif
}

/// Calls body on parts of [0, n) that begin at multiples of `grain`, on as many threads as pay for
/// the `cost` elements that all of it takes. An exception reaches the caller once.
CUMULUS_ONCE inline void parallel_range(index_t n, index_t grain, index_t cost,
                                        range_body const& body) {
  if (n <= 0) {
    return;
  }
  [[maybe_unused]] index_t const parts = (n + grain - 1) / grain;
  [[maybe_unused]] index_t const threads = threads_that_pay(parts, cost);
#if defined(_OPENMP)
  if (threads > 1) {
    std::exception_ptr failure;
    // Copies reach a thread with the address of the region's data; what it has to look up from
    // there comes from the cache of another one.
    void const* const object = body.object();
    auto const call = body.call();
#  pragma omp parallel num_threads(static_cast<int>(threads)) \
      firstprivate(n, grain, parts, object, call)
    {
      // The runtime may grant fewer threads than asked for.
      index_t const count = omp_get_num_threads();
      index_t const t = omp_get_thread_num();
      index_t const begin = parts * t / count * grain;
      index_t const end = t + 1 == count ? n : parts * (t + 1) / count * grain;
      try {
        if (begin < end) {
          call(object, begin, end);
        }
      } catch (...) {
#  pragma omp critical(cumulus_failure)
        failure = failure ? failure : std::current_exception();
      }
    }
    if (failure) {
      std::rethrow_exception(failure);
    }
    return;
  }
#endif
  body(0, n);
}

}  // namespace cumulus::inline CUMULUS_TARGET
