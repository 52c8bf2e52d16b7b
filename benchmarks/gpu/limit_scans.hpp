// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cumulative sums by hand, in double.

#include "gpu/limit_elementwise.hpp"

namespace limit_gpu {

/// The inclusive sum over the threads of a block; `total` is that of all.
__device__ inline double block_scan(double own, double* warp_totals, double& total) {
  int const lane = threadIdx.x % 32;
  int const warp = threadIdx.x / 32;
#pragma unroll
  for (int step = 1; step < 32; step *= 2) {
    double const before = __shfl_up_sync(0xffffffffu, own, step);
    own += lane >= step ? before : 0.0;
  }
  if (lane == 31) {
    warp_totals[warp] = own;
  }
  __syncthreads();
  double before = 0;
  total = 0;
#pragma unroll
  for (int w = 0; w < block_threads / 32; ++w) {
    before += w < warp ? warp_totals[w] : 0.0;
    total += warp_totals[w];
  }
  __syncthreads();
  return own + before;
}

/// A block takes one row, a piece at a time.
template <int N, class T>
__global__ void scan_rows_kernel(index along, T* __restrict__ out, T const* __restrict__ x) {
  __shared__ double warp_totals[block_threads / 32];
  T const* const row = x + blockIdx.x * along;
  T* const result = out + blockIdx.x * along;
  double carry = 0;
  for (index begin = 0; begin < along; begin += N * block_threads) {
    index const i = begin + N * threadIdx.x;
    pack<T, N> value = {};
    if (i < along) {
      value = load<N>(row, i / N);
    }
    double sums[N];
    double own = 0;
#pragma unroll
    for (int k = 0; k < N; ++k) {
      own += value.v[k];
      sums[k] = own;
    }
    double total = 0;
    double const before = block_scan(own, warp_totals, total) - own + carry;
    if (i < along) {
#pragma unroll
      for (int k = 0; k < N; ++k) {
        value.v[k] = static_cast<T>(before + sums[k]);
      }
      store<N>(result, i / N, value);
    }
    carry += total;
  }
}

template <class T> void cumulative_rows(index rows, index along, T* out, T const* x) {
  constexpr int N = pack_of<T>;
  if (along % N == 0) {
    scan_rows_kernel<N><<<static_cast<unsigned>(rows), block_threads>>>(along, out, x);
  } else {
    scan_rows_kernel<1><<<static_cast<unsigned>(rows), block_threads>>>(along, out, x);
  }
}

/// The sum of each column over the rows of part blockIdx.y.
template <class T>
__global__ void part_sums_kernel(index along, index inner, index part_rows,
                                 double* __restrict__ sums, T const* __restrict__ x) {
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= inner) {
    return;
  }
  index const first = blockIdx.y * part_rows;
  index const last = first + part_rows < along ? first + part_rows : along;
  double total = 0;
#pragma unroll 8
  for (index r = first; r < last; ++r) {
    total += x[r * inner + i];
  }
  sums[blockIdx.y * inner + i] = total;
}

/// Scans the rows of a part, beginning with the sums of the parts before it.
template <class T>
__global__ void scan_parts_kernel(index along, index inner, index part_rows, T* __restrict__ out,
                                  double const* __restrict__ sums, T const* __restrict__ x) {
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= inner) {
    return;
  }
  double total = 0;
  for (unsigned part = 0; part < blockIdx.y; ++part) {
    total += sums[part * inner + i];
  }
  index const first = blockIdx.y * part_rows;
  index const last = first + part_rows < along ? first + part_rows : along;
#pragma unroll 8
  for (index r = first; r < last; ++r) {
    total += x[r * inner + i];
    out[r * inner + i] = static_cast<T>(total);
  }
}

constexpr index scan_parts = 32;

/// `sums` has room for scan_parts rows.
template <class T>
void cumulative_columns(index along, index inner, T* out, T const* x, double* sums) {
  index const part_rows = (along + scan_parts - 1) / scan_parts;
  dim3 const grid(ceiling(inner, block_threads), ceiling(along, part_rows));
  part_sums_kernel<<<grid, block_threads>>>(along, inner, part_rows, sums, x);
  scan_parts_kernel<<<grid, block_threads>>>(along, inner, part_rows, out, sums, x);
}

}  // namespace limit_gpu
