// SPDX-License-Identifier: Apache-2.0
#pragma once
// The only way to a kernel: the shell that runs a body on the device, and the checked launch.

#include "cumulus/exec/cuda/kernel_body.hpp"
#include "cumulus/memory/cuda_memory.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// True if the launch says how much shared memory there is.
template <class Body>
inline constexpr bool sized_by_launch = std::is_same_v<typename Body::shared_memory, std::byte>;

/// Blocks that a multiprocessor is to hold. Asking for three keeps nvcc from spilling to get a
/// fourth in reductions and their like; a user's functor may take all registers, and several
/// statistics of one pass need more than a third.
template <class Body>
inline constexpr int least_blocks = [] {
  if constexpr (requires { Body::several_statistics; }) {
    return Body::several_statistics ? 2 : 3;
  } else if constexpr (requires { Body::phases; }) {
    return sized_by_launch<Body> ? 1 : 3;
  } else {
    return 1;
  }
}();

/// Bodies may say that the threads of a warp need to wait for each other only.
template <class Body, class Arguments> __device__ void barrier(Arguments const& a) {
  if constexpr (requires { Body::warp_barriers(a); }) {
    if (Body::warp_barriers(a)) {
      __syncwarp();
      return;
    }
  }
  __syncthreads();
}

template <class Body> __device__ typename Body::shared_memory& shared_memory_of() {
  // Raw bytes, because a __shared__ object may have no constructor.
  using memory = typename Body::shared_memory;
  if constexpr (sized_by_launch<Body>) {
    extern __shared__ uint4 words[];
    return *reinterpret_cast<memory*>(words);
  } else {
    alignas(memory) __shared__ unsigned char bytes[sizeof(memory)];
    return *reinterpret_cast<memory*>(bytes);
  }
}

/// The phases of a body, with a barrier between them, for each block of work in turn. The loop over
/// them stays one, so that what several phases do is in the code once; two have nothing in common.
template <class Body, class Arguments>
__device__ void run_phases(thread_coordinates at, Arguments const& a) {
  auto& shared = shared_memory_of<Body>();
  Body const body{};
  for (; at.block < a.work_blocks; at.block += at.blocks) {
    typename Body::thread_state state;
    if constexpr (Body::phases == 2) {
      body.phase(0, at, a, state, shared);
      barrier<Body>(a);
      body.phase(1, at, a, state, shared);
      barrier<Body>(a);
    } else {
      CUMULUS_NO_UNROLL
      for (int phase = 0; phase < Body::phases; ++phase) {
        body.phase(phase, at, a, state, shared);
        barrier<Body>(a);
      }
    }
  }
}

}  // namespace detail

/// Hidden, so that two shared libraries may each have their own.
template <class Body, class Arguments>
__global__ void __launch_bounds__(256, detail::least_blocks<Body>)
    __attribute__((visibility("hidden"))) run_body(__grid_constant__ Arguments const a) {
  thread_coordinates const at{blockIdx.x, gridDim.x, static_cast<int>(threadIdx.x),
                              static_cast<int>(blockDim.x)};
  if constexpr (requires { Body::phases; }) {
    detail::run_phases<Body>(at, a);
  } else {
    Body{}(at, a);
  }
}

namespace detail {

CUMULUS_ONCE inline void launch_kernel(char const* name, void const* kernel,
                                       launch_shape const& shape, stream_state const& stream,
                                       void* arguments) {
  if (shape.blocks == 0) {
    return;
  }
  if (shape.blocks < 0 || shape.blocks > most_blocks || shape.threads < 1 || shape.threads > 256) {
    raise<cuda_error>({name, ": expected 1 to 2147483647 blocks of 1 to 256 threads, ", "got ",
                       shape.blocks, " of ", shape.threads});
  }
  check_cuda(cudaLaunchKernel(kernel, dim3(static_cast<unsigned>(shape.blocks)),
                              dim3(static_cast<unsigned>(shape.threads)), &arguments,
                              static_cast<std::size_t>(shape.shared_bytes), stream.handle),
             name, {{"blocks", shape.blocks}, {"threads", shape.threads}});
}

}  // namespace detail

/// The kernel that runs Body; naming it compiles it.
template <class Body, class Arguments = typename Body::arguments> void const* kernel_of() {
  static_assert(sizeof(Arguments) <= 3584,
                "cumulus: this expression needs more than 3.5 KB of kernel parameters; write the "
                "formula as a functor on scalars and apply it with map(f, a, b, ...)");
  return reinterpret_cast<void const*>(&run_body<Body, Arguments>);
}

/// Queues Body over a grid. `name` and the grid are what a failure's message says.
/// Throws: cuda_error.
template <class Body, class Arguments>
void launch_cuda(char const* name, launch_shape const& shape, stream_state const& stream,
                 Arguments const& a) {
  detail::launch_kernel(name, kernel_of<Body, Arguments>(), shape, stream,
                        const_cast<Arguments*>(&a));
}

}  // namespace cumulus::inline CUMULUS_TARGET
