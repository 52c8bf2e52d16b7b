// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stores that go past the caches. A large output costs a third less that way, because its lines are
// not read before they are written.

#include <cstdint>
#include <cstring>

#include "cumulus/core/simd.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Outputs of this many bytes leave little in the caches. A constant, because virtual machines tell
/// of caches that they share with others.
inline constexpr index_t streamed_bytes = index_t{1} << 24;

/// Copies bytes past the caches; what is not a whole vector register at an address that is a
/// multiple of its size is copied as usual.
inline void stream_bytes(std::byte* to, std::byte const* from, index_t bytes) {
#if defined(__x86_64__)
  using word = simd<unsigned char, vector_bytes>::vec;
  index_t const misplaced =
      static_cast<index_t>(reinterpret_cast<std::uintptr_t>(to) % vector_bytes);
  index_t i = misplaced == 0 ? 0 : vector_bytes - misplaced;
  i = i < bytes ? i : bytes;
  std::memcpy(to, from, static_cast<std::size_t>(i));
  for (; i + vector_bytes <= bytes; i += vector_bytes) {
    word v;
    std::memcpy(&v, from + i, sizeof(v));
#  if defined(__AVX512F__)
    asm volatile("vmovntdq %1, %0" : "=m"(*reinterpret_cast<word*>(to + i)) : "v"(v));
#  elif defined(__AVX__)
    asm volatile("vmovntdq %1, %0" : "=m"(*reinterpret_cast<word*>(to + i)) : "x"(v));
#  else
    asm volatile("movntdq %1, %0" : "=m"(*reinterpret_cast<word*>(to + i)) : "x"(v));
#  endif
  }
  std::memcpy(to + i, from + i, static_cast<std::size_t>(bytes - i));
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
