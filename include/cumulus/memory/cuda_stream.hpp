// SPDX-License-Identifier: Apache-2.0
#pragma once
// Streams: the order in which a GPU works. Each thread has a current stream, on which everything
// it asks of CUDA arrays is done.

#include "cumulus/memory/cuda_check.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

#  include <atomic>
#  include <mutex>
#  include <utility>

namespace cumulus::inline v1 {

/// What a stream and the blocks used on it share; the last of them destroys the CUDA stream, so a
/// block may outlive the `stream` object that the user held.
struct stream_state {
  std::atomic<std::int64_t> references{1};
  cudaStream_t handle = cudaStreamLegacy;
  int device = 0;
  bool owned = false;
  std::atomic<int*> bad_index{nullptr};

  void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      // Failures are ignored: the driver may already be gone during exit.
      if (bad_index != nullptr) {
        cudaStreamSynchronize(handle);
        cudaFreeHost(bad_index);
      }
      if (owned) {
        cudaStreamDestroy(handle);
      }
      static_cast<void>(cudaGetLastError());
      delete this;
    }
  }
};

inline int current_device() {
  int device = 0;
  check_cuda(cudaGetDevice(&device), "cudaGetDevice");
  return device;
}

/// The legacy default stream of a device. Never destroyed: arrays with static storage use it during
/// exit.
inline stream_state& default_stream(int device) {
  constexpr int most_devices = 128;
  static std::mutex* const mutex = new std::mutex;
  static stream_state** const of_device = new stream_state* [most_devices] {};
  if (device < 0 || device >= most_devices) {
    throw cuda_error("default stream: expected a device below 128, got device " +
                     std::to_string(device));
  }
  std::lock_guard<std::mutex> const lock(*mutex);
  stream_state*& state = of_device[device];
  if (state == nullptr) {
    state = new stream_state;
    state->device = device;
  }
  return *state;
}

/// The stream of the innermost stream_scope of this thread, or null.
inline stream_state*& scoped_stream() {
  static thread_local stream_state* scoped = nullptr;
  return scoped;
}

inline stream_state& current_stream_state() {
  stream_state* const scoped = scoped_stream();
  return scoped != nullptr ? *scoped : default_stream(current_device());
}

/// Where kernels on a stream report an index that is out of range: host memory that the device
/// writes, made when the first gather runs. The flag belongs to the stream: the next call that
/// waits for this stream reports and clears it.
inline int* bad_index_flag(stream_state& s) {
  int* flag = s.bad_index;
  if (flag == nullptr) {
    void* memory = nullptr;
    check_cuda(cudaHostAlloc(&memory, sizeof(int), cudaHostAllocMapped | cudaHostAllocPortable),
               "cudaHostAlloc", {{"bytes", sizeof(int)}});
    *static_cast<int*>(memory) = 0;
    if (s.bad_index.compare_exchange_strong(flag, static_cast<int*>(memory))) {
      flag = static_cast<int*>(memory);
    } else {
      cudaFreeHost(memory);
    }
  }
  return flag;
}

/// Waits for everything queued on a stream.
/// Throws: index_error if a gather on it met an index out of range; cuda_error.
inline void wait_for(stream_state& s) {
  check_cuda(cudaStreamSynchronize(s.handle), "cudaStreamSynchronize");
  int* const flag = s.bad_index;
  if (flag != nullptr && *static_cast<int volatile*>(flag) != 0) {
    *static_cast<int volatile*>(flag) = 0;
    throw index_error(
        "take: expected indices in [-extent, extent), got one outside in an operation queued "
        "earlier on this CUDA stream; the elements it selected are those at index 0");
  }
}

/// Makes `later` wait for what is queued on `earlier` now; the host does not wait.
inline void order_streams(stream_state const& earlier, stream_state const& later) {
  if (earlier.handle == later.handle && earlier.device == later.device) {
    return;
  }
  cudaEvent_t event = nullptr;
  check_cuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreate");
  cudaError_t status = cudaEventRecord(event, earlier.handle);
  if (status == cudaSuccess) {
    status = cudaStreamWaitEvent(later.handle, event, 0);
  }
  cudaEventDestroy(event);  // its resources go when the wait is over
  check_cuda(status, "cudaStreamWaitEvent");
}

/// A queue of work on the current device, beside the default one. Copies share the queue, which
/// lives until the last copy and the last array used on it are gone.
///     cm::stream s;
///     {
///       cm::stream_scope const scope(s);
///       b = cm::sqrt(a);                  // queued on s; waits there for what wrote a
///     }
///     s.synchronize();
/// Outside every scope the legacy default stream is current, on which kernels of the user's own
/// and of other libraries run unless they ask otherwise.
class stream {
 public:
  /// Throws: cuda_error.
  stream() : state_(new stream_state) {
    try {
      state_->device = current_device();
      check_cuda(cudaStreamCreateWithFlags(&state_->handle, cudaStreamNonBlocking),
                 "cudaStreamCreate");
    } catch (...) {
      state_->release();
      throw;
    }
    state_->owned = true;
  }
  /// A stream of another library, which must outlive every array used on it.
  /// Throws: value_error for cudaStreamPerThread, which is a different queue in each thread.
  static stream borrow(cudaStream_t handle) {
    if (handle == cudaStreamPerThread) {
      throw value_error("stream::borrow: expected a stream of its own, got cudaStreamPerThread");
    }
    int const device = current_device();
    if (handle == nullptr || handle == cudaStreamLegacy) {
      stream_state& state = default_stream(device);
      state.retain();
      return stream(&state);
    }
    auto* const state = new stream_state;
    state->handle = handle;
    state->device = device;
    return stream(state);
  }
  stream(stream const& other) noexcept : state_(other.state_) { state_->retain(); }
  stream& operator=(stream const& other) noexcept {
    other.state_->retain();
    std::exchange(state_, other.state_)->release();
    return *this;
  }
  ~stream() { state_->release(); }

  cudaStream_t get() const noexcept { return state_->handle; }
  /// Waits for everything queued here.
  /// Throws: index_error if an index of a take was out of range; cuda_error if a kernel failed.
  void synchronize() const { wait_for(*state_); }
  stream_state& state() const noexcept { return *state_; }

 private:
  explicit stream(stream_state* shared) noexcept : state_(shared) {}
  stream_state* state_;
};

/// Makes a stream the current one of this thread while it lives; scopes nest.
class stream_scope {
 public:
  explicit stream_scope(stream const& s) noexcept : stream_scope(s.state()) {}
  explicit stream_scope(stream_state& s) noexcept
      : state_(s), before_(std::exchange(scoped_stream(), &s)) {
    state_.retain();
  }
  stream_scope(stream_scope const&) = delete;
  stream_scope& operator=(stream_scope const&) = delete;
  ~stream_scope() {
    scoped_stream() = before_;
    state_.release();
  }

 private:
  stream_state& state_;
  stream_state* before_;
};

/// The stream on which this thread's work on CUDA arrays is queued now.
inline cudaStream_t current_stream() { return current_stream_state().handle; }

/// Waits for the current stream.
/// Throws: as stream::synchronize.
inline void synchronize() { wait_for(current_stream_state()); }

}  // namespace cumulus::inline v1

#endif
