// SPDX-License-Identifier: Apache-2.0
#pragma once
// Vectors of the compiler, and stores that bypass the caches. The loops beside are what a careful
// programmer writes by hand for one machine and one problem; nothing of the library is in them.

#include <omp.h>

#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__SSE2__)
#  include <immintrin.h>
#endif

#include "common/buffer.hpp"

namespace limit {

using bench::index;

/// N elements. Loads and stores need no alignment; the alias is what makes them so.
template <class T, int N> using vec [[gnu::vector_size(sizeof(T) * N)]] = T;

/// Bytes of a register: g++ takes wider vectors apart, comparisons of them element by element.
#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

template <class V, class T> inline V load(T const* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class V, class T> inline void store(T* to, V const& v) { std::memcpy(to, &v, sizeof v); }

template <class V, class T> inline V splat(T value) {
  V v = {};
  return v + value;
}

/// Stores at an address aligned to as many bytes, past the caches where the machine can: 16, 32 or
/// 64 bytes.
template <class V, class T> inline void stream(T* to, V const& v) {
  if constexpr (sizeof(V) < 16) {
    return store(to, v);
  }
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64) {
    __m512i bits;
    std::memcpy(&bits, &v, 64);
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to), bits);
    return;
  }
#endif
#if defined(__AVX__)
  if constexpr (sizeof(V) >= 32) {
    __m256i bits[sizeof(V) / 32];
    std::memcpy(bits, &v, sizeof v);
    for (std::size_t k = 0; k < sizeof(V) / 32; ++k) {
      _mm256_stream_si256(reinterpret_cast<__m256i*>(to) + k, bits[k]);
    }
    return;
  }
#endif
#if defined(__SSE2__)
  __m128i bits[sizeof(V) / 16];
  std::memcpy(bits, &v, sizeof v);
  for (std::size_t k = 0; k < sizeof(V) / 16; ++k) {
    _mm_stream_si128(reinterpret_cast<__m128i*>(to) + k, bits[k]);
  }
#else
  store(to, v);
#endif
}

/// Orders streamed stores before what follows.
inline void drain() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/// How results are written: through the caches, or past them.
enum class output { cached, streamed };

template <output Output, class V, class T> inline void put(T* to, V const& v) {
  if constexpr (Output == output::streamed) {
    stream(to, v);
  } else {
    store(to, v);
  }
}

/// A part [begin, end) of a range.
struct part {
  index begin;
  index end;
};

/// The part of [0, n) of this thread; parts begin at multiples of `grain`.
inline part own_part(index n, index grain) {
  index const blocks = (n + grain - 1) / grain;
  index const threads = omp_get_num_threads();
  index const t = omp_get_thread_num();
  index const end = blocks * (t + 1) / threads * grain;
  return {blocks * t / threads * grain, end < n ? end : n};
}

/// True if n elements are worth waking the other threads.
inline bool worth_threads(index n) { return n >= (index{1} << 14); }

/// body(part) on every thread with its part of [0, n), or with all of it where `elements` are not
/// worth a parallel region, which costs some tenths of a microsecond even with one thread.
template <class Body> void in_parts(index n, index grain, index elements, Body const& body) {
  if (worth_threads(elements) && omp_get_max_threads() > 1) {
#pragma omp parallel
    body(own_part(n, grain));
  } else {
    body(part{0, n});
  }
}

}  // namespace limit
