// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs kernel bodies on the CPU: every thread of a grid in an order of one's choice, and for bodies
// with barriers all threads of a block through one phase before the next.

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <type_traits>
#include <vector>

#include "cumulus/exec/cuda/kernel_body.hpp"

namespace emulated_grid {

using cumulus::index_t;

enum class thread_order { forward, reverse, random };
inline constexpr thread_order thread_orders[] = {thread_order::forward, thread_order::reverse,
                                                 thread_order::random};

inline std::vector<int> ordered(int count, thread_order order, std::mt19937& numbers) {
  std::vector<int> result(count);
  std::iota(result.begin(), result.end(), 0);
  if (order == thread_order::reverse) {
    std::reverse(result.begin(), result.end());
  } else if (order == thread_order::random) {
    std::shuffle(result.begin(), result.end(), numbers);
  }
  return result;
}

namespace detail {

template <class Body, class Arguments, class States, class Shared>
void run_phases(index_t block, index_t blocks, int threads, Arguments const& a, thread_order order,
                std::mt19937& numbers, States& states, Shared& shared) {
  for (int phase = 0; phase < Body::phases; ++phase) {
    for (int thread : ordered(threads, order, numbers)) {
      Body{}.phase(phase, {block, blocks, thread, threads}, a, states[thread], shared);
    }
  }
}

}  // namespace detail

/// Runs Body over `blocks` blocks of `threads` threads.
template <class Body, class Arguments>
void emulate(index_t blocks, int threads, Arguments const& a, thread_order order) {
  std::mt19937 numbers(12345);
  for (int block : ordered(static_cast<int>(blocks), order, numbers)) {
    if constexpr (requires { Body::phases; }) {
      // Shared memory holds anything when a block starts.
      auto const shared = std::make_unique<typename Body::shared_memory>();
      static_assert(std::is_trivially_destructible_v<typename Body::shared_memory>);
      std::memset(static_cast<void*>(shared.get()), 0xa5, sizeof(*shared));
      for (index_t work = block; work < a.work_blocks; work += blocks) {
        std::vector<typename Body::thread_state> states(threads);
        detail::run_phases<Body>(work, blocks, threads, a, order, numbers, states, *shared);
      }
    } else {
      for (int thread : ordered(threads, order, numbers)) {
        Body{}({block, blocks, thread, threads}, a);
      }
    }
  }
}

}  // namespace emulated_grid
