// SPDX-License-Identifier: Apache-2.0
#pragma once
// One function that every call of the CUDA runtime passes, in release builds too.

#include "cumulus/memory/space.hpp"

#if CUMULUS_HAS_CUDA_RUNTIME

#  include <cuda_runtime_api.h>

#  include <initializer_list>
#  include <string>

#  include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// A number that an error message names: {"bytes", 4096}.
struct call_detail {
  char const* name;
  index_t value;
};

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_cuda_error(
    cudaError_t status, char const* call, std::initializer_list<call_detail> details) {
  // Takes the error away from the next call, which would report it as its own.
  static_cast<void>(cudaGetLastError());
  std::string sizes;
  for (call_detail const& d : details) {
    sizes += message({sizes.empty() ? "" : ", ", d.name, " = ", d.value}).text;
  }
  bool const no_device = status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver ||
                         status == cudaErrorStubLibrary || status == cudaErrorInvalidDevice;
  raise<cuda_error>(
      {call, "(", sizes, "): expected success, got ", cudaGetErrorName(status), " (",
       cudaGetErrorString(status), ")",
       no_device ? "; a CUDA array needs a GPU and its driver, a host array does not" : ""});
}

}  // namespace detail

/// Throws: cuda_error if `status` is a failure; its message names the call and its sizes.
inline void check_cuda(cudaError_t status, char const* call,
                       std::initializer_list<call_detail> details = {}) {
  if (status != cudaSuccess) {
    detail::throw_cuda_error(status, call, details);
  }
}

}  // namespace cumulus::inline v1

#endif
