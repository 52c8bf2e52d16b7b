// SPDX-License-Identifier: Apache-2.0
#pragma once
// a + b transposed, in tiles: square blocks are transposed in registers; a panel of rows of the
// result is finished from left to right, so that every line of b is read once.

#include "limit/statistics.hpp"

namespace limit {

/// Rows of an N by N block become its columns: in steps, each of which exchanges blocks of 1, 2, …
/// N / 2.
template <class T, int N> inline void transpose(vec<T, N> (&r)[N]) {
  using V = vec<T, N>;
  if constexpr (N == 8) {
    for (int k = 0; k < 8; k += 2) {
      V const a = r[k];
      V const b = r[k + 1];
      r[k] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
      r[k + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int k : {0, 1, 4, 5}) {
      V const a = r[k];
      V const b = r[k + 2];
      r[k] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
      r[k + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int k = 0; k < 4; ++k) {
      V const a = r[k];
      V const b = r[k + 4];
      r[k] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
      r[k + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    }
  } else if constexpr (N == 4) {
    for (int k : {0, 2}) {
      V const a = r[k];
      V const b = r[k + 1];
      r[k] = __builtin_shufflevector(a, b, 0, 4, 2, 6);
      r[k + 1] = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    }
    for (int k : {0, 1}) {
      V const a = r[k];
      V const b = r[k + 2];
      r[k] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
      r[k + 2] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    }
  } else {
    static_assert(N == 2);
    V const a = r[0];
    V const b = r[1];
    r[0] = __builtin_shufflevector(a, b, 0, 2);
    r[1] = __builtin_shufflevector(a, b, 1, 3);
  }
}

/// out[i..i+N, j..j+Blocks*N] of n by m elements; b has m rows of n. As many blocks side by side as
/// registers hold, lest lines be written in parts.
template <output Output, int N, int Blocks, class T>
inline void block(index n, index m, index i, index j, T* out, T const* a, T const* b) {
  using V = vec<T, N>;
  V turned[Blocks][N];
#pragma GCC unroll 8
  for (int l = 0; l < Blocks; ++l) {
    for (int k = 0; k < N; ++k) {
      turned[l][k] = load<V>(b + (j + l * N + k) * n + i);
    }
    transpose<T, N>(turned[l]);
  }
  for (int k = 0; k < N; ++k) {
    index const at = (i + k) * m + j;
#pragma GCC unroll 8
    for (int l = 0; l < Blocks; ++l) {
      put<Output>(out + at + l * N, load<V>(a + at + l * N) + turned[l][k]);
    }
  }
}

template <output Output, class T>
void transposed_add(index n, index m, T* out, T const* a, T const* b) {
  constexpr index panel = 64;  // rows of the result: contiguous elements of b
  constexpr int width = element_lanes<T>;
  constexpr int blocks = register_bytes == 64 || sizeof(T) == 8 ? 2 : 1;
  constexpr index step = 16;  // columns: a line of floats
  in_parts(n, panel, n * m, [=](part own) {
    for (index i0 = own.begin; i0 < own.end; i0 += panel) {
      index const rows = own.end - i0 < panel ? own.end - i0 : panel;
      for (index j0 = 0; j0 < m; j0 += step) {
        index const columns = m - j0 < step ? m - j0 : step;
        if (rows < panel || columns < step || (Output == output::streamed && m % 16 != 0)) {
          for (index i = i0; i < i0 + rows; ++i) {
            for (index j = j0; j < j0 + columns; ++j) {
              out[i * m + j] = a[i * m + j] + b[j * n + i];
            }
          }
          continue;
        }
        for (index i = i0; i < i0 + panel; i += width) {
          for (index j = j0; j < j0 + step; j += blocks * width) {
            block<Output, width, blocks>(n, m, i, j, out, a, b);
          }
        }
      }
    }
    drain();
  });
}

}  // namespace limit
