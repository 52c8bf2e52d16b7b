// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a block of device memory remembers: the streams that used it. With it an array may be used
// on any stream, and freed, without the user ordering anything.

#include "cumulus/memory/cuda_pool.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

#  include <vector>

namespace cumulus::inline v1 {

/// The record behind a CUDA buffer (buffer::context). `home` is the stream that wrote the block
/// last, the readers are other streams that read it since. A reader waits for the home stream once;
/// a writer waits for the home stream and all readers and becomes the home. While one stream is in
/// use, this is one comparison.
///
/// Many threads may read at a time; the program itself orders a write, on the host, after reads.
class cuda_block {
 public:
  cuda_block(memory_resource& resource, stream_state& home) noexcept
      : resource_(resource), home_(&home) {
    home.retain();
  }
  cuda_block(cuda_block const&) = delete;
  cuda_block& operator=(cuda_block const&) = delete;
  ~cuda_block() {
    forget_readers();
    home_.load()->release();
  }

  /// Called before work that uses the block is queued on s.
  /// Throws: cuda_error if s is of another device; out_of_memory.
  void use(stream_state& s, bool writes) {
    if (home_.load(std::memory_order_relaxed) == &s &&
        (!writes || !read_elsewhere_.load(std::memory_order_relaxed))) {
      return;
    }
    std::lock_guard<std::mutex> const lock(mutex_);
    stream_state& home = *home_.load();
    if (home.device != s.device) {
      throw cuda_error("use: expected arrays of the current device " + std::to_string(s.device) +
                       ", got one of device " + std::to_string(home.device));
    }
    if (writes) {
      order_after_all(s);
      forget_readers();
      s.retain();
      home_ = &s;
      home.release();
      return;
    }
    for (stream_state const* reader : readers_) {
      if (reader == &s) {
        return;
      }
    }
    make_room(home);
    order_streams(home, s);
    s.retain();
    readers_.push_back(&s);
    read_elsewhere_ = true;
  }

  /// Gives the memory back to its resource, after the uses on every stream.
  void free(void* data, std::size_t bytes) noexcept {
    stream_state& home = *home_.load();
    int device = home.device;
    bool const other_device = cudaGetDevice(&device) == cudaSuccess && device != home.device;
    if (other_device) {
      cudaSetDevice(home.device);
    }
    try {
      order_after_all(home);
    } catch (...) {
      // Without an event the host waits; during exit the driver may be gone and nothing runs.
      cudaDeviceSynchronize();
      static_cast<void>(cudaGetLastError());
    }
    {
      stream_scope const scope(home);
      resource_.deallocate(data, bytes);
    }
    if (other_device) {
      cudaSetDevice(device);
    }
  }

 private:
  void order_after_all(stream_state& s) {
    order_streams(*home_.load(), s);
    for (stream_state const* reader : readers_) {
      order_streams(*reader, s);
    }
  }

  /// A reader may have said that it reads and not have queued it yet, so it must be remembered
  /// until a write or the end. Only a stream on which nobody can queue any more may be replaced by
  /// its last event; without that, a lasting array would keep every stream that ever read it.
  void make_room(stream_state const& home) {
    if (readers_.size() < readers_.capacity()) {
      return;
    }
    for (std::size_t k = 0; k < readers_.size();) {
      if (readers_[k]->users.load(std::memory_order_acquire) == 0) {
        order_streams(*readers_[k], home);
        readers_[k]->release();
        readers_[k] = readers_.back();
        readers_.pop_back();
      } else {
        ++k;
      }
    }
    std::size_t const room = 2 * readers_.size() + 2;
    try {
      readers_.reserve(room);
    } catch (std::bad_alloc const&) {
      throw out_of_memory("use: expected " + std::to_string(room * sizeof(void*)) +
                          " bytes of host memory for the streams that read an array, got none");
    }
  }

  void forget_readers() noexcept {
    for (stream_state* reader : readers_) {
      reader->release();
    }
    readers_.clear();
    read_elsewhere_ = false;
  }

  memory_resource& resource_;
  std::atomic<stream_state*> home_;
  std::atomic<bool> read_elsewhere_{false};
  std::vector<stream_state*> readers_;
  std::mutex mutex_;
};

}  // namespace cumulus::inline v1

#endif
