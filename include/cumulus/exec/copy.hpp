// SPDX-License-Identifier: Apache-2.0
#pragma once
// Storage of a space and the explicit ways between spaces.

#include <cstring>

#include "cumulus/memory/memory_resource.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME
#  include "cumulus/memory/cuda_memory.hpp"
#endif

namespace cumulus::inline v1 {

/// New storage in a space; no bytes, no block.
/// Throws: out_of_memory.
template <memory_space Space> buffer allocate(std::size_t bytes) {
  if constexpr (std::is_same_v<Space, host>) {
    return allocate_host(bytes);
  } else {
#if CUMULUS_HAS_CUDA_RUNTIME
    return allocate_cuda(bytes);
#else
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: CUDA arrays need the CUDA runtime; link the target cumulus::cuda");
#endif
  }
}

/// Copies `bytes` from one block to another; `to` and `from` point into them. Copies to the host
/// wait for the work that writes the source.
template <memory_space To, memory_space From>
void copy_bytes(void* to, [[maybe_unused]] buffer const& to_owner, void const* from,
                [[maybe_unused]] buffer const& from_owner, std::size_t bytes) {
  if (bytes == 0) {
    return;
  }
  if constexpr (std::is_same_v<To, host> && std::is_same_v<From, host>) {
    std::memcpy(to, from, bytes);
  } else {
#if CUMULUS_HAS_CUDA_RUNTIME
    constexpr copy_direction direction = std::is_same_v<From, host> ? copy_direction::to_device
                                         : std::is_same_v<To, host> ? copy_direction::to_host
                                                                    : copy_direction::within_device;
    copy_cuda(to, to_owner, from, from_owner, bytes, direction);
#else
    static_assert(std::is_same_v<To, host> && std::is_same_v<From, host>,
                  "cumulus: CUDA arrays need the CUDA runtime; link the target cumulus::cuda");
#endif
  }
}

/// The value of one element.
template <class T, memory_space Space>
std::remove_const_t<T> read_element(buffer const& owner, T const* element, Space) {
  std::remove_const_t<T> value;
  copy_bytes<host, Space>(&value, buffer(), element, owner, sizeof(T));
  return value;
}

}  // namespace cumulus::inline v1
