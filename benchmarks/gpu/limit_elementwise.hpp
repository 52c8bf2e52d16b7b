// SPDX-License-Identifier: Apache-2.0
#pragma once
// Kernels by hand, elementwise and broadcast: 128-bit accesses, several independent loads in
// flight, loops over the grid.

#include <algorithm>

#include "gpu/device_problem.hpp"

namespace limit_gpu {

using bench::index;

constexpr int block_threads = 256;

inline int multiprocessors() {
  static int const count = [] {
    int n = 0;
    bench::check(cudaDeviceGetAttribute(&n, cudaDevAttrMultiProcessorCount, 0),
                 "cudaDeviceGetAttribute");
    return n;
  }();
  return count;
}

inline unsigned ceiling(index n, index d) { return static_cast<unsigned>((n + d - 1) / d); }

/// Blocks for so many threads' work, at most what fills the device some times over.
inline unsigned blocks_for(index threads) {
  index const most = index{multiprocessors()} * 32;
  return static_cast<unsigned>(
      std::clamp<index>((threads + block_threads - 1) / block_threads, 1, most));
}

/// N elements that are read and written at once, 16 bytes at a time where they are as many.
template <class T, int N> struct alignas(N * sizeof(T) < 16 ? N * sizeof(T) : 16) pack {
  T v[N];
};

template <int N, class T> __device__ pack<T, N> load(T const* x, index i) {
  return reinterpret_cast<pack<T, N> const*>(x)[i];
}
template <int N, class T> __device__ void store(T* out, index i, pack<T, N> const& value) {
  reinterpret_cast<pack<T, N>*>(out)[i] = value;
}

/// Elements in 16 bytes of the smallest of the types.
template <class... T> constexpr int pack_of = 16 / static_cast<int>(std::min({sizeof(T)...}));

// --- elementwise -------------------------------------------------------------------------------

template <int N, class F, class R, class... T>
__device__ void one_pack(index i, F const& f, R* out, T const*... in) {
  auto const values = [&](auto const&... x) {
    pack<R, N> result;
#pragma unroll
    for (int k = 0; k < N; ++k) {
      result.v[k] = f(x.v[k]...);
    }
    return result;
  };
  store<N>(out, i, values(load<N>(in, i)...));
}

/// __restrict__ lets the loads of all steps go before the first store. Where the output is an input
/// as well, each element is still read before it is written, by the same thread.
template <int N, class F, class R, class... T>
__global__ void elementwise_kernel(index n, F f, R* __restrict__ out, T const* __restrict__... in) {
  constexpr int steps = 4;
  index const packs = n / N;
  index const stride = index{gridDim.x} * block_threads * steps;
  for (index i = index{blockIdx.x} * block_threads * steps + threadIdx.x; i < packs; i += stride) {
    if (i + (steps - 1) * block_threads < packs) {
#pragma unroll
      for (int step = 0; step < steps; ++step) {
        one_pack<N>(i + step * block_threads, f, out, in...);
      }
    } else {
      for (index j = i; j < packs; j += block_threads) {
        one_pack<N>(j, f, out, in...);
      }
    }
  }
  if (blockIdx.x == 0) {
    for (index i = packs * N + threadIdx.x; i < n; i += block_threads) {
      out[i] = f(in[i]...);
    }
  }
}

template <class F, class R, class... T>
void elementwise(index n, F const& f, R* out, T const*... in) {
  constexpr int N = pack_of<R, T...>;
  elementwise_kernel<N><<<blocks_for(n / N / 4 + 1), block_threads>>>(n, f, out, in...);
}

struct copy_of {
  template <class T> __device__ T operator()(T x) const { return x; }
};
struct triad_of {
  template <class T> __device__ T operator()(T x, T y) const { return x + 3 * y; }
};
struct fma_sqrt_of {
  template <class T> __device__ T operator()(T a, T b, T c) const {
    return a * b + 2 * c - sqrt(fabs(a));
  }
};
struct exp_sin_of {
  template <class T> __device__ T operator()(T x) const { return exp(-x * x) * sin(x); }
};
struct where_of {
  template <class T> __device__ T operator()(T x) const { return x > T(0.5) ? x * x : -x; }
};
struct axpy_of {
  template <class T> __device__ T operator()(T x, T y) const { return y + T(2.5) * x; }
};
template <class R> struct converted {
  template <class T> __device__ R operator()(T x) const { return static_cast<R>(x); }
};
template <class T> struct filled {
  T value;
  __device__ T operator()() const { return value; }
};

// --- broadcasts --------------------------------------------------------------------------------

/// out(t, i) = x(t, i) - m(t mod period, i). A thread keeps its elements of m and walks through the
/// times of one phase: those of chunk c begin at c * period * steps.
template <int N, class T>
__global__ void anomaly_kernel(index times, index inner, index period, index steps,
                               T* __restrict__ out, T const* __restrict__ x,
                               T const* __restrict__ m) {
  index const packs = inner / N;
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= packs) {
    return;
  }
  index const phase = blockIdx.y % period;
  index const first = blockIdx.y / period * period * steps + phase;
  index const last = first + period * steps < times ? first + period * steps : times;
  pack<T, N> const mean = load<N>(m, phase * packs + i);
#pragma unroll 4
  for (index t = first; t < last; t += period) {
    pack<T, N> value = load<N>(x, t * packs + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      value.v[k] -= mean.v[k];
    }
    store<N>(out, t * packs + i, value);
  }
}

template <class T>
void anomaly(index times, index inner, index period, T* out, T const* x, T const* m) {
  constexpr index steps = 8;
  constexpr int N = pack_of<T>;
  bool const aligned = inner % N == 0;
  index const packs = aligned ? inner / N : inner;
  dim3 const grid(ceiling(packs, block_threads),
                  ceiling(times, period * steps) * static_cast<unsigned>(period));
  if (aligned) {
    anomaly_kernel<N><<<grid, block_threads>>>(times, inner, period, steps, out, x, m);
  } else {
    anomaly_kernel<1><<<grid, block_threads>>>(times, inner, period, steps, out, x, m);
  }
}

/// out(r, c) = x(r, c) + row(c) + column(r); a thread keeps its elements of the row.
template <int N, class T>
__global__ void row_column_kernel(index rows, index columns, index steps, T* __restrict__ out,
                                  T const* __restrict__ x, T const* __restrict__ row,
                                  T const* __restrict__ column) {
  index const packs = columns / N;
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= packs) {
    return;
  }
  pack<T, N> const across = load<N>(row, i);
  index const first = blockIdx.y * steps;
  index const last = first + steps < rows ? first + steps : rows;
#pragma unroll 4
  for (index r = first; r < last; ++r) {
    T const down = column[r];
    pack<T, N> value = load<N>(x, r * packs + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      value.v[k] = value.v[k] + across.v[k] + down;
    }
    store<N>(out, r * packs + i, value);
  }
}

template <class T>
void row_and_column(index rows, index columns, T* out, T const* x, T const* row, T const* column) {
  constexpr index steps = 8;
  constexpr int N = pack_of<T>;
  bool const aligned = columns % N == 0;
  dim3 const grid(ceiling(aligned ? columns / N : columns, block_threads), ceiling(rows, steps));
  if (aligned) {
    row_column_kernel<N><<<grid, block_threads>>>(rows, columns, steps, out, x, row, column);
  } else {
    row_column_kernel<1><<<grid, block_threads>>>(rows, columns, steps, out, x, row, column);
  }
}

/// out(i, j) = a(i, j) + b(j, i): tiles of b turn in shared memory, whose rows are one longer than
/// the tile so that neither direction meets a bank twice.
constexpr int tile = 32;
constexpr int tile_rows = 8;

template <class T>
__global__ void transposed_add_kernel(index n, index m, T* __restrict__ out,
                                      T const* __restrict__ a, T const* __restrict__ b) {
  __shared__ T turned[tile][tile + 1];
  index const tiles_across = (m + tile - 1) / tile;
  index const i0 = blockIdx.x / tiles_across * tile;
  index const j0 = blockIdx.x % tiles_across * tile;
#pragma unroll
  for (int k = 0; k < tile; k += tile_rows) {
    index const j = j0 + threadIdx.y + k;
    index const i = i0 + threadIdx.x;
    if (i < n && j < m) {
      turned[threadIdx.y + k][threadIdx.x] = b[j * n + i];
    }
  }
  __syncthreads();
#pragma unroll
  for (int k = 0; k < tile; k += tile_rows) {
    index const i = i0 + threadIdx.y + k;
    index const j = j0 + threadIdx.x;
    if (i < n && j < m) {
      out[i * m + j] = a[i * m + j] + turned[threadIdx.x][threadIdx.y + k];
    }
  }
}

template <class T> void transposed_add(index n, index m, T* out, T const* a, T const* b) {
  unsigned const tiles = ceiling(n, tile) * ceiling(m, tile);
  transposed_add_kernel<<<tiles, dim3(tile, tile_rows)>>>(n, m, out, a, b);
}

}  // namespace limit_gpu
