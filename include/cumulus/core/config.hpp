// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the compiler tells us: the back end, the instruction set, and the name of the namespace that
// generated code lives in. Everything includes this first.

#include <cstddef>
#include <cstdint>

#if defined(__FAST_MATH__)
#  error "cumulus: -ffast-math breaks NaN, infinities and reproducible sums; compile without it"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0
#  error "cumulus: -ffinite-math-only breaks NaN and infinities; compile without it"
#endif
#if defined(__ASSOCIATIVE_MATH__)
#  error "cumulus: -fassociative-math breaks reproducible sums; compile without it"
#endif
#if defined(__NO_SIGNED_ZEROS__)
#  error "cumulus: -fno-signed-zeros breaks the sign of zero; compile without it"
#endif
#if defined(__RECIPROCAL_MATH__)
#  error "cumulus: -freciprocal-math breaks the rounding of quotients; compile without it"
#endif

// The macros of the library, besides CUMULUS_LAMBDA (ops/map.hpp) and CUMULUS_HAS_CUDA_RUNTIME
// (memory/space.hpp); a user's own functors need CUMULUS_HD alone.

/// 1 in a source that nvcc compiles, else 0.
#if defined(__CUDACC__)
#  define CUMULUS_HAS_CUDA 1
#else
#  define CUMULUS_HAS_CUDA 0
#endif

/// Before a function that kernels may call: __host__ __device__ for nvcc, else nothing.
#if CUMULUS_HAS_CUDA
#  define CUMULUS_HD __host__ __device__
#else
#  define CUMULUS_HD
#endif

/// Before a template that runs on both sides, whose arguments may be callable on one only.
#if CUMULUS_HAS_CUDA
#  define CUMULUS_NO_EXEC_CHECK _Pragma("nv_exec_check_disable")
#else
#  define CUMULUS_NO_EXEC_CHECK
#endif

/// Before a loop of a kernel: of fixed length, whose variables must stay in registers; and one of
/// unknown length, whose body is to be in the code once.
#if defined(__CUDA_ARCH__)
#  define CUMULUS_UNROLL _Pragma("unroll")
#  define CUMULUS_NO_UNROLL _Pragma("unroll 1")
#else
#  define CUMULUS_UNROLL
#  define CUMULUS_NO_UNROLL
#endif

/// Before a function that is to be compiled once: -O3 would copy it into its callers, or once for
/// each constant that they pass.
#if defined(__clang__)
#  define CUMULUS_ONCE [[gnu::noinline]]
#else
#  define CUMULUS_ONCE [[gnu::noinline, gnu::noclone]]
#endif

/// The name of a build: back end, instruction set, threads.
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_avx512_##threads
#elif defined(__AVX512F__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_avx512f_##threads
#elif defined(__AVX2__) && defined(__FMA__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_avx2_fma_##threads
#elif defined(__AVX2__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_avx2_##threads
#elif defined(__AVX__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_avx_##threads
#elif defined(__SSE4_1__)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_sse4_##threads
#elif defined(__ARM_FEATURE_SVE)
#  define CUMULUS_TAG(backend, threads) v1_##backend##_sve_##threads
#else
#  define CUMULUS_TAG(backend, threads) v1_##backend##_generic_##threads
#endif

/// The inline namespace of code that instantiates a loop or a kernel (docs/decisions/0002).
#if CUMULUS_HAS_CUDA && defined(_OPENMP)
#  define CUMULUS_TARGET CUMULUS_TAG(cuda, omp)
#elif CUMULUS_HAS_CUDA
#  define CUMULUS_TARGET CUMULUS_TAG(cuda, serial)
#elif defined(_OPENMP)
#  define CUMULUS_TARGET CUMULUS_TAG(cpp, omp)
#else
#  define CUMULUS_TARGET CUMULUS_TAG(cpp, serial)
#endif

namespace cumulus::inline v1 {

using index_t = std::int64_t;

/// Largest number of axes of an array; shapes and strides are stored inline.
inline constexpr int max_rank = 8;

/// Bytes of one vector register of the translation unit's instruction set.
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {

/// Names the build in the symbols of templates of v1 that reach a loop.
struct this_build;

}  // namespace cumulus::inline CUMULUS_TARGET
