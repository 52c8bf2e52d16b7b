// SPDX-License-Identifier: Apache-2.0
#pragma once
// Graphs: statements on CUDA arrays that are queued once, kept, and queued again with one call. For
// loops of many short kernels, where the host's part of each statement would be the longest.

#include <memory>

#include "cumulus/memory/cuda_memory.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

/// What capture() has kept of statements. The arrays that they use live as long as the graph.
class graph {
 public:
  graph(graph&& other) noexcept
      : executable_(std::exchange(other.executable_, nullptr)), work_(std::move(other.work_)) {}
  graph& operator=(graph&& other) noexcept {
    std::swap(executable_, other.executable_);
    std::swap(work_, other.work_);
    return *this;
  }
  ~graph() {
    // One that still runs is destroyed by the driver when it has ended.
    if (executable_ != nullptr && cudaGraphExecDestroy(executable_) != cudaSuccess) {
      static_cast<void>(cudaGetLastError());
    }
  }

  /// Queues the statements on the stream on which they were captured, after what other streams do
  /// with their arrays.
  /// Throws: cuda_error; out_of_memory.
  void launch() {
    expect_no_capture("graph::launch");
    if (work_ == nullptr) {
      raise<cuda_error>({"graph::launch: expected a graph, got one that was moved from"});
    }
    work_->order();
    check_cuda(cudaGraphLaunch(executable_, work_->stream().handle), "cudaGraphLaunch");
  }

 private:
  template <class F> friend graph capture(F&& statements);
  graph(cudaGraphExec_t executable, std::unique_ptr<captured_work> work) noexcept
      : executable_(executable), work_(std::move(work)) {}

  cudaGraphExec_t executable_;
  std::unique_ptr<captured_work> work_;
};

namespace detail {

/// The current stream in capture, from begin to end.
class stream_in_capture {
 public:
  explicit stream_in_capture(captured_work& work) : stream_(work.stream().handle) {
    // Relaxed: what is done beside the captured stream, loading a kernel or the cudaMalloc of a
    // user's memory resource, is no part of the graph and allowed.
    check_cuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed),
               "cudaStreamBeginCapture");
    work_in_capture() = &work;
  }
  stream_in_capture(stream_in_capture const&) = delete;
  stream_in_capture& operator=(stream_in_capture const&) = delete;
  /// What was captured by a work that failed is thrown away.
  ~stream_in_capture() {
    if (work_in_capture() != nullptr) {
      cudaGraph_t unfinished = nullptr;
      static_cast<void>(end(&unfinished));
      if (unfinished != nullptr) {
        cudaGraphDestroy(unfinished);
      }
      static_cast<void>(cudaGetLastError());
    }
  }
  cudaError_t end(cudaGraph_t* captured) noexcept {
    work_in_capture() = nullptr;
    return cudaStreamEndCapture(stream_, captured);
  }

 private:
  cudaStream_t stream_;
};

inline cudaGraphExec_t instantiated(cudaGraph_t captured) {
  cudaGraphExec_t executable = nullptr;
  cudaError_t const made = cudaGraphInstantiate(&executable, captured, 0);
  cudaGraphDestroy(captured);
  check_cuda(made, "cudaGraphInstantiate");
  return executable;
}

}  // namespace detail

/// Calls `statements` without running what they queue on the current stream, and keeps it as a
/// graph.
///     cm::stream const s;
///     cm::stream_scope const scope(s);
///     auto const step = [&] { v += 0.1f * (f - v);  u += v; };
///     step();                            // once as ever: kernels are loaded
///     cm::graph steps = cm::capture(step);
///     for (int k = 1; k < 1000; ++k) { steps.launch(); }
/// A graph works on the elements that the arrays of the capture hold when it is launched: write
/// elements (`u += v`, `u.assign(...)`, `u(_) = ...`), because an array that is given a new buffer
/// later is not the graph's any more. Numbers are those of the capture.
/// Other threads must not use arrays of the stream meanwhile.
/// Cost:   temporaries and partial sums stay allocated as long as the graph.
/// Throws: what `statements` throws; cuda_error on the default stream, which CUDA cannot capture,
///         on a copy between host and device (group_sum and its kin make one) or another wait, and
///         on statements of another stream.
template <class F> graph capture(F&& statements) {
  stream_state& stream = current_stream_state();
  if (stream.handle == cudaStreamLegacy) {
    raise<cuda_error>(
        {"capture: expected a stream_scope of a stream of its own around it, got the default "
         "stream, which CUDA cannot capture"});
  }
  expect_no_capture("capture");
  // Made now, because it may wait for the device: the pool and what gathers report to.
  bad_index_flag(stream.device);
  static_cast<void>(allocate_cuda(1));
  auto work = std::make_unique<captured_work>(stream);
  cudaGraph_t captured = nullptr;
  try {
    detail::stream_in_capture capturing(*work);
    statements();
    check_cuda(capturing.end(&captured), "cudaStreamEndCapture");
  } catch (...) {
    // Arrays that were allocated meanwhile may live on.
    order_streams(work->memory_stream(), stream);
    throw;
  }
  cudaGraphExec_t const executable = detail::instantiated(captured);
  graph result(executable, std::move(work));
  // What was allocated meanwhile is there when the graph runs.
  order_streams(result.work_->memory_stream(), stream);
  return result;
}

}  // namespace cumulus::inline v1

#endif
