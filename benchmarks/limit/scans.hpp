// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cumulative sums, carried in double.

#include <algorithm>
#include <vector>

#include "limit/statistics.hpp"

namespace limit {

/// Sums of lanes 0 … l of each lane.
inline doubles running(doubles x) {
  doubles const none = {};
  x += __builtin_shufflevector(x, none, 8, 0, 1, 2, 3, 4, 5, 6);
  x += __builtin_shufflevector(x, none, 8, 8, 0, 1, 2, 3, 4, 5);
  x += __builtin_shufflevector(x, none, 8, 8, 8, 8, 0, 1, 2, 3);
  return x;
}

/// `Rows` rows at a time, since each waits for its own carry.
template <int Rows, output Output, class T> inline void scan_rows(index n, T* out, T const* x) {
  using V = vec<T, lanes>;
  double carry[Rows] = {};
  index j = 0;
  for (; j + lanes <= n; j += lanes) {
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      doubles const s = running(as_doubles<T>(load<V>(x + r * n + j))) + carry[r];
      put<Output>(out + r * n + j, __builtin_convertvector(s, V));
      carry[r] = s[lanes - 1];
    }
  }
  for (; j < n; ++j) {
    for (int r = 0; r < Rows; ++r) {
      carry[r] += static_cast<double>(x[r * n + j]);
      out[r * n + j] = static_cast<T>(carry[r]);
    }
  }
}

/// Along contiguous rows of n elements.
template <output Output, class T> void cumulative_rows(index outer, index n, T* out, T const* x) {
  in_parts(outer, 4, outer * n, [=](part own) {
    index i = own.begin;
    for (; i + 4 <= own.end; i += 4) {
      // Streams need aligned rows.
      if (n % 16 == 0) {
        scan_rows<4, Output>(n, out + i * n, x + i * n);
      } else {
        scan_rows<4, output::cached>(n, out + i * n, x + i * n);
      }
    }
    for (; i < own.end; ++i) {
      scan_rows<1, output::cached>(n, out + i * n, x + i * n);
    }
    drain();
  });
}

/// Down the columns of n columns, in tiles whose sums stay in the first cache.
template <output Output, class T> void cumulative_columns(index rows, index n, T* out, T const* x) {
  constexpr index tile = 2048;
  using V = vec<T, lanes>;
  in_parts(n, 64, rows * n, [=](part own) {
    std::vector<double> sums(tile);
    for (index begin = own.begin; begin < own.end; begin += tile) {
      index const end = begin + tile < own.end ? begin + tile : own.end;
      bool const whole = n % 16 == 0 && (end - begin) % lanes == 0;
      std::fill(sums.begin(), sums.end(), 0.0);
      for (index k = 0; k < rows; ++k) {
        T const* const from = x + k * n + begin;
        T* const to = out + k * n + begin;
        index j = 0;
        for (; whole && j < end - begin; j += lanes) {
          doubles const s = load<doubles>(sums.data() + j) + as_doubles<T>(load<V>(from + j));
          store(sums.data() + j, s);
          put<Output>(to + j, __builtin_convertvector(s, V));
        }
        for (; j < end - begin; ++j) {
          sums[j] += static_cast<double>(from[j]);
          to[j] = static_cast<T>(sums[j]);
        }
      }
    }
    drain();
  });
}

}  // namespace limit
