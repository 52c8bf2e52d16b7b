// SPDX-License-Identifier: Apache-2.0
#pragma once
// Streams: the order in which a GPU works. Each thread has a current stream, on which everything
// it asks of CUDA arrays is done.

#include "cumulus/memory/cuda_device.hpp"
#include "cumulus/memory/mutex.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

#  include <utility>

namespace cumulus::inline v1 {

/// What a stream and the blocks used on it share; the last of them destroys the CUDA stream, so a
/// block may outlive the `stream` object that the user held.
struct stream_state {
  atomic_value<std::int64_t> references{1};  ///< stream objects, scopes and blocks
  atomic_value<std::int64_t> users{1};  ///< stream objects and scopes: who may still queue work
  cudaStream_t handle = cudaStreamLegacy;
  int device = 0;
  bool owned = false;

  void retain() noexcept { references.add(1, atomic_order::relaxed); }
  CUMULUS_ONCE void release() noexcept {
    if (references.subtract(1, atomic_order::acquire_release) == 1) {
      // A failure has no one to tell: the driver may already be gone during exit.
      if (owned && cudaStreamDestroy(handle) != cudaSuccess) {
        static_cast<void>(cudaGetLastError());
      }
      delete this;
    }
  }
  void retain_as_user() noexcept {
    users.add(1, atomic_order::relaxed);
    retain();
  }
  void release_as_user() noexcept {
    users.subtract(1, atomic_order::release);
    release();
  }
};

/// The legacy default stream of a device. Never destroyed: arrays with static storage use it during
/// exit. Every statement outside a scope asks for it, so only the first one locks.
[[gnu::visibility("default")]] inline stream_state& default_stream(int device) {
  static mutex* const first_use = new mutex;
  static auto* const of_device = new atomic_value<stream_state*>[most_cuda_devices] {};
  record_of_device(device);  // throws if there is no such device
  stream_state* state = of_device[device].load(atomic_order::acquire);
  if (state == nullptr) {
    mutex_lock const lock(*first_use);
    state = of_device[device].load(atomic_order::relaxed);
    if (state == nullptr) {
      state = new stream_state;
      state->device = device;
      of_device[device].store(state, atomic_order::release);
    }
  }
  return *state;
}

/// The stream of the innermost stream_scope of this thread, or null.
[[gnu::visibility("default")]] inline stream_state*& scoped_stream() {
  static thread_local stream_state* scoped = nullptr;
  return scoped;
}

/// Throws: cuda_error if the current stream is not of the current device.
CUMULUS_ONCE inline stream_state& current_stream_state() {
  stream_state* const scoped = scoped_stream();
  if (scoped == nullptr) {
    return default_stream(current_device());
  }
  int const device = current_device();
  if (device != scoped->device) {
    raise<cuda_error>({"stream: expected the current stream to be of the current device ", device,
                       ", got a stream of device ", scoped->device});
  }
  return *scoped;
}

/// What the graph uses that this thread is capturing (cuda_graph.hpp), or null.
class captured_work;
[[gnu::visibility("default")]] inline captured_work*& work_in_capture() {
  static thread_local captured_work* work = nullptr;
  return work;
}

/// Throws: cuda_error if this thread is capturing a graph.
inline void expect_no_capture(char const* what) {
  if (work_in_capture() != nullptr) {
    raise<cuda_error>({what,
                       ": expected work of the device alone while a graph is captured, got a copy "
                       "between host and device or a wait (item, printing, a result whose size "
                       "depends on data)"});
  }
}

/// Waits for everything queued on a stream.
/// Throws: index_error if a gather on its device met an index out of range; cuda_error.
inline void wait_for(stream_state& s) {
  expect_no_capture("synchronize");
  check_cuda(cudaStreamSynchronize(s.handle), "cudaStreamSynchronize");
  report_bad_index(s.device);
}

/// Makes `later` wait for what is queued on `earlier` now; the host does not wait.
CUMULUS_ONCE inline void order_streams(stream_state const& earlier, stream_state const& later) {
  if (earlier.handle == later.handle && earlier.device == later.device) {
    return;
  }
  cudaEvent_t event = nullptr;
  check_cuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreate");
  cudaError_t const recorded = cudaEventRecord(event, earlier.handle);
  cudaError_t const waits =
      recorded == cudaSuccess ? cudaStreamWaitEvent(later.handle, event, 0) : recorded;
  cudaEventDestroy(event);  // its resources go when the wait is over
  check_cuda(recorded, "cudaEventRecord");
  check_cuda(waits, "cudaStreamWaitEvent");
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
      record_of_device(state_->device);  // throws if there is no such device
      check_cuda(cudaStreamCreateWithFlags(&state_->handle, cudaStreamNonBlocking),
                 "cudaStreamCreate");
    } catch (...) {
      state_->release();
      throw;
    }
    state_->owned = true;
  }
  /// A stream of another library, which must outlive every array used on it. With a CUDA toolkit
  /// before 12.8 it must be of the current device; later ones know its device.
  /// Throws: value_error for cudaStreamPerThread, which is a different queue in each thread.
  static stream borrow(cudaStream_t handle) {
    if (handle == cudaStreamPerThread) {
      raise<value_error>({"stream::borrow: expected a stream of its own, got cudaStreamPerThread"});
    }
    int device = current_device();
    if (handle == nullptr || handle == cudaStreamLegacy) {
      stream_state& state = default_stream(device);
      state.retain_as_user();
      return stream(&state);
    }
#  if CUDART_VERSION >= 12080
    check_cuda(cudaStreamGetDevice(handle, &device), "cudaStreamGetDevice");
#  endif
    record_of_device(device);  // throws if there is no such device
    auto* const state = new stream_state;
    state->handle = handle;
    state->device = device;
    return stream(state);
  }
  stream(stream const& other) noexcept : state_(other.state_) { state_->retain_as_user(); }
  stream& operator=(stream const& other) noexcept {
    other.state_->retain_as_user();
    std::exchange(state_, other.state_)->release_as_user();
    return *this;
  }
  ~stream() { state_->release_as_user(); }

  cudaStream_t get() const noexcept { return state_->handle; }
  /// Waits for everything queued here.
  /// Throws: index_error if an index of an earlier take on this device was out of range; cuda_error
  ///         if a kernel failed.
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
    state_.retain_as_user();
  }
  stream_scope(stream_scope const&) = delete;
  stream_scope& operator=(stream_scope const&) = delete;
  ~stream_scope() {
    scoped_stream() = before_;
    state_.release_as_user();
  }

 private:
  stream_state& state_;
  stream_state* before_;
};

/// The stream on which this thread's work on CUDA arrays is queued now.
inline cudaStream_t current_stream() noexcept {
  stream_state const* const scoped = scoped_stream();
  return scoped != nullptr ? scoped->handle : cudaStreamLegacy;
}

/// Waits for the current stream.
/// Throws: as stream::synchronize.
inline void synchronize() { wait_for(current_stream_state()); }

}  // namespace cumulus::inline v1

#endif
