// SPDX-License-Identifier: Apache-2.0
#pragma once
// Matrix products on the current CUDA device through cuBLAS; matmul calls it. float and double are
// IEEE arithmetic: no TF32, no emulation, no sums in less than float unless the user's environment
// orders cuBLAS to.

#include "cumulus/array/array_view.hpp"
#include "cumulus/linalg/matmul_plan.hpp"

#if CUMULUS_HAS_CUDA

#  include <cublas_v2.h>

#  include <vector>

#  include "cumulus/memory/cuda_memory.hpp"

namespace cumulus::inline v1 {
namespace detail {

/// Every call of cuBLAS passes here. `p` gives the sizes that the message names.
/// Throws: library_error if `status` is a failure.
inline void check_cublas(cublasStatus_t status, char const* call, matmul_plan const& p) {
  if (status != CUBLAS_STATUS_SUCCESS) {
    throw library_error(std::string("matmul: ") + call + ": expected success, got " +
                        cublasGetStatusName(status) + " for " + to_string(p));
  }
}

/// The handle of this thread on `device`, which is the current one. Handles must not be shared by
/// threads that are at work, and making one costs milliseconds.
inline cublasHandle_t cublas_handle(int device, matmul_plan const& p) {
  struct thread_handles {
    std::vector<cublasHandle_t> of_device;
    ~thread_handles() {
      for (cublasHandle_t handle : of_device) {
        if (handle != nullptr) {
          cublasDestroy(handle);  // a failure when the thread ends has no one to tell
        }
      }
    }
  };
  static thread_local thread_handles handles;
  auto const index = static_cast<std::size_t>(device);
  if (handles.of_device.size() <= index) {
    handles.of_device.resize(index + 1, nullptr);
  }
  cublasHandle_t& kept = handles.of_device[index];
  if (kept == nullptr) {
    cublasHandle_t made = nullptr;
    check_cublas(cublasCreate(&made), "cublasCreate", p);
    constexpr auto ieee = static_cast<cublasMath_t>(
        CUBLAS_DEFAULT_MATH | CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION);
    cublasStatus_t const status = cublasSetMathMode(made, ieee);
    if (status != CUBLAS_STATUS_SUCCESS) {
      cublasDestroy(made);  // or the next product would run in another arithmetic
    }
    check_cublas(status, "cublasSetMathMode", p);
    kept = made;
  }
  return kept;
}

/// cuBLAS' name of an element type, what it adds in, and the type of alpha and beta.
template <class T> struct cublas_types;
template <> struct cublas_types<float> {
  static constexpr cudaDataType data = CUDA_R_32F;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  using scalar = float;
};
template <> struct cublas_types<double> {
  static constexpr cudaDataType data = CUDA_R_64F;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_64F;
  using scalar = double;
};
template <> struct cublas_types<complex<float>> {
  static constexpr cudaDataType data = CUDA_C_32F;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  using scalar = complex<float>;
};
template <> struct cublas_types<complex<double>> {
  static constexpr cudaDataType data = CUDA_C_64F;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_64F;
  using scalar = complex<double>;
};
template <> struct cublas_types<float16> {
  static constexpr cudaDataType data = CUDA_R_16F;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  using scalar = float;
};
template <> struct cublas_types<bfloat16> {
  static constexpr cudaDataType data = CUDA_R_16BF;
  static constexpr cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  using scalar = float;
};

}  // namespace detail

/// Queues the products of a plan on a stream of the current device: one call for a strided batch,
/// one for each turn of the outer loops of a nested one. c is row-major.
/// Throws: library_error if cuBLAS fails; cuda_error.
template <class T>
void matmul_cublas(matmul_plan const& p, array_view<T const, cuda> const& a,
                   array_view<T const, cuda> const& b, array_view<T, cuda> const& c,
                   stream_state& stream = current_stream_state()) {
  using types = detail::cublas_types<T>;
  cublasHandle_t const handle = detail::cublas_handle(stream.device, p);
  use_cuda_block(a.owner().context(), stream, false);
  use_cuda_block(b.owner().context(), stream, false);
  use_cuda_block(c.owner().context(), stream, true);
  detail::check_cublas(cublasSetStream(handle, stream.handle), "cublasSetStream", p);

  // cuBLAS takes column-major matrices. What is row-major here is there its transpose, so it is
  // asked for transpose(c) = transpose(b) @ transpose(a).
  auto const flag = [](product_operand const& o) {
    return o.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  };
  typename types::scalar const one(1);
  typename types::scalar const zero(0);
  int const last = p.batch.rank() - 1;
  // Distances between the matrices of one call must not be negative.
  bool const regular = last >= 0 && p.a.batch[last] >= 0 && p.b.batch[last] >= 0;
  index_t const together = regular ? p.batch[last] : 1;
  index_t const a_distance = regular ? p.a.batch[last] : 0;
  index_t const b_distance = regular ? p.b.batch[last] : 0;
  index_t const c_distance = p.rows * p.columns;
  index_t const count = p.batch.size();
  for (index_t n = 0; n < count; n += together) {
    detail::check_cublas(cublasGemmStridedBatchedEx_64(
                             handle, flag(p.b), flag(p.a), p.columns, p.rows, p.inner, &one,
                             b.data() + p.offset(p.b, n), types::data, p.b.leading, b_distance,
                             a.data() + p.offset(p.a, n), types::data, p.a.leading, a_distance,
                             &zero, c.data() + n * c_distance, types::data, p.columns, c_distance,
                             together, types::compute, CUBLAS_GEMM_DEFAULT),
                         "cublasGemmStridedBatchedEx", p);
  }
}

}  // namespace cumulus::inline v1

#endif
