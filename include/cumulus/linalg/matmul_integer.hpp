// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exact matrix products of integers and truth values on the host, which no BLAS has; matmul calls
// it.

#include <type_traits>

#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/linalg/matmul_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// c + a * b in T, wrapping; for bool, c or (a and b).
template <class T> T multiply_add(T a, T b, T c) {
  if constexpr (std::is_same_v<T, bool>) {
    return c || (a && b);
  } else {
    // Unsigned arithmetic wraps; in 32 bits at least, since shorter types would promote to int.
    using U = std::conditional_t<sizeof(T) < 4, std::uint32_t, std::make_unsigned_t<T>>;
    return static_cast<T>(static_cast<U>(c) + static_cast<U>(a) * static_cast<U>(b));
  }
}

}  // namespace detail

/// Writes the products of a plan to c, row-major: rows of b are added to a row of c, so that the
/// inner loop walks along both.
template <class T> void matmul_integer(matmul_plan const& p, T const* a, T const* b, T* c) {
  index_t const a_row = p.a.transposed ? 1 : p.a.leading;
  index_t const a_column = p.a.transposed ? p.a.leading : 1;
  index_t const b_row = p.b.transposed ? 1 : p.b.leading;
  index_t const b_column = p.b.transposed ? p.b.leading : 1;
  auto const add_rows = [&](index_t begin, index_t end) {
    for (index_t line = begin; line < end; ++line) {
      index_t const n = line / p.rows;
      T const* const x = a + p.offset(p.a, n) + line % p.rows * a_row;
      T const* const y = b + p.offset(p.b, n);
      T* const out = c + line * p.columns;
      std::fill_n(out, p.columns, T(0));
      for (index_t k = 0; k < p.inner; ++k) {
        T const factor = x[k * a_column];
        T const* const row = y + k * b_row;
        if (b_column == 1) {
          for (index_t j = 0; j < p.columns; ++j) {
            out[j] = detail::multiply_add(factor, row[j], out[j]);
          }
        } else {
          for (index_t j = 0; j < p.columns; ++j) {
            out[j] = detail::multiply_add(factor, row[j * b_column], out[j]);
          }
        }
      }
    }
  };
  index_t const lines = p.batch.size() * p.rows;
  parallel_range(lines, 1, lines * p.columns * p.inner, add_rows);
}

}  // namespace cumulus::inline CUMULUS_TARGET
