// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the process keeps of each CUDA device. One record serves all shared libraries of a program,
// whatever visibility they are compiled with, and is never destroyed: arrays with static storage
// use it during exit.

#include "cumulus/memory/atomic_value.hpp"
#include "cumulus/memory/cuda_check.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

inline constexpr int most_cuda_devices = 128;

struct cuda_device {
  /// Where kernels report an index out of range; made when the first gather runs.
  atomic_value<int*> bad_index{nullptr};
  /// Whether the device reads ordinary host memory by itself; -1 until it was asked.
  atomic_value<int> reads_pageable{-1};
};

inline int current_device() {
  int device = 0;
  check_cuda(cudaGetDevice(&device), "cudaGetDevice");
  return device;
}

/// Throws: cuda_error for a device that cumulus keeps no record of.
[[gnu::visibility("default")]] inline cuda_device& record_of_device(int device) {
  static cuda_device* const records = new cuda_device[most_cuda_devices];
  if (device < 0 || device >= most_cuda_devices) {
    raise<cuda_error>(
        {"device: expected one of 0 to ", most_cuda_devices - 1, ", got device ", device});
  }
  return records[device];
}

/// Where the kernels of a device report an index that is out of range: host memory that the device
/// writes. The next call that waits for work of this device reports and clears it.
inline int* bad_index_flag(int device) {
  atomic_value<int*>& shared = record_of_device(device).bad_index;
  int* flag = shared;
  if (flag == nullptr) {
    void* memory = nullptr;
    check_cuda(cudaHostAlloc(&memory, sizeof(int), cudaHostAllocMapped | cudaHostAllocPortable),
               "cudaHostAlloc", {{"bytes", sizeof(int)}});
    *static_cast<int*>(memory) = 0;
    if (shared.replace(flag, static_cast<int*>(memory))) {
      flag = static_cast<int*>(memory);
    } else {
      check_cuda(cudaFreeHost(memory), "cudaFreeHost");
    }
  }
  return flag;
}

/// Called wherever the host has waited for work of a device; one of several callers reports.
/// Throws: index_error if a gather on the device met an index out of range.
inline void report_bad_index(int device) {
  int* const flag = record_of_device(device).bad_index;
  if (flag != nullptr && __atomic_exchange_n(flag, 0, __ATOMIC_ACQ_REL) != 0) {
    raise<index_error>(
        {"take: expected indices in [-extent, extent), got one outside in an operation queued "
         "earlier on CUDA device ",
         device, "; the elements it selected are those at index 0"});
  }
}

/// Whether copies from ordinary host memory to the device may still read it when the call returns:
/// elsewhere the driver takes a copy of it first.
inline bool reads_pageable_memory(int device) {
  atomic_value<int>& known = record_of_device(device).reads_pageable;
  if (known < 0) {
    int reads = 0;
    check_cuda(cudaDeviceGetAttribute(&reads, cudaDevAttrPageableMemoryAccess, device),
               "cudaDeviceGetAttribute", {{"device", device}});
    known = reads != 0 ? 1 : 0;
  }
  return known > 0;
}

}  // namespace cumulus::inline v1

#endif
