// SPDX-License-Identifier: Apache-2.0
#pragma once
// a + b transposed, in tiles: 8 by 8 elements are transposed in registers; a panel of rows of the
// result is finished from left to right, so that every line of b is read once.

#include "limit/vector.hpp"

namespace limit {

/// Rows of an 8 by 8 block become its columns: in three steps, each of which exchanges blocks of
/// 1, 2 and 4.
template <class T> inline void transpose8(vec<T, 8> (&r)[8]) {
  using V = vec<T, 8>;
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
}

/// out[i..i+8, j..j+16] of n by m elements, so that lines are written whole; b has m rows of n.
template <output Output, class T>
inline void block(index n, index m, index i, index j, T* out, T const* a, T const* b) {
  using V = vec<T, 8>;
  V left[8];
  V right[8];
  for (int k = 0; k < 8; ++k) {
    left[k] = load<V>(b + (j + k) * n + i);
    right[k] = load<V>(b + (j + 8 + k) * n + i);
  }
  transpose8<T>(left);
  transpose8<T>(right);
  for (int k = 0; k < 8; ++k) {
    index const at = (i + k) * m + j;
    put<Output>(out + at, load<V>(a + at) + left[k]);
    put<Output>(out + at + 8, load<V>(a + at + 8) + right[k]);
  }
}

template <output Output, class T>
void transposed_add(index n, index m, T* out, T const* a, T const* b) {
  constexpr index panel = 64;  // rows of the result: contiguous elements of b
  constexpr index step = 16;   // columns: two blocks fill a line of floats
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
        for (index i = i0; i < i0 + panel; i += 8) {
          block<Output>(n, m, i, j0, out, a, b);
        }
      }
    }
    drain();
  });
}

}  // namespace limit
