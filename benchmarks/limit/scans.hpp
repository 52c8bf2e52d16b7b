// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cumulative sums, carried in double.

#include <vector>

#include "limit/statistics.hpp"
#include "limit/transposed.hpp"

namespace limit {

constexpr int lanes = double_lanes;

/// Sums of lanes 0 … l of each lane.
template <class V> inline V running(V x) {
  constexpr V none = {};
  if constexpr (sizeof(V) == 64) {
    x += __builtin_shufflevector(x, none, 8, 0, 1, 2, 3, 4, 5, 6);
    x += __builtin_shufflevector(x, none, 8, 8, 0, 1, 2, 3, 4, 5);
    x += __builtin_shufflevector(x, none, 8, 8, 8, 8, 0, 1, 2, 3);
  } else if constexpr (sizeof(V) == 32) {
    x += __builtin_shufflevector(x, none, 4, 0, 1, 2);
    x += __builtin_shufflevector(x, none, 4, 4, 0, 1);
  } else {
    x += __builtin_shufflevector(x, none, 2, 0);
  }
  return x;
}

/// One row. The sums within two registers wait for nothing; the carry is one addition for each.
template <output Output, class T> inline void scan_row(index n, T* out, T const* x) {
  using V = vec<T, lanes>;
  double carry = 0;
  index j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    doubles const first = running(as_doubles<T>(load<V>(x + j)));
    doubles const second = running(as_doubles<T>(load<V>(x + j + lanes))) + first[lanes - 1];
    put<Output>(out + j, __builtin_convertvector(first + carry, V));
    put<Output>(out + j + lanes, __builtin_convertvector(second + carry, V));
    carry += second[lanes - 1];
  }
  for (; j < n; ++j) {
    carry += static_cast<double>(x[j]);
    out[j] = static_cast<T>(carry);
  }
}

/// As many rows as lanes, one in each: square blocks are transposed, summed down, and transposed
/// back; two of them are written at once.
template <output Output, class T> inline void scan_rows(index n, T* out, T const* x) {
  using V = vec<T, lanes>;
  doubles carry = {};
  index j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    V block[2][lanes];
    for (int r = 0; r < lanes; ++r) {
      block[0][r] = load<V>(x + r * n + j);
      block[1][r] = load<V>(x + r * n + j + lanes);
    }
    for (V(&columns)[lanes] : block) {
      transpose<T, lanes>(columns);
      for (V& column : columns) {
        carry += as_doubles<T>(column);
        column = __builtin_convertvector(carry, V);
      }
      transpose<T, lanes>(columns);
    }
    for (int r = 0; r < lanes; ++r) {
      put<Output>(out + r * n + j, block[0][r]);
      put<Output>(out + r * n + j + lanes, block[1][r]);
    }
  }
  for (; j < n; ++j) {
    for (int r = 0; r < lanes; ++r) {
      carry[r] += static_cast<double>(x[r * n + j]);
      out[r * n + j] = static_cast<T>(carry[r]);
    }
  }
}

/// Along contiguous rows of n elements.
template <output Output, class T> void cumulative_rows(index outer, index n, T* out, T const* x) {
  if constexpr (Output == output::streamed) {
    if (n % 16 != 0) {
      return cumulative_rows<output::cached>(outer, n, out, x);
    }
  }
  in_parts(outer, lanes, outer * n, [=](part own) {
    index i = own.begin;
    for (; i + lanes <= own.end; i += lanes) {
      scan_rows<Output>(n, out + i * n, x + i * n);
    }
    for (; i < own.end; ++i) {
      scan_row<Output>(n, out + i * n, x + i * n);
    }
    drain();
  });
}

/// Rows k … k + Rows of columns [0, n), which follow those that `sums` has.
template <int Rows, output Output, class T>
inline void scan_down(index n, index stride, T* out, T const* x, double* sums) {
  using V = vec<T, lanes>;
  index j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    doubles first = load<doubles>(sums + j);
    doubles second = load<doubles>(sums + j + lanes);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      index const at = r * stride + j;
      first += as_doubles<T>(load<V>(x + at));
      second += as_doubles<T>(load<V>(x + at + lanes));
      put<Output>(out + at, __builtin_convertvector(first, V));
      put<Output>(out + at + lanes, __builtin_convertvector(second, V));
    }
    store(sums + j, first);
    store(sums + j + lanes, second);
  }
  for (; j < n; ++j) {
    for (int r = 0; r < Rows; ++r) {
      sums[j] += static_cast<double>(x[r * stride + j]);
      out[r * stride + j] = static_cast<T>(sums[j]);
    }
  }
}

/// Down n columns, several rows at a time; every thread has columns of its own.
template <output Output, class T> void cumulative_columns(index rows, index n, T* out, T const* x) {
  if constexpr (Output == output::streamed) {
    if (n % 16 != 0) {
      return cumulative_columns<output::cached>(rows, n, out, x);
    }
  }
  in_parts(n, 64, rows * n, [=](part own) {
    static thread_local std::vector<double> sums;
    constexpr int together = 4;
    index const width = own.end - own.begin;
    sums.assign(static_cast<std::size_t>(width), 0.0);
    index k = 0;
    for (; k + together <= rows; k += together) {
      index const at = k * n + own.begin;
      scan_down<together, Output>(width, n, out + at, x + at, sums.data());
    }
    for (; k < rows; ++k) {
      index const at = k * n + own.begin;
      scan_down<1, Output>(width, n, out + at, x + at, sums.data());
    }
    drain();
  });
}

}  // namespace limit
