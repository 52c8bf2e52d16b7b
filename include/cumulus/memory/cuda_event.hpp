// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events: marks in a stream, to wait for and to measure between.

#include "cumulus/memory/cuda_stream.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

/// A mark in a stream.
///     cm::event start, stop;
///     start.record();  b = cm::sqrt(a);  stop.record();
///     double const seconds = cm::elapsed_seconds(start, stop);
class event {
 public:
  /// Throws: cuda_error.
  event() { check_cuda(cudaEventCreate(&handle_), "cudaEventCreate"); }
  event(event&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  event& operator=(event&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~event() {
    if (handle_ != nullptr && cudaEventDestroy(handle_) != cudaSuccess) {
      static_cast<void>(cudaGetLastError());
    }
  }

  cudaEvent_t get() const noexcept { return handle_; }
  /// Marks what is queued on the current stream now.
  void record() { check_cuda(cudaEventRecord(handle_, current_stream()), "cudaEventRecord"); }
  /// The current stream waits for the mark; the host does not.
  void wait() const {
    check_cuda(cudaStreamWaitEvent(current_stream(), handle_, 0), "cudaStreamWaitEvent");
  }
  /// The host waits for the mark.
  void synchronize() const { check_cuda(cudaEventSynchronize(handle_), "cudaEventSynchronize"); }

 private:
  cudaEvent_t handle_ = nullptr;
};

/// Seconds of device time between two recorded events; waits for the second.
inline double elapsed_seconds(event const& start, event const& stop) {
  stop.synchronize();
  float milliseconds = 0;
  check_cuda(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()), "cudaEventElapsedTime");
  return milliseconds * 1e-3;
}

}  // namespace cumulus::inline v1

#endif
