// SPDX-License-Identifier: Apache-2.0
#pragma once
// Blocks of device memory and copies to, from and within it. Everything is queued on the current
// stream; only copies to the host wait, and those from host memory that the device reads by itself.

#include "cumulus/memory/cuda_block.hpp"
#include "cumulus/memory/cuda_event.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

/// A new block of memory of the current device, home on the current stream; no bytes, no block.
/// Throws: out_of_memory; cuda_error, e.g. where there is no device.
CUMULUS_ONCE inline buffer allocate_cuda(std::size_t bytes) {
  if (bytes == 0) {
    return {};
  }
  stream_state& stream = current_stream_state();
  memory_resource& resource = current_resource<cuda>();
  captured_work* const captured = work_in_capture();
  // Allocated on the captured stream it would be the graph's, and gone with each launch.
  stream_scope const scope(captured != nullptr ? captured->memory_stream() : stream);
  void* const data = detail::allocate_from(resource, bytes);
  cuda_block* const block = new (std::nothrow) cuda_block(resource, stream, data, bytes);
  if (block == nullptr) {
    resource.deallocate(data, bytes);
    detail::throw_no_record(bytes);
  }
  try {
    if (captured != nullptr) {
      captured->note(*block, stream, true);
    }
    return buffer(
        data, bytes,
        [](void*, std::size_t, void* context) noexcept {
          static_cast<cuda_block*>(context)->release();
        },
        block);
  } catch (...) {
    block->release();
    throw;
  }
}

/// Orders work on the current stream that reads or writes a block, which may be none, after what
/// other streams do with it; `context` is the block's buffer::context(). What a graph uses is
/// ordered when it is launched.
inline void use_cuda_block(void* context, stream_state& stream, bool writes) {
  if (context == nullptr) {
    return;
  }
  cuda_block& block = *static_cast<cuda_block*>(context);
  if (captured_work* const work = work_in_capture()) {
    work->note(block, stream, writes);
  } else {
    block.use(stream, writes);
  }
}

enum class copy_direction { to_device, to_host, within_device };

/// Copies bytes on the current stream; `to` and `from` point into the blocks of their owners. A
/// copy to the host waits for the stream. So does one from host memory that the device reads by
/// itself (page-locked memory, and all memory where the hardware or the kernel lets it), because
/// the caller may change or free the memory as soon as this returns.
/// Throws: index_error if it waits and an index of an earlier take on the device was out of range;
///         cuda_error.
inline void copy_cuda(void* to, buffer const& to_owner, void const* from, buffer const& from_owner,
                      std::size_t bytes, copy_direction direction) {
  stream_state& stream = current_stream_state();
  if (direction != copy_direction::within_device) {
    expect_no_capture("copy");
  }
  if (direction != copy_direction::to_device) {
    use_cuda_block(from_owner.context(), stream, false);
  }
  if (direction != copy_direction::to_host) {
    use_cuda_block(to_owner.context(), stream, true);
  }
  bool waits = direction == copy_direction::to_host;
  if (direction == copy_direction::to_device) {
    cudaPointerAttributes attributes = {};
    check_cuda(cudaPointerGetAttributes(&attributes, from), "cudaPointerGetAttributes");
    waits = attributes.type != cudaMemoryTypeUnregistered || reads_pageable_memory(stream.device);
  }
  cudaMemcpyKind const kind = direction == copy_direction::to_device ? cudaMemcpyHostToDevice
                              : direction == copy_direction::to_host ? cudaMemcpyDeviceToHost
                                                                     : cudaMemcpyDeviceToDevice;
  check_cuda(cudaMemcpyAsync(to, from, bytes, kind, stream.handle), "cudaMemcpyAsync",
             {{"bytes", static_cast<index_t>(bytes)}, {"kind", kind}});
  if (waits) {
    wait_for(stream);
  }
}

}  // namespace cumulus::inline v1

#endif
