// SPDX-License-Identifier: Apache-2.0
// The calls that matmul makes of cuBLAS, without a GPU: this program brings its own cuBLAS, written
// from NVIDIA's definition of gemm (column-major, alpha op(A) op(B) + beta C) as plain loops over
// host memory. Oracle: products of small whole numbers, which are exact, summed over logical
// indices.
#include "cumulus/linalg/matmul_cublas.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#if CUMULUS_HAS_CUDA

namespace {

namespace cm = cumulus;
using cm::index_t;

struct calls_seen {
  int created = 0;
  int destroyed = 0;
  int gemm = 0;
  cudaStream_t stream = nullptr;
  cublasMath_t math = CUBLAS_TF32_TENSOR_OP_MATH;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F_FAST_TF32;
  cudaDataType data = CUDA_R_8I;
  cublasStatus_t answer = CUBLAS_STATUS_SUCCESS;
  cublasStatus_t math_answer = CUBLAS_STATUS_SUCCESS;
};
calls_seen seen;

}  // namespace

extern "C" {

cublasStatus_t CUBLASWINAPI cublasCreate_v2(cublasHandle_t* handle) {
  *handle = reinterpret_cast<cublasHandle_t>(&seen);
  ++seen.created;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t CUBLASWINAPI cublasDestroy_v2(cublasHandle_t) {
  ++seen.destroyed;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t CUBLASWINAPI cublasSetStream_v2(cublasHandle_t, cudaStream_t stream) {
  seen.stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t CUBLASWINAPI cublasSetMathMode(cublasHandle_t, cublasMath_t mode) {
  if (seen.math_answer == CUBLAS_STATUS_SUCCESS) {
    seen.math = mode;
  }
  return seen.math_answer;
}
char const* CUBLASWINAPI cublasGetStatusName(cublasStatus_t) { return "CUBLAS_STATUS_AS_ASKED"; }

cublasStatus_t CUBLASWINAPI cublasGemmStridedBatchedEx_64(
    cublasHandle_t, cublasOperation_t op_a, cublasOperation_t op_b, std::int64_t m, std::int64_t n,
    std::int64_t k, void const* alpha, void const* a_data, cudaDataType a_type, std::int64_t lda,
    long long a_distance, void const* b_data, cudaDataType b_type, std::int64_t ldb,
    long long b_distance, void const* beta, void* c_data, cudaDataType c_type, std::int64_t ldc,
    long long c_distance, std::int64_t count, cublasComputeType_t compute, cublasGemmAlgo_t) {
  ++seen.gemm;
  seen.compute = compute;
  seen.data = c_type;
  if (seen.answer != CUBLAS_STATUS_SUCCESS) {
    return seen.answer;
  }
  // What cuBLAS requires of its arguments.
  EXPECT_TRUE(a_type == CUDA_R_64F && b_type == CUDA_R_64F && c_type == CUDA_R_64F);
  EXPECT_TRUE(a_distance >= 0 && b_distance >= 0 && count > 0 && m > 0 && n > 0 && k > 0);
  EXPECT_GE(lda, op_a == CUBLAS_OP_N ? m : k);
  EXPECT_GE(ldb, op_b == CUBLAS_OP_N ? k : n);
  EXPECT_GE(ldc, m);
  for (std::int64_t batch = 0; batch < count; ++batch) {
    double const* const a = static_cast<double const*>(a_data) + batch * a_distance;
    double const* const b = static_cast<double const*>(b_data) + batch * b_distance;
    double* const c = static_cast<double*>(c_data) + batch * c_distance;
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = 0; i < m; ++i) {
        double sum = 0;
        for (std::int64_t l = 0; l < k; ++l) {
          sum += (op_a == CUBLAS_OP_N ? a[i + l * lda] : a[l + i * lda]) *
                 (op_b == CUBLAS_OP_N ? b[l + j * ldb] : b[j + l * ldb]);
        }
        double const scaled = *static_cast<double const*>(alpha) * sum;
        double const factor = *static_cast<double const*>(beta);
        c[i + j * ldc] = factor == 0 ? scaled : scaled + factor * c[i + j * ldc];
      }
    }
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"

namespace {

// Host memory dressed as views of a device: only the cuBLAS above looks at it.
struct operand {
  cm::shape shape;
  cm::strides strides;
  index_t first = 0;  // position of the first element in the storage

  double at(std::vector<double> const& storage, cm::shape const& index) const {
    index_t position = first;
    for (int k = 0; k < strides.rank(); ++k) {
      position += index[k] * strides[k];
    }
    return storage.at(static_cast<std::size_t>(position));
  }
};

operand whole(cm::shape const& s) { return {s, cm::row_major_strides(s)}; }

// One product of a (..., n, k) and b (..., k, m), both with the same leading extents.
void expect_products(operand const& a, operand const& b, int calls) {
  std::vector<double> storage(400);
  for (std::size_t i = 0; i < storage.size(); ++i) {
    storage[i] = static_cast<double>(i * 7919 % 101) - 50;
  }
  auto const p = cm::plan_matmul({a.shape, a.strides}, {b.shape, b.strides});
  ASSERT_FALSE(p.a.copied || p.b.copied);
  SCOPED_TRACE(to_string(p));
  std::vector<double> c(static_cast<std::size_t>(p.result.size()), 1e300);

  cm::stream_state stream;
  stream.handle = reinterpret_cast<cudaStream_t>(&seen);
  seen.gemm = 0;
  cm::matmul_cublas<double>(
      p, cm::array_view<double const, cm::cuda>({}, storage.data() + a.first, a.shape, a.strides),
      cm::array_view<double const, cm::cuda>({}, storage.data() + b.first, b.shape, b.strides),
      cm::array_view<double, cm::cuda>({}, c.data(), p.result, cm::row_major_strides(p.result)),
      stream);
  EXPECT_EQ(seen.gemm, calls);
  EXPECT_EQ(seen.stream, stream.handle);

  int const rank = p.result.rank();
  index_t const inner = a.shape.back();
  for (index_t n = 0; n < p.result.size(); ++n) {
    cm::shape index = cm::shape::filled(rank, 0);
    for (int k = rank - 1, rest = static_cast<int>(n); k >= 0; --k) {
      index[k] = rest % p.result[k];
      rest /= static_cast<int>(p.result[k]);
    }
    double sum = 0;
    for (index_t k = 0; k < inner; ++k) {
      cm::shape in_a = index;
      in_a[rank - 1] = k;
      cm::shape in_b = index;
      in_b[rank - 2] = k;
      sum += a.at(storage, in_a) * b.at(storage, in_b);
    }
    EXPECT_EQ(c[static_cast<std::size_t>(n)], sum) << "at " << to_string(index);
  }
}

TEST(MatmulCublas, MultipliesRowMajorMatrices) {
  expect_products(whole({3, 4}), whole({4, 5}), 1);
  expect_products(whole({1, 4}), whole({4, 1}), 1);
}

TEST(MatmulCublas, MultipliesTransposedAndSlicedMatrices) {
  expect_products({{3, 4}, {1, 3}}, whole({4, 5}), 1);
  expect_products(whole({3, 4}), {{4, 5}, {1, 4}}, 1);
  expect_products({{3, 4}, {1, 9}, 2}, {{4, 5}, {1, 7}, 5}, 1);
  expect_products({{3, 4}, {11, 1}, 3}, {{4, 5}, {8, 1}, 1}, 1);
}

TEST(MatmulCublas, MultipliesStacksInOneCall) {
  expect_products(whole({6, 3, 4}), whole({6, 4, 5}), 1);
  expect_products(whole({2, 3, 3, 4}), whole({2, 3, 4, 5}), 1);
  expect_products({{6, 3, 4}, {15, 1, 3}}, {{6, 4, 5}, {0, 5, 1}}, 1);
  expect_products({{6, 3, 4}, {0, 4, 1}}, whole({6, 4, 5}), 1);
}

TEST(MatmulCublas, LoopsOverIrregularStacks) {
  expect_products({{3, 5, 2, 4}, {8, 0, 4, 1}}, {{3, 5, 4, 2}, {0, 8, 2, 1}}, 3);
  // A stack walked backwards: one call for each product.
  expect_products({{5, 2, 4}, {-8, 4, 1}, 32}, whole({5, 4, 2}), 5);
}

// One handle serves this thread; no mode lets cuBLAS round float to TF32.
TEST(MatmulCublas, MakesOneHandleWithIeeeArithmetic) {
  expect_products(whole({3, 4}), whole({4, 5}), 1);
  EXPECT_EQ(seen.created - seen.destroyed, 1);
  EXPECT_EQ(seen.math & 0xf, CUBLAS_DEFAULT_MATH);
  EXPECT_EQ(seen.compute, CUBLAS_COMPUTE_64F);
}

// A product of one element on a stream of a device.
void multiply_on(int device) {
  double x = 1;
  cm::shape const s{1, 1};
  auto const p = cm::plan_matmul({s, {1, 1}}, {s, {1, 1}});
  cm::array_view<double, cm::cuda> const v({}, &x, s, {1, 1});
  cm::stream_state stream;
  stream.device = device;
  cm::matmul_cublas<double>(p, v, v, v, stream);
}

// In a thread of its own, which has no handle yet.
TEST(MatmulCublas, HasAHandleForEachDeviceOfAThread) {
  calls_seen const before = seen;
  std::thread([] {
    for (int device : {1, 0, 1, 0}) {
      multiply_on(device);
    }
  }).join();
  EXPECT_EQ(seen.created, before.created + 2);
  EXPECT_EQ(seen.destroyed, before.destroyed + 2);
}

TEST(MatmulCublas, KeepsNoHandleInAnotherArithmetic) {
  calls_seen const before = seen;
  std::thread([] {
    seen.math_answer = CUBLAS_STATUS_NOT_INITIALIZED;
    EXPECT_THROW(multiply_on(0), cm::library_error);
    seen.math_answer = CUBLAS_STATUS_SUCCESS;
    seen.math = CUBLAS_TF32_TENSOR_OP_MATH;
    multiply_on(0);
    EXPECT_EQ(seen.math & 0xf, CUBLAS_DEFAULT_MATH);
  }).join();
  EXPECT_EQ(seen.created, before.created + 2);
  EXPECT_EQ(seen.destroyed, before.destroyed + 2);
}

template <class T> void expect_types(cudaDataType data, cublasComputeType_t compute) {
  T x(1);
  cm::shape const s{1, 1};
  auto const p = cm::plan_matmul({s, {1, 1}}, {s, {1, 1}});
  cm::array_view<T, cm::cuda> const v({}, &x, s, {1, 1});
  cm::stream_state stream;
  seen.answer = CUBLAS_STATUS_EXECUTION_FAILED;
  std::string message;
  try {
    cm::matmul_cublas<T>(p, v, v, v, stream);
  } catch (cm::library_error const& e) {
    message = e.what();
  }
  seen.answer = CUBLAS_STATUS_SUCCESS;
  EXPECT_EQ(message,
            "matmul: cublasGemmStridedBatchedEx: expected success, got CUBLAS_STATUS_AS_ASKED for "
            "single (1, 1) @ (1, 1), a leading 1, b leading 1");
  EXPECT_EQ(seen.data, data);
  EXPECT_EQ(seen.compute, compute);
}

// The types of NVIDIA's table of cublasGemmEx; a failure is reported with the call and its sizes.
TEST(MatmulCublas, NamesEachElementTypeAndReportsFailures) {
  expect_types<float>(CUDA_R_32F, CUBLAS_COMPUTE_32F);
  expect_types<double>(CUDA_R_64F, CUBLAS_COMPUTE_64F);
  expect_types<cm::complex<float>>(CUDA_C_32F, CUBLAS_COMPUTE_32F);
  expect_types<cm::complex<double>>(CUDA_C_64F, CUBLAS_COMPUTE_64F);
  expect_types<cm::float16>(CUDA_R_16F, CUBLAS_COMPUTE_32F);
  expect_types<cm::bfloat16>(CUDA_R_16BF, CUBLAS_COMPUTE_32F);
}

}  // namespace

#else

TEST(MatmulCublas, IsCompiledAsCuda) { GTEST_SKIP() << "a C++ build has no cuBLAS to call"; }

#endif
