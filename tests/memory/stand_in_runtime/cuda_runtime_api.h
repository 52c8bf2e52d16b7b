// SPDX-License-Identifier: Apache-2.0
#pragma once
// A CUDA runtime without a GPU, for tests of what is queued in which order. Device memory is the
// heap, work is done when it is queued, and every stream and event knows which operations have
// gone before it: an operation is ordered after another if it is in its past. Copies that the
// hardware may do late are done when somebody waits.
//
// Kernels are launched and never run. While a thread captures a stream, calls that CUDA or cumulus
// forbids then are noted.
//
// Written from the CUDA runtime's reference; only what cumulus calls is here.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#define CUDART_VERSION 13000

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorStubLibrary = 34,
  cudaErrorInsufficientDriver = 35,
  cudaErrorNoDevice = 100,
  cudaErrorInvalidDevice = 101,
  cudaErrorInvalidResourceHandle = 400,
};
enum cudaStreamCaptureMode { cudaStreamCaptureModeRelaxed = 2 };
enum cudaMemcpyKind {
  cudaMemcpyHostToDevice = 1,
  cudaMemcpyDeviceToHost = 2,
  cudaMemcpyDeviceToDevice = 3,
};
enum cudaDeviceAttr { cudaDevAttrPageableMemoryAccess = 88, cudaDevAttrMemoryPoolsSupported = 115 };
enum cudaMemoryType { cudaMemoryTypeUnregistered = 0, cudaMemoryTypeHost = 1 };
enum cudaMemAllocationType { cudaMemAllocationTypePinned = 1 };
enum cudaMemLocationType { cudaMemLocationTypeDevice = 1 };
enum cudaMemPoolAttr {
  cudaMemPoolAttrReleaseThreshold = 4,
  cudaMemPoolAttrReservedMemCurrent = 5,
};
struct cudaPointerAttributes {
  cudaMemoryType type;
};
struct cudaMemPoolProps {
  cudaMemAllocationType allocType;
  struct {
    cudaMemLocationType type;
    int id;
  } location;
};

using past = std::set<int>;  // operations, by number
struct CUstream_st {
  int device;
  past before;
  std::vector<std::function<void()>> late;
};
struct CUevent_st {
  int device;
  past before;
  bool captured = false;
};
struct CUgraph_st {
  int kernels;
};
struct CUgraphExec_st {
  int kernels;
};
struct CUmemPool_st {
  int device;
};
using cudaStream_t = CUstream_st*;
using cudaEvent_t = CUevent_st*;
using cudaMemPool_t = CUmemPool_st*;
using cudaGraph_t = CUgraph_st*;
using cudaGraphExec_t = CUgraphExec_st*;

// What sources of kernels are written with.
#define __global__
#define __device__
#define __shared__ thread_local
#define __grid_constant__
#define __launch_bounds__(...)
struct dim3 {
  unsigned x = 1;
  unsigned y = 1;
  unsigned z = 1;
  explicit dim3(unsigned size = 1) : x(size) {}
};
struct alignas(16) uint4 {
  unsigned word[4];
};
inline dim3 const blockIdx(0);
inline dim3 const threadIdx(0);
inline dim3 const blockDim;
inline dim3 const gridDim;
inline void __syncthreads() {}
inline void __syncwarp() {}

inline constexpr unsigned cudaStreamNonBlocking = 1;
inline constexpr unsigned cudaEventDisableTiming = 2;
inline constexpr unsigned cudaHostAllocPortable = 1;
inline constexpr unsigned cudaHostAllocMapped = 2;
#define cudaStreamLegacy (reinterpret_cast<cudaStream_t>(1))
#define cudaStreamPerThread (reinterpret_cast<cudaStream_t>(2))

namespace stand_in {

inline constexpr int devices = 4;

struct runtime {
  std::mutex mutex;
  int operations = 0;
  std::map<int, past> past_of;          ///< of each operation
  std::map<void const*, past> freed;    ///< what went before the free of an address
  std::map<void const*, int> freed_on;  ///< the current device then
  CUstream_st legacy[devices] = {{0, {}, {}}, {1, {}, {}}, {2, {}, {}}, {3, {}, {}}};
  int live_streams = 0;
  int live_events = 0;
  int live_pools = 0;
  int live_graphs = 0;
  int trims = 0;
  std::vector<std::string> forbidden;        ///< calls that a capture forbids
  int captured_kernels = 0;                  ///< of the capture in progress or the last one
  int graph_launch = -1;                     ///< the operation of the last one
  std::size_t device_bytes_left = SIZE_MAX;  ///< until a pool is trimmed
  std::set<void const*> page_locked;
  bool reads_pageable[devices] = {};
  std::string failing;               ///< the call that fails with cudaErrorInvalidValue
  std::map<std::string, int> calls;  ///< how often each function was called

  cudaError_t outcome(char const* call) const {
    return failing == call ? cudaErrorInvalidValue : cudaSuccess;
  }
};
inline runtime state;
inline thread_local int device = 0;
inline thread_local CUstream_st* captured = nullptr;  ///< the stream that this thread captures

/// Notes a call that waits, or that is not for a stream in capture, if this thread captures one.
inline void forbid_in_capture(char const* call, bool forbidden = true) {
  if (captured != nullptr && forbidden) {
    state.forbidden.emplace_back(call);
  }
}

inline void count(char const* call) {
  std::lock_guard<std::mutex> const lock(state.mutex);
  ++state.calls[call];
}

inline CUstream_st& stream_of(cudaStream_t s) {
  return s == cudaStreamLegacy || s == nullptr ? state.legacy[device] : *s;
}

/// Queues an operation as a kernel would be; gives its number.
inline int launch(cudaStream_t s) {
  std::lock_guard<std::mutex> const lock(state.mutex);
  CUstream_st& stream = stream_of(s);
  if (&stream == captured) {
    return -1 - state.captured_kernels++;
  }
  forbid_in_capture("work on another stream");
  int const operation = state.operations++;
  state.past_of[operation] = stream.before;
  stream.before.insert(operation);
  return operation;
}

inline bool is_after(int later, int earlier) {
  std::lock_guard<std::mutex> const lock(state.mutex);
  return state.past_of.at(later).count(earlier) == 1;
}

/// Whether the last free of an address was ordered after an operation.
inline bool freed_after(void const* data, int operation) {
  std::lock_guard<std::mutex> const lock(state.mutex);
  return state.freed.at(data).count(operation) == 1;
}

/// Keeps a test from carrying the operations of those before it.
inline void forget_the_past() {
  std::lock_guard<std::mutex> const lock(state.mutex);
  state.past_of.clear();
  state.freed.clear();
  state.freed_on.clear();
  for (CUstream_st& s : state.legacy) {
    s.before.clear();
  }
}

inline void do_late(CUstream_st& s) {
  for (auto const& work : s.late) {
    work();
  }
  s.late.clear();
}

}  // namespace stand_in

inline char const* cudaGetErrorName(cudaError_t) { return "cudaErrorOfTheTest"; }
inline char const* cudaGetErrorString(cudaError_t) { return "asked for by the test"; }
inline cudaError_t cudaGetLastError() { return cudaSuccess; }

inline cudaError_t cudaGetDevice(int* device) {
  stand_in::count("cudaGetDevice");
  *device = stand_in::device;
  return stand_in::state.outcome("cudaGetDevice");
}
inline cudaError_t cudaSetDevice(int device) {
  stand_in::count("cudaSetDevice");
  if (device < 0 || device >= stand_in::devices) {
    return cudaErrorInvalidDevice;
  }
  stand_in::device = device;
  return cudaSuccess;
}
inline cudaError_t cudaDeviceSynchronize() {
  stand_in::count("cudaDeviceSynchronize");
  stand_in::forbid_in_capture("cudaDeviceSynchronize");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  stand_in::do_late(stand_in::state.legacy[stand_in::device]);
  return cudaSuccess;
}
inline cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  stand_in::count("cudaDeviceGetAttribute");
  *value = attribute == cudaDevAttrMemoryPoolsSupported || stand_in::state.reads_pageable[device];
  return cudaSuccess;
}

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  stand_in::count("cudaStreamCreateWithFlags");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  *s = new CUstream_st{stand_in::device, {}, {}};
  ++stand_in::state.live_streams;
  return cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t s) {
  stand_in::count("cudaStreamDestroy");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  stand_in::do_late(*s);
  delete s;
  --stand_in::state.live_streams;
  return cudaSuccess;
}
inline cudaError_t cudaStreamGetDevice(cudaStream_t s, int* device) {
  stand_in::count("cudaStreamGetDevice");
  *device = s->device;
  return cudaSuccess;
}
inline cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  stand_in::count("cudaStreamSynchronize");
  stand_in::forbid_in_capture("cudaStreamSynchronize");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  stand_in::do_late(stand_in::stream_of(s));
  return stand_in::state.outcome("cudaStreamSynchronize");
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned) {
  stand_in::count("cudaStreamWaitEvent");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  stand_in::forbid_in_capture("cudaStreamWaitEvent", s == stand_in::captured && !e->captured);
  stand_in::stream_of(s).before.insert(e->before.begin(), e->before.end());
  return stand_in::state.outcome("cudaStreamWaitEvent");
}

inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  stand_in::count("cudaEventCreateWithFlags");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  *e = new CUevent_st{stand_in::device, {}, false};
  ++stand_in::state.live_events;
  return cudaSuccess;
}
inline cudaError_t cudaEventCreate(cudaEvent_t* e) {
  stand_in::count("cudaEventCreate");
  return cudaEventCreateWithFlags(e, 0);
}
inline cudaError_t cudaEventDestroy(cudaEvent_t e) {
  stand_in::count("cudaEventDestroy");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  delete e;
  --stand_in::state.live_events;
  return cudaSuccess;
}
inline cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
  stand_in::count("cudaEventRecord");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  CUstream_st const& stream = stand_in::stream_of(s);
  if (stream.device != e->device) {
    return cudaErrorInvalidResourceHandle;
  }
  e->before = stream.before;
  e->captured = s == stand_in::captured;
  return stand_in::state.outcome("cudaEventRecord");
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t) {
  stand_in::count("cudaEventSynchronize");
  stand_in::forbid_in_capture("cudaEventSynchronize");
  return cudaSuccess;
}
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t, cudaEvent_t) {
  stand_in::count("cudaEventElapsedTime");
  *milliseconds = 1;
  return cudaSuccess;
}

inline cudaError_t cudaHostAlloc(void** data, std::size_t bytes, unsigned) {
  stand_in::count("cudaHostAlloc");
  stand_in::forbid_in_capture("cudaHostAlloc");
  *data = std::calloc(1, bytes);
  return cudaSuccess;
}
inline cudaError_t cudaFreeHost(void* data) {
  stand_in::count("cudaFreeHost");
  stand_in::forbid_in_capture("cudaFreeHost");
  std::free(data);
  return cudaSuccess;
}
inline cudaError_t cudaMalloc(void** data, std::size_t bytes) {
  stand_in::count("cudaMalloc");
  stand_in::forbid_in_capture("cudaMalloc");
  *data = std::malloc(bytes);
  return cudaSuccess;
}
inline cudaError_t cudaFree(void* data) {
  stand_in::count("cudaFree");
  stand_in::forbid_in_capture("cudaFree");
  std::free(data);
  return cudaSuccess;
}
inline cudaError_t cudaMallocFromPoolAsync(void** data, std::size_t bytes, cudaMemPool_t pool,
                                           cudaStream_t s) {
  stand_in::count("cudaMallocFromPoolAsync");
  stand_in::forbid_in_capture("cudaMallocFromPoolAsync", s == stand_in::captured);
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  if (stand_in::stream_of(s).device != pool->device) {
    return cudaErrorInvalidResourceHandle;
  }
  if (bytes > stand_in::state.device_bytes_left) {
    return cudaErrorMemoryAllocation;
  }
  *data = std::malloc(bytes);
  return cudaSuccess;
}
inline cudaError_t cudaFreeAsync(void* data, cudaStream_t s) {
  stand_in::count("cudaFreeAsync");
  stand_in::forbid_in_capture("cudaFreeAsync", s == stand_in::captured);
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  stand_in::state.freed[data] = stand_in::stream_of(s).before;
  stand_in::state.freed_on[data] = stand_in::device;
  std::free(data);
  return cudaSuccess;
}

inline cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, cudaMemPoolProps const* properties) {
  stand_in::count("cudaMemPoolCreate");
  stand_in::forbid_in_capture("cudaMemPoolCreate");
  *pool = new CUmemPool_st{properties->location.id};
  ++stand_in::state.live_pools;
  return cudaSuccess;
}
inline cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
  stand_in::count("cudaMemPoolDestroy");
  delete pool;
  --stand_in::state.live_pools;
  return cudaSuccess;
}
inline cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) {
  stand_in::count("cudaMemPoolSetAttribute");
  stand_in::forbid_in_capture("cudaMemPoolSetAttribute");
  return stand_in::state.outcome("cudaMemPoolSetAttribute");
}
inline cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t, cudaMemPoolAttr, void* value) {
  stand_in::count("cudaMemPoolGetAttribute");
  *static_cast<std::uint64_t*>(value) = 0;
  return cudaSuccess;
}
inline cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, std::size_t) {
  stand_in::count("cudaMemPoolTrimTo");
  stand_in::forbid_in_capture("cudaMemPoolTrimTo");
  ++stand_in::state.trims;
  return cudaSuccess;
}
inline cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  stand_in::count("cudaMemGetInfo");
  *free = 0;
  *total = std::size_t{1} << 30;
  return cudaSuccess;
}

inline cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, void const* data) {
  stand_in::count("cudaPointerGetAttributes");
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  attributes->type = stand_in::state.page_locked.count(data) != 0 ? cudaMemoryTypeHost
                                                                  : cudaMemoryTypeUnregistered;
  return cudaSuccess;
}
inline cudaError_t cudaMemcpyAsync(void* to, void const* from, std::size_t bytes,
                                   cudaMemcpyKind kind, cudaStream_t s) {
  stand_in::count("cudaMemcpyAsync");
  stand_in::forbid_in_capture("cudaMemcpyAsync", kind != cudaMemcpyDeviceToDevice);
  stand_in::launch(s);
  std::lock_guard<std::mutex> const lock(stand_in::state.mutex);
  CUstream_st& stream = stand_in::stream_of(s);
  if (stream.device != stand_in::device) {
    return cudaErrorInvalidResourceHandle;
  }
  bool const late =
      kind == cudaMemcpyHostToDevice && (stand_in::state.page_locked.count(from) != 0 ||
                                         stand_in::state.reads_pageable[stream.device]);
  if (late) {
    stream.late.push_back([=] { std::memcpy(to, from, bytes); });
  } else {
    stand_in::do_late(stream);
    std::memcpy(to, from, bytes);
  }
  return cudaSuccess;
}

inline cudaError_t cudaLaunchKernel(void const*, dim3 grid, dim3 block, void**, std::size_t,
                                    cudaStream_t s) {
  stand_in::count("cudaLaunchKernel");
  stand_in::launch(s);
  return grid.x > 0 && block.x > 0 ? stand_in::state.outcome("cudaLaunchKernel")
                                   : cudaErrorInvalidValue;
}

inline cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode) {
  if (stand_in::captured != nullptr || s == cudaStreamLegacy || s == nullptr) {
    return cudaErrorInvalidValue;
  }
  stand_in::captured = s;
  stand_in::state.captured_kernels = 0;
  return cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* graph) {
  bool const captured = s == stand_in::captured;
  stand_in::captured = nullptr;
  *graph = nullptr;
  if (!captured || stand_in::state.failing == "cudaStreamEndCapture") {
    return cudaErrorInvalidValue;
  }
  *graph = new CUgraph_st{stand_in::state.captured_kernels};
  ++stand_in::state.live_graphs;
  return cudaSuccess;
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  --stand_in::state.live_graphs;
  return cudaSuccess;
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                        unsigned long long) {
  if (stand_in::state.failing == "cudaGraphInstantiate") {
    return cudaErrorInvalidValue;
  }
  *executable = new CUgraphExec_st{graph->kernels};
  ++stand_in::state.live_graphs;
  return cudaSuccess;
}
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  --stand_in::state.live_graphs;
  return cudaSuccess;
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t, cudaStream_t s) {
  stand_in::state.graph_launch = stand_in::launch(s);
  return stand_in::state.outcome("cudaGraphLaunch");
}
