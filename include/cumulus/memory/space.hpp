// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where an array's bytes live. A space is a type, so mixing two in one expression cannot compile.

#include "cumulus/core/config.hpp"

// True where the CUDA runtime may be called: in CUDA sources, and in the C++ sources of a target
// that links cumulus::cuda.
#if CUMULUS_HAS_CUDA || defined(CUMULUS_DEFAULT_SPACE)
#  define CUMULUS_HAS_CUDA_RUNTIME 1
#else
#  define CUMULUS_HAS_CUDA_RUNTIME 0
#endif

namespace cumulus::inline v1 {

/// Ordinary memory, evaluated by the calling process's threads.
struct host {};
/// Memory of the current CUDA device, evaluated by kernels on the current stream.
struct cuda {};

template <class S>
concept memory_space =
    requires { requires sizeof(S) > 0; } && (__is_same(S, host) || __is_same(S, cuda));

// The target cumulus::cuda sets the macro for every source of a target, so that a type written
// ndarray<float> means the same in all of them.
#if defined(CUMULUS_DEFAULT_SPACE)
using default_space = CUMULUS_DEFAULT_SPACE;
#else
using default_space = host;
#endif

}  // namespace cumulus::inline v1
