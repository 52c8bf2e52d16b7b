// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pool that CUDA arrays get their memory from unless the user sets another resource.

#include "cumulus/memory/cuda_stream.hpp"
#include "cumulus/memory/memory_resource.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

namespace cumulus::inline v1 {

/// Device memory in the order of streams: a block that is freed is given out again on the same
/// stream at once, and nothing goes back to the driver before release(). One pool of the driver per
/// device, apart from the one that other libraries use.
///
/// A resource for CUDA arrays (set_resource<cuda>) allocates on the current device and frees in the
/// order of current_stream(), as this one does; cudaMalloc and cudaFree, which wait, are legal too.
class cuda_memory_pool final : public memory_resource {
 public:
  /// Throws: out_of_memory if the device has not `bytes` left after the pool was released, or the
  /// limit would be passed; cuda_error, e.g. where there is no device.
  void* allocate(std::size_t bytes) override {
    stream_state const& stream = current_stream_state();
    budget_.claim(bytes, "device");
    try {
      cudaMemPool_t const pool = pool_of(stream.device);
      void* data = nullptr;
      cudaError_t status = from(pool, &data, bytes, stream.handle);
      if (status == cudaErrorMemoryAllocation) {
        static_cast<void>(cudaGetLastError());
        release();
        status = from(pool, &data, bytes, stream.handle);
        if (status == cudaErrorMemoryAllocation) {
          throw_out_of_memory(bytes, budget_.used() - bytes);
        }
      }
      check_cuda(status, "cudaMallocAsync", {{"bytes", static_cast<index_t>(bytes)}});
      return data;
    } catch (...) {
      budget_.give_back(bytes);
      throw;
    }
  }

  void deallocate(void* data, std::size_t bytes) noexcept override {
    budget_.give_back(bytes);
    free_in_order(data);
  }

  /// Bytes that arrays hold, on all devices.
  std::size_t used_bytes() const noexcept { return budget_.used(); }
  /// Bytes that the pool of the current device has from the driver; 0 before the first array.
  std::size_t reserved_bytes() const {
    cudaMemPool_t const pool = any_used() ? existing_pool(current_device()) : nullptr;
    std::uint64_t bytes = 0;
    if (pool != nullptr) {
      check_cuda(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReservedMemCurrent, &bytes),
                 "cudaMemPoolGetAttribute");
    }
    return static_cast<std::size_t>(bytes);
  }
  /// The most that arrays may hold together; no limit at first.
  std::size_t limit() const noexcept { return budget_.limit(); }
  void set_limit(std::size_t bytes) noexcept { budget_.set_limit(bytes); }
  /// Waits for the current device and gives what no array holds back to the driver.
  void release() {
    cudaMemPool_t const pool = any_used() ? existing_pool(current_device()) : nullptr;
    if (pool != nullptr) {
      check_cuda(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
      check_cuda(cudaMemPoolTrimTo(pool, 0), "cudaMemPoolTrimTo");
    }
  }

 private:
  bool any_used() const noexcept { return any_used_; }

  cudaMemPool_t existing_pool(int device) const { return pools_[device]; }

  /// The pool of a device, made by its first array; null where the driver has none (some virtual
  /// GPUs) and cudaMalloc must do.
  cudaMemPool_t pool_of(int device) {
    cudaMemPool_t pool = pools_[device];
    if (pool != nullptr || without_pool_[device]) {
      return pool;
    }
    mutex_lock const lock(mutex_);
    pool = pools_[device];
    if (pool != nullptr) {
      return pool;
    }
    int supported = 0;
    check_cuda(cudaDeviceGetAttribute(&supported, cudaDevAttrMemoryPoolsSupported, device),
               "cudaDeviceGetAttribute", {{"device", device}});
    if (supported == 0) {
      without_pool_[device] = true;
      return nullptr;
    }
    cudaMemPoolProps properties = {};
    properties.allocType = cudaMemAllocationTypePinned;
    properties.location.type = cudaMemLocationTypeDevice;
    properties.location.id = device;
    check_cuda(cudaMemPoolCreate(&pool, &properties), "cudaMemPoolCreate", {{"device", device}});
    std::uint64_t keep = UINT64_MAX;
    cudaError_t const kept = cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep);
    if (kept != cudaSuccess) {
      cudaMemPoolDestroy(pool);
    }
    check_cuda(kept, "cudaMemPoolSetAttribute");
    pools_[device] = pool;
    any_used_ = true;
    return pool;
  }

  static cudaError_t from(cudaMemPool_t pool, void** data, std::size_t bytes, cudaStream_t stream) {
    return pool != nullptr ? cudaMallocFromPoolAsync(data, bytes, pool, stream)
                           : cudaMalloc(data, bytes);
  }

  /// Frees in the order of the current stream. A failure cannot be reported from a destructor, and
  /// during exit the driver may be gone.
  void free_in_order(void* data) noexcept {
    if (!any_used() || cudaFreeAsync(data, current_stream()) != cudaSuccess) {
      cudaFree(data);
      static_cast<void>(cudaGetLastError());
    }
  }

  [[noreturn]] void throw_out_of_memory(std::size_t bytes, std::size_t used) const {
    static_cast<void>(cudaGetLastError());
    std::size_t free = 0;
    std::size_t total = 0;
    check_cuda(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    raise<out_of_memory>(
        {"allocate: expected ", bytes, " bytes of device memory, got none; arrays hold ", used,
         " bytes, the pool ", reserved_bytes(), ", ", free, " of ", total, " are free"});
  }

  byte_budget budget_;
  atomic_value<bool> any_used_{false};
  atomic_value<cudaMemPool_t> pools_[most_cuda_devices] = {};
  atomic_value<bool> without_pool_[most_cuda_devices] = {};
  mutex mutex_;
};

/// The library's own pool: its figures, limit and release().
///     cm::cuda_pool().set_limit(std::size_t{8} << 30);
[[gnu::visibility("default")]] inline cuda_memory_pool& cuda_pool() {
  // Never destroyed: arrays with static storage may free their memory during exit. One serves all
  // shared libraries of a program.
  static cuda_memory_pool* const pool = new cuda_memory_pool;
  return *pool;
}

namespace detail {

[[gnu::visibility("default")]] inline atomic_value<memory_resource*>& cuda_resource_slot() {
  static atomic_value<memory_resource*> slot{&cuda_pool()};
  return slot;
}

template <> struct resource_slot<cuda> {
  static atomic_value<memory_resource*>& current() { return cuda_resource_slot(); }
};

}  // namespace detail
}  // namespace cumulus::inline v1

#endif
