// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stores that go past the caches. A large output costs a third less that way, because its lines are
// not read before they are written.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "cumulus/core/simd.hpp"
#include "cumulus/exec/plan/elementwise_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Outputs of this many bytes leave little in the caches. A constant, because virtual machines tell
/// of caches that they share with others.
inline constexpr index_t streamed_bytes = index_t{1} << 24;

/// True if the output is large, lies side by side along rows, at whole elements of a line, and is
/// not read.
inline bool may_go_past_caches(elementwise_plan const& plan, std::span<operand const> operands) {
  operand const& out = operands[0];
  if (plan.size * out.item_bytes < streamed_bytes) {
    return false;
  }
  auto const address = reinterpret_cast<std::uintptr_t>(out.data);
  bool result =
      address % static_cast<std::uintptr_t>(out.item_bytes) == 0 && out.stride[plan.rank - 1] == 1;
  for (operand const& o : operands.subspan(1)) {
    result = result && !(o.in_memory() && o.data == out.data);
  }
  return result;
}

/// Rows of the output of this many bytes are streamed one by one: their ends, which are stored as
/// usual, cost little.
inline constexpr index_t streamed_row_bytes = 4096;

/// True if the output goes past the caches row by row.
inline bool goes_past_caches(elementwise_plan const& plan, std::span<operand const> operands) {
  return plan.row_length() * operands[0].item_bytes >= streamed_row_bytes &&
         may_go_past_caches(plan, operands);
}

/// How far an address is behind the begin of a line of the cache.
inline index_t misplaced_bytes(std::byte const* at) {
  return static_cast<index_t>(reinterpret_cast<std::uintptr_t>(at) % 64);
}

/// Stores a vector of 4 to 64 bytes past the caches, at an address that is a multiple of its size;
/// any other vector, and where there is no such store, as usual.
template <class V> void stream_vector(std::byte* to, V const& v) {
#if defined(__x86_64__)
  if constexpr (sizeof(V) == 4 || sizeof(V) == 8) {
    std::conditional_t<sizeof(V) == 4, std::uint32_t, std::uint64_t> word;
    std::memcpy(&word, &v, sizeof(v));
    asm volatile("movnti {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<V*>(to)) : "r"(word));
    return;
  }
#endif
#if defined(__AVX512F__)
  constexpr bool streams = sizeof(V) == 16 || sizeof(V) == 32 || sizeof(V) == 64;
#elif defined(__AVX__)
  constexpr bool streams = sizeof(V) == 16 || sizeof(V) == 32;
#elif defined(__x86_64__)
  constexpr bool streams = sizeof(V) == 16;
#else
  constexpr bool streams = false;
#endif
  if constexpr (streams) {
#if defined(__AVX512VL__)
    asm volatile("vmovntdq {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<V*>(to)) : "v"(v));
#elif defined(__AVX__)
    asm volatile("vmovntdq {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<V*>(to)) : "x"(v));
#elif defined(__x86_64__)
    asm volatile("movntdq {%1, %0|%0, %1}" : "=m"(*reinterpret_cast<V*>(to)) : "x"(v));
#endif
  } else {
    std::memcpy(to, &v, sizeof(v));
  }
}

/// Copies bytes past the caches; what is not a whole vector register at an address that is a
/// multiple of its size is copied as usual.
[[gnu::noinline]] inline void stream_bytes(std::byte* to, std::byte const* from, index_t bytes) {
#if defined(__x86_64__)
  auto const* const bytes_from = reinterpret_cast<unsigned char const*>(from);
  index_t i = 0;
  if (index_t const misplaced = misplaced_bytes(to) % vector_bytes; misplaced != 0) {
    i = vector_bytes - misplaced < bytes ? vector_bytes - misplaced : bytes;
    std::memcpy(to, from, static_cast<std::size_t>(i));
  }
  for (; i + vector_bytes <= bytes; i += vector_bytes) {
    stream_vector(to + i, load_by_halves<unsigned char, vector_bytes>(bytes_from + i).v());
  }
  if (i < bytes) {
    std::memcpy(to + i, from + i, static_cast<std::size_t>(bytes - i));
  }
#else
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
#endif
}

/// Other threads see what was streamed once this is gone.
class stream_fence {
 public:
  explicit stream_fence(bool streams) : streams_(streams) {}
  stream_fence(stream_fence const&) = delete;
  stream_fence& operator=(stream_fence const&) = delete;
  ~stream_fence() {
#if defined(__x86_64__)
    if (streams_) {
      asm volatile("sfence" ::: "memory");
    }
#endif
  }

 private:
  [[maybe_unused]] bool streams_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
