// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the compiler tells us: the back end, the instruction set, and the name of the namespace that
// generated code lives in. Everything includes this first.

#include <cstddef>
#include <cstdint>

#if defined(__FAST_MATH__)
#  error "cumulus: -ffast-math breaks NaN, infinities and reproducible sums; compile without it"
#endif

#if defined(__CUDACC__)
#  define CUMULUS_HAS_CUDA 1
#  define CUMULUS_HD __host__ __device__
/// Before a template that runs on both sides, whose arguments may be callable on one only.
#  define CUMULUS_NO_EXEC_CHECK _Pragma("nv_exec_check_disable")
#  define CUMULUS_TAG_BACKEND cuda
#else
#  define CUMULUS_HAS_CUDA 0
#  define CUMULUS_HD
#  define CUMULUS_NO_EXEC_CHECK
#  define CUMULUS_TAG_BACKEND cpp
#endif

/// Before a loop of fixed length in a kernel, whose variables must stay in registers.
#if defined(__CUDA_ARCH__)
#  define CUMULUS_UNROLL _Pragma("unroll")
#else
#  define CUMULUS_UNROLL
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#  define CUMULUS_TAG_ISA avx512
#  define CUMULUS_VECTOR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#  define CUMULUS_TAG_ISA avx2_fma
#  define CUMULUS_VECTOR_BYTES 32
#elif defined(__AVX2__)
#  define CUMULUS_TAG_ISA avx2
#  define CUMULUS_VECTOR_BYTES 32
#elif defined(__AVX__)
#  define CUMULUS_TAG_ISA avx
#  define CUMULUS_VECTOR_BYTES 32
#elif defined(__SSE4_1__)
#  define CUMULUS_TAG_ISA sse4
#  define CUMULUS_VECTOR_BYTES 16
#elif defined(__ARM_FEATURE_SVE)
#  define CUMULUS_TAG_ISA sve
#  define CUMULUS_VECTOR_BYTES 16
#else
#  define CUMULUS_TAG_ISA generic
#  define CUMULUS_VECTOR_BYTES 16
#endif

#if defined(_OPENMP)
#  define CUMULUS_TAG_THREADS omp
#else
#  define CUMULUS_TAG_THREADS serial
#endif

#define CUMULUS_TAG_JOIN(a, b, c) v1_##a##_##b##_##c
#define CUMULUS_TAG_EXPAND(a, b, c) CUMULUS_TAG_JOIN(a, b, c)
/// The inline namespace of code that instantiates a loop or a kernel (docs/decisions/0002).
#define CUMULUS_TARGET CUMULUS_TAG_EXPAND(CUMULUS_TAG_BACKEND, CUMULUS_TAG_ISA, CUMULUS_TAG_THREADS)

namespace cumulus::inline v1 {

using index_t = std::int64_t;

/// Largest number of axes of an array; shapes and strides are stored inline.
inline constexpr int max_rank = 8;

/// Bytes of one vector register of the translation unit's instruction set.
inline constexpr int vector_bytes = CUMULUS_VECTOR_BYTES;

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {

/// Names the build in the symbols of templates of v1 that reach a loop.
struct this_build;

}  // namespace cumulus::inline CUMULUS_TARGET
