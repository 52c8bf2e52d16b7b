// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a block of device memory remembers: the streams that used it. With it an array may be used
// on any stream, and freed, without the user ordering anything.

#include "cumulus/memory/cuda_pool.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

/// The record behind a CUDA buffer (buffer::context). `home` is the stream that wrote the block
/// last, the readers are other streams that read it since. A reader waits for the home stream once;
/// a writer waits for the home stream and all readers and becomes the home. While one stream is in
/// use, this is one comparison.
class cuda_block {
 public:
  cuda_block(memory_resource& resource, stream_state& home) noexcept
      : resource_(resource), home_(&home) {
    home.retain();
  }
  cuda_block(cuda_block const&) = delete;
  cuda_block& operator=(cuda_block const&) = delete;
  ~cuda_block() {
    for (int k = 0; k < readers_; ++k) {
      reader_[k]->release();
    }
    home_.load()->release();
  }

  /// Called before work that uses the block is queued on s.
  /// Throws: cuda_error if s is of another device.
  void use(stream_state& s, bool writes) {
    if (home_.load(std::memory_order_relaxed) == &s &&
        (!writes || readers_.load(std::memory_order_relaxed) == 0)) {
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
    for (int k = 0; k < readers_; ++k) {
      if (reader_[k] == &s) {
        return;
      }
    }
    order_streams(home, s);
    if (readers_ == most_readers) {
      // The home stream waits for the readers instead of remembering them.
      for (int k = 0; k < readers_; ++k) {
        order_streams(*reader_[k], home);
      }
      forget_readers();
    }
    s.retain();
    reader_[readers_] = &s;
    ++readers_;
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
  static constexpr int most_readers = 4;

  void order_after_all(stream_state& s) {
    order_streams(*home_.load(), s);
    for (int k = 0; k < readers_; ++k) {
      order_streams(*reader_[k], s);
    }
  }
  void forget_readers() noexcept {
    for (int k = 0; k < readers_; ++k) {
      reader_[k]->release();
    }
    readers_ = 0;
  }

  memory_resource& resource_;
  std::atomic<stream_state*> home_;
  std::atomic<int> readers_{0};
  stream_state* reader_[most_readers] = {};
  std::mutex mutex_;
};

}  // namespace cumulus::inline v1

#endif
