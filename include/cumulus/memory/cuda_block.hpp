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
///
/// The buffer holds the block, and so does every graph that uses it (cuda_graph.hpp): the last of
/// them frees the memory.
class cuda_block {
 public:
  cuda_block(memory_resource& resource, stream_state& home, void* data, std::size_t bytes) noexcept
      : resource_(resource), data_(data), bytes_(bytes), home_(&home) {
    home.retain();
  }
  cuda_block(cuda_block const&) = delete;
  cuda_block& operator=(cuda_block const&) = delete;

  void retain() noexcept { references_.add(1, atomic_order::relaxed); }
  /// Gives the memory back to its resource if nobody else holds the block.
  inline void release() noexcept;

  /// Called before work that uses the block is queued on s.
  /// Throws: cuda_error if s is of another device; out_of_memory.
  void use(stream_state& s, bool writes) {
    if (home_.load(atomic_order::relaxed) == &s &&
        (!writes || !read_elsewhere_.load(atomic_order::relaxed))) {
      return;
    }
    mutex_lock const lock(mutex_);
    stream_state& home = *home_.load();
    if (home.device != s.device) {
      raise<cuda_error>({"use: expected arrays of the current device ", s.device,
                         ", got one of device ", home.device});
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

 private:
  ~cuda_block() {
    forget_readers();
    home_.load()->release();
  }

  /// Gives the memory back after the uses on every stream.
  void free() noexcept {
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
      resource_.deallocate(data_, bytes_);
    }
    if (other_device) {
      cudaSetDevice(device);
    }
  }

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
      if (readers_[k]->users.load(atomic_order::acquire) == 0) {
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
      raise<out_of_memory>({"use: expected ", room * sizeof(void*),
                            " bytes of host memory for the streams that read an array, got none"});
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
  void* data_;
  std::size_t bytes_;
  atomic_value<std::int64_t> references_{1};  ///< the buffer, graphs
  atomic_value<stream_state*> home_;
  atomic_value<bool> read_elsewhere_{false};
  std::vector<stream_state*> readers_;
  mutex mutex_;
};

/// What a graph uses: at each launch the blocks are ordered as a statement orders them. Memory that
/// is allocated or freed while the graph is captured is ordinary memory, which the graph holds.
class captured_work {
 public:
  /// Throws: cuda_error.
  explicit captured_work(stream_state& s) : stream_(s) { s.retain_as_user(); }
  captured_work(captured_work const&) = delete;
  captured_work& operator=(captured_work const&) = delete;
  ~captured_work() {
    for (use const& u : uses_) {
      u.block->release();
    }
    stream_.release_as_user();
  }

  /// Called in place of cuda_block::use while the graph is captured.
  /// Throws: cuda_error if s is another stream than the captured one; out_of_memory.
  CUMULUS_ONCE void note(cuda_block& block, stream_state const& s, bool writes) {
    if (&s != &stream_) {
      raise<cuda_error>(
          {"capture: expected statements on the captured stream, got one on another stream"});
    }
    for (use& u : uses_) {
      if (u.block == &block) {
        u.writes = u.writes || writes;
        return;
      }
    }
    try {
      uses_.push_back({&block, writes});
    } catch (std::bad_alloc const&) {
      raise<out_of_memory>({"capture: expected host memory for what the graph uses, got none"});
    }
    block.retain();
  }

  /// Takes over the last reference to a block, which the graph may still use.
  void keep(cuda_block& block) noexcept {
    try {
      uses_.push_back({&block, true});
    } catch (std::bad_alloc const&) {
      // Rather lost than freed under the graph.
    }
  }

  /// Called before each launch. Throws: as cuda_block::use.
  void order() {
    for (use const& u : uses_) {
      u.block->use(stream_, u.writes);
    }
  }

  stream_state& stream() const noexcept { return stream_; }
  /// Where memory is allocated during the capture.
  stream_state& memory_stream() const noexcept { return memory_.state(); }

 private:
  struct use {
    cuda_block* block;
    bool writes;
  };
  stream_state& stream_;
  cumulus::stream memory_;
  std::vector<use> uses_;
};

void cuda_block::release() noexcept {
  if (references_.subtract(1, atomic_order::acquire_release) != 1) {
    return;
  }
  if (captured_work* const work = work_in_capture()) {
    references_ = 1;
    work->keep(*this);
    return;
  }
  free();
  delete this;
}

}  // namespace cumulus::inline v1

#endif
