// SPDX-License-Identifier: Apache-2.0

#include "limit/exp_sin.hpp"

#include <cmath>

#include "limit/vector.hpp"

namespace limit {
namespace {

template <class T> void compute(index begin, index end, T* out, T const* x) {
#pragma omp simd
  for (index i = begin; i < end; ++i) {
    out[i] = std::exp(-x[i] * x[i]) * std::sin(x[i]);
  }
}

template <class T> void cached(index n, T* out, T const* x) {
  in_parts(n, 64, n, [=](part own) { compute(own.begin, own.end, out, x); });
}

template <class T> void streamed(index n, T* out, T const* x) {
  constexpr index block = 1024;
  in_parts(n, block, n, [=](part own) {
    constexpr int width = register_bytes / sizeof(T);
    alignas(64) T values[block];
    index i = own.begin;
    for (; i + block <= own.end; i += block) {
      compute<T>(0, block, values, x + i);
      for (index k = 0; k < block; k += width) {
        stream(out + i + k, load<vec<T, width>>(values + k));
      }
    }
    compute(i, own.end, out, x);
    drain();
  });
}

}  // namespace

void exp_sin(index n, float* out, float const* x) { cached(n, out, x); }
void exp_sin(index n, double* out, double const* x) { cached(n, out, x); }
void exp_sin_streamed(index n, float* out, float const* x) { streamed(n, out, x); }
void exp_sin_streamed(index n, double* out, double const* x) { streamed(n, out, x); }

}  // namespace limit
