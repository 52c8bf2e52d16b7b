// SPDX-License-Identifier: Apache-2.0
#pragma once
// Products and sums that no compiler may contract to a fused multiply-add, so that a fused
// expression gives the bits of the same expression evaluated step by step.

#include <type_traits>

#include "cumulus/core/config.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Hides from the optimiser where a product came from; costs no instruction.
template <class T> CUMULUS_HD inline T uncontracted(T product) {
  // A product may be contracted where the target has FMA: g++ looks across statements by default,
  // clang with -ffp-contract=fast.
#if !defined(__CUDA_ARCH__) && (defined(__FMA__) || defined(__FMA4__))
  if constexpr (!std::is_floating_point_v<T> && sizeof(T) < 16) {
    // clang has no register for a vector this short.
    typedef char whole_register __attribute__((vector_size(16)));
    whole_register r = {};
    __builtin_memcpy(&r, &product, sizeof(T));
    asm("" : "+x"(r));
    __builtin_memcpy(&product, &r, sizeof(T));
  } else {
    asm("" : "+x"(product));
  }
#elif !defined(__CUDA_ARCH__) && defined(__aarch64__)
  asm("" : "+w"(product));
#endif
  return product;
}

template <class T> CUMULUS_HD inline T mul_rn(T a, T b) {
#if defined(__CUDA_ARCH__)
  if constexpr (sizeof(T) == 4) {
    return __fmul_rn(a, b);
  } else {
    return __dmul_rn(a, b);
  }
#else
  return uncontracted<T>(a * b);
#endif
}

template <class T> CUMULUS_HD inline T add_rn(T a, T b) {
#if defined(__CUDA_ARCH__)
  if constexpr (sizeof(T) == 4) {
    return __fadd_rn(a, b);
  } else {
    return __dadd_rn(a, b);
  }
#else
  return a + b;
#endif
}

}  // namespace cumulus::inline CUMULUS_TARGET
