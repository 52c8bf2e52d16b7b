// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions and scans by hand: states of double accumulators, one for each element of a 16-byte
// pack, in two stages: parts of the reduced axis, then the merge of the parts.

#include "gpu/limit_elementwise.hpp"

namespace limit_gpu {

// --- states: what one thread knows of the elements that it met -----------------------------------

template <class T> struct sum_state {
  using result = T;
  double total;
  __device__ explicit sum_state(T) : total(0) {}
  __device__ void add(T x, index) { total += x; }
  __device__ void merge(sum_state const& o) { total += o.total; }
  __device__ T finish(index) const { return static_cast<T>(total); }
};

template <class T> struct mean_state : sum_state<T> {
  using sum_state<T>::sum_state;
  __device__ T finish(index n) const {
    return static_cast<T>(this->total / static_cast<double>(n));
  }
};

/// Sums of x - origin and of its square, where the origin is the first element of all.
template <class T> struct var_state {
  using result = T;
  double origin;
  double total;
  double squares;
  __device__ explicit var_state(T first) : origin(first), total(0), squares(0) {}
  __device__ void add(T x, index) {
    double const d = x - origin;
    total += d;
    squares += d * d;
  }
  __device__ void merge(var_state const& o) {
    total += o.total;
    squares += o.squares;
  }
  __device__ T finish(index n) const {
    double const count = static_cast<double>(n);
    return static_cast<T>((squares - total * total / count) / count);
  }
};

template <class T> struct nanmean_state {
  using result = T;
  double total;
  index valid;
  __device__ explicit nanmean_state(T) : total(0), valid(0) {}
  __device__ void add(T x, index) {
    bool const number = x == x;
    total += number ? x : T(0);
    valid += number ? 1 : 0;
  }
  __device__ void merge(nanmean_state const& o) {
    total += o.total;
    valid += o.valid;
  }
  __device__ T finish(index) const { return static_cast<T>(total / static_cast<double>(valid)); }
};

/// The smallest (+1) or largest (-1) element; NaN stays, as in the library.
template <class T, int Sign> struct extreme_state {
  using result = T;
  T best;
  __device__ explicit extreme_state(T first) : best(first) {}
  __device__ void add(T x, index) {
    bool const better = Sign > 0 ? x < best : x > best;
    best = better || x != x ? x : best;
  }
  __device__ void merge(extreme_state const& o) { add(o.best, 0); }
  __device__ T finish(index) const { return best; }
};
template <class T> using min_state = extreme_state<T, 1>;
template <class T> using max_state = extreme_state<T, -1>;

/// The position of the first smallest (+1) or largest (-1) element.
template <class T, int Sign> struct position_state {
  using result = std::int64_t;
  T best;
  index at;
  __device__ explicit position_state(T first) : best(first), at(0) {}
  __device__ void add(T x, index i) {
    bool const better = Sign > 0 ? x < best : x > best;
    bool const first = x == best && i < at;
    at = better || first ? i : at;
    best = better ? x : best;
  }
  __device__ void merge(position_state const& o) { add(o.best, o.at); }
  __device__ std::int64_t finish(index) const { return at; }
};
template <class T> using argmin_state = position_state<T, 1>;
template <class T> using argmax_state = position_state<T, -1>;

/// Room for states in shared memory, which may have no constructor.
template <class State> struct raw_states {
  alignas(State) unsigned char bytes[block_threads * sizeof(State)];
  __device__ State& operator[](int i) { return reinterpret_cast<State*>(bytes)[i]; }
};

/// The merge of all threads' states, right in thread 0.
template <class State> __device__ void merge_block(State& own, raw_states<State>& shared) {
  int const thread = threadIdx.x;
  shared[thread] = own;
  __syncthreads();
#pragma unroll
  for (int half = block_threads / 2; half > 0; half /= 2) {
    if (thread < half) {
      shared[thread].merge(shared[thread + half]);
    }
    __syncthreads();
  }
  own = shared[0];
}

/// State k of a thread's N becomes part of state 0.
template <int N, class State> __device__ void merge_lanes(State* states) {
#pragma unroll
  for (int k = 1; k < N; ++k) {
    states[0].merge(states[k]);
  }
}

template <class State, std::size_t... K, class T>
__device__ auto states_of(T const (&first)[sizeof...(K)], std::index_sequence<K...>) {
  struct lanes {
    State s[sizeof...(K)];
  };
  return lanes{{State(first[K])...}};
}

// --- rows: along contiguous elements -------------------------------------------------------------

/// Block (part, row) reduces every parts-th piece of a row.
template <int N, class State, class T>
__global__ void rows_kernel(index along, T const* __restrict__ x, State* __restrict__ parts,
                            typename State::result* __restrict__ out) {
  __shared__ raw_states<State> shared;
  T const* const row = x + blockIdx.y * along;
  T first[N];
#pragma unroll
  for (int k = 0; k < N; ++k) {
    first[k] = row[0];
  }
  auto lanes = states_of<State>(first, std::make_index_sequence<N>{});
  index const packs = along / N;
  index const stride = index{gridDim.x} * block_threads;
#pragma unroll 4
  for (index i = index{blockIdx.x} * block_threads + threadIdx.x; i < packs; i += stride) {
    pack<T, N> const value = load<N>(row, i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      lanes.s[k].add(value.v[k], i * N + k);
    }
  }
  if (blockIdx.x == 0) {
    for (index i = packs * N + threadIdx.x; i < along; i += block_threads) {
      lanes.s[0].add(row[i], i);
    }
  }
  merge_lanes<N>(lanes.s);
  merge_block(lanes.s[0], shared);
  if (threadIdx.x == 0) {
    if (parts != nullptr) {
      parts[index{blockIdx.y} * gridDim.x + blockIdx.x] = lanes.s[0];
    } else {
      out[blockIdx.y] = lanes.s[0].finish(along);
    }
  }
}

/// Block r merges the parts of result r.
template <class State>
__global__ void merge_rows_kernel(int count, index along, State const* __restrict__ parts,
                                  typename State::result* __restrict__ out) {
  __shared__ raw_states<State> shared;
  State const* const own = parts + index{blockIdx.x} * count;
  int const thread = threadIdx.x;
  // Threads without a part would need an empty state: they take none and others do not ask them.
  State state = own[thread < count ? thread : 0];
  for (int k = thread + block_threads; k < count; k += block_threads) {
    state.merge(own[k]);
  }
  shared[thread] = state;
  __syncthreads();
  int const present = count < block_threads ? count : block_threads;
  for (int half = block_threads / 2; half > 0; half /= 2) {
    if (thread < half && thread + half < present) {
      shared[thread].merge(shared[thread + half]);
    }
    __syncthreads();
  }
  if (thread == 0) {
    out[blockIdx.x] = shared[0].finish(along);
  }
}

/// Parts of a row so that the blocks fill the device; one where the rows do so by themselves.
inline int row_parts(index rows, index along) {
  index const wanted = index{multiprocessors()} * 8 / rows;
  return static_cast<int>(std::clamp<index>(wanted, 1, along / (block_threads * 4) + 1));
}

template <class State, class T>
void reduce_rows(index rows, index along, typename State::result* out, T const* x, State* parts) {
  constexpr int N = pack_of<T>;
  int const count = row_parts(rows, along);
  dim3 const grid(static_cast<unsigned>(count), static_cast<unsigned>(rows));
  State* const into = count > 1 ? parts : nullptr;
  if (rows == 1 || along % N == 0) {
    rows_kernel<N><<<grid, block_threads>>>(along, x, into, out);
  } else {
    rows_kernel<1><<<grid, block_threads>>>(along, x, into, out);
  }
  if (count > 1) {
    merge_rows_kernel<<<static_cast<unsigned>(rows), block_threads>>>(count, along, parts, out);
  }
}

// --- columns: across rows ------------------------------------------------------------------------

/// Part p of each column is rows p, p + parts, p + 2 parts ...; without `parts` each is a result of
/// its own, as the groups of months are.
template <int N, class State, class T>
__global__ void columns_kernel(index along, index inner, T const* __restrict__ x,
                               State* __restrict__ parts,
                               typename State::result* __restrict__ out) {
  index const packs = inner / N;
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= packs) {
    return;
  }
  pack<T, N> const first = load<N>(x, i);
  auto lanes = states_of<State>(first.v, std::make_index_sequence<N>{});
  index members = 0;
#pragma unroll 4
  for (index r = blockIdx.y; r < along; r += gridDim.y) {
    pack<T, N> const value = load<N>(x, r * packs + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      lanes.s[k].add(value.v[k], r);
    }
    ++members;
  }
#pragma unroll
  for (int k = 0; k < N; ++k) {
    index const at = blockIdx.y * inner + i * N + k;
    if (parts != nullptr) {
      parts[at] = lanes.s[k];
    } else {
      out[at] = lanes.s[k].finish(members);
    }
  }
}

template <class State>
__global__ void merge_columns_kernel(int count, index along, index inner,
                                     State const* __restrict__ parts,
                                     typename State::result* __restrict__ out) {
  index const i = index{blockIdx.x} * block_threads + threadIdx.x;
  if (i >= inner) {
    return;
  }
  State state = parts[i];
  for (int p = 1; p < count; ++p) {
    state.merge(parts[p * inner + i]);
  }
  out[i] = state.finish(along);
}

/// Parts of a column so that the threads fill the device, few enough that their states are little
/// beside the elements.
inline int column_parts(index along, index inner) {
  index const elements = index{multiprocessors()} * 1024 * 4;
  return static_cast<int>(std::clamp<index>(elements / inner, 1, std::max<index>(along / 16, 1)));
}

/// `groups` 0: one result for each column; else one for each column and group r mod groups.
template <class State, class T>
void reduce_columns(index along, index inner, int groups, typename State::result* out, T const* x,
                    State* parts) {
  constexpr int N = pack_of<T>;
  int const count = groups > 0 ? groups : column_parts(along, inner);
  bool const merges = groups == 0 && count > 1;
  State* const into = merges ? parts : nullptr;
  bool const aligned = inner % N == 0;
  dim3 const grid(ceiling(aligned ? inner / N : inner, block_threads),
                  static_cast<unsigned>(count));
  if (aligned) {
    columns_kernel<N><<<grid, block_threads>>>(along, inner, x, into, out);
  } else {
    columns_kernel<1><<<grid, block_threads>>>(along, inner, x, into, out);
  }
  if (merges) {
    merge_columns_kernel<<<ceiling(inner, block_threads), block_threads>>>(count, along, inner,
                                                                           parts, out);
  }
}

}  // namespace limit_gpu
