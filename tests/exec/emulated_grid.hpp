// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs kernel bodies on the CPU: every thread of a grid in an order of one's choice, and for bodies
// with barriers all threads of a block through one phase before the next.

#include <algorithm>
#include <memory>
#include <new>
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

/// Shared memory holds anything when a block starts. That whose size the launch chooses has not a
/// byte more, so that a sanitizer sees one that is too small.
template <class Body, class Arguments> auto shared_memory(Arguments const& a) {
  using memory = typename Body::shared_memory;
  static_assert(std::is_trivially_destructible_v<memory>);
  std::size_t bytes = sizeof(memory);
  if constexpr (std::is_same_v<memory, std::byte>) {
    bytes = static_cast<std::size_t>(a.shared_bytes);
  }
  constexpr std::align_val_t alignment{alignof(memory) < 16 ? 16 : alignof(memory)};
  auto const release = [](std::byte* p) {
    ::operator delete(p, std::align_val_t{alignof(memory) < 16 ? 16 : alignof(memory)});
  };
  std::unique_ptr<std::byte, decltype(release)> result(
      static_cast<std::byte*>(::operator new(bytes, alignment)), release);
  std::memset(result.get(), 0xa5, bytes);
  return result;
}

}  // namespace detail

/// Runs Body over `blocks` blocks of `threads` threads.
template <class Body, class Arguments>
void emulate(index_t blocks, int threads, Arguments const& a, thread_order order) {
  std::mt19937 numbers(12345);
  for (int block : ordered(static_cast<int>(blocks), order, numbers)) {
    if constexpr (requires { Body::phases; }) {
      auto const memory = detail::shared_memory<Body>(a);
      auto& shared = *reinterpret_cast<typename Body::shared_memory*>(memory.get());
      for (index_t work = block; work < a.work_blocks; work += blocks) {
        std::vector<typename Body::thread_state> states(threads);
        detail::run_phases<Body>(work, blocks, threads, a, order, numbers, states, shared);
      }
    } else {
      for (int thread : ordered(threads, order, numbers)) {
        Body{}({block, blocks, thread, threads}, a);
      }
    }
  }
}

}  // namespace emulated_grid
