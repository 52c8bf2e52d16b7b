// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where buffers get their bytes from, replaceable by the user, and the default for the host.

#include <cstdlib>
#include <string>

#include "cumulus/core/error.hpp"
#include "cumulus/memory/host_pool.hpp"
#include "cumulus/memory/space.hpp"

namespace cumulus::inline v1 {

namespace detail {

// One slot serves all shared libraries of a program, whatever visibility they are compiled with.
// What is in it is never destroyed: arrays with static storage may free their memory during exit.
[[gnu::visibility("default")]] inline atomic_value<memory_resource*>& host_resource_slot() {
  static atomic_value<memory_resource*> slot{&host_pool()};
  return slot;
}

template <memory_space Space> struct resource_slot;

template <> struct resource_slot<host> {
  static atomic_value<memory_resource*>& current() { return host_resource_slot(); }
};

/// A resource of the user's may pass on what other allocators do when there is no memory.
inline void* allocate_from(memory_resource& resource, std::size_t bytes) {
  void* data = nullptr;
  try {
    data = resource.allocate(bytes);
  } catch (std::bad_alloc const&) {
  }
  if (data == nullptr) {
    raise<out_of_memory>({"allocate: expected ", bytes, " bytes of the memory resource, got none"});
  }
  return data;
}

inline void free_through_resource(void* data, std::size_t bytes, void* context) noexcept {
  static_cast<memory_resource*>(context)->deallocate(data, bytes);
}

}  // namespace detail

/// The resource that new buffers of a space come from.
template <memory_space Space> memory_resource& current_resource() {
  return *detail::resource_slot<Space>::current().load();
}

/// Replaces the resource of a space and returns the one before. Existing buffers keep theirs.
template <memory_space Space> memory_resource& set_resource(memory_resource& resource) {
  return *detail::resource_slot<Space>::current().exchange(&resource);
}

/// A new block of host memory; no bytes, no block.
/// Throws: out_of_memory.
CUMULUS_ONCE inline buffer allocate_host(std::size_t bytes) {
  if (bytes == 0) {
    return {};
  }
  memory_resource& resource = current_resource<host>();
  void* const data = detail::allocate_from(resource, bytes);
  try {
    return buffer(data, bytes, detail::free_through_resource, &resource);
  } catch (...) {
    resource.deallocate(data, bytes);
    throw;
  }
}

}  // namespace cumulus::inline v1
