// SPDX-License-Identifier: Apache-2.0
#pragma once
// Matrix products on the host through the CBLAS interface; matmul calls it. CBLAS reports no
// errors: the plan has made every size legal.

#include <cblas.h>

#include <limits>

#include "cumulus/core/complex.hpp"
#include "cumulus/linalg/matmul_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

// One name for the four types of BLAS. c = a @ b, or c += a @ b; all row-major.
#define CUMULUS_CBLAS_PRODUCTS(T, S, gemm, gemv, scalar)                                         \
  inline void blas_gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, T const* a, \
                        int lda, T const* b, int ldb, bool add, T* c, int ldc) {                 \
    S const one = 1;                                                                             \
    S const beta = add ? S(1) : S(0);                                                            \
    gemm(CblasRowMajor, ta, tb, m, n, k, scalar one, a, lda, b, ldb, scalar beta, c, ldc);       \
  }                                                                                              \
  inline void blas_gemv(CBLAS_TRANSPOSE ta, int m, int n, T const* a, int lda, T const* x,       \
                        int incx, T* y, int incy) {                                              \
    S const one = 1;                                                                             \
    gemv(CblasRowMajor, ta, m, n, scalar one, a, lda, x, incx, scalar one, y, incy);             \
  }
CUMULUS_CBLAS_PRODUCTS(float, float, cblas_sgemm, cblas_sgemv, )
CUMULUS_CBLAS_PRODUCTS(double, double, cblas_dgemm, cblas_dgemv, )
CUMULUS_CBLAS_PRODUCTS(complex<float>, complex<float>, cblas_cgemm, cblas_cgemv, &)
CUMULUS_CBLAS_PRODUCTS(complex<double>, complex<double>, cblas_zgemm, cblas_zgemv, &)
#undef CUMULUS_CBLAS_PRODUCTS

/// A part of one product, small enough for CBLAS: extents and leading dimensions fit its integers.
template <class T> struct blas_block {
  bool a_transposed;
  bool b_transposed;
  int rows;
  int columns;
  int inner;
  T const* a;
  int lda;
  T const* b;
  int ldb;
  T* c;
  int ldc;
};

/// c = a @ b, or c += a @ b. A product with one row or column is a matrix times a vector, for which
/// gemv reads the matrix once where gemm would pack it first.
template <class T> void multiply_block(blas_block<T> const& p, bool add) {
  auto const flag = [](bool transposed) { return transposed ? CblasTrans : CblasNoTrans; };
  bool const column = p.columns == 1;
  if (!column && p.rows != 1) {
    blas_gemm(flag(p.a_transposed), flag(p.b_transposed), p.rows, p.columns, p.inner, p.a, p.lda,
              p.b, p.ldb, add, p.c, p.ldc);
    return;
  }
  // Versions of gemv disagree about a NaN that stands in y when beta is 0: y starts at 0 instead.
  int const y_step = column ? p.ldc : 1;
  for (int i = 0; !add && i < (column ? p.rows : p.columns); ++i) {
    p.c[static_cast<index_t>(i) * y_step] = T(0);
  }
  if (column) {
    // gemv's extents are those of the matrix as it lies in memory.
    blas_gemv(flag(p.a_transposed), p.a_transposed ? p.inner : p.rows,
              p.a_transposed ? p.rows : p.inner, p.a, p.lda, p.b, p.b_transposed ? 1 : p.ldb, p.c,
              y_step);
  } else {
    blas_gemv(flag(!p.b_transposed), p.b_transposed ? p.columns : p.inner,
              p.b_transposed ? p.inner : p.columns, p.b, p.ldb, p.a, p.a_transposed ? p.lda : 1,
              p.c, y_step);
  }
}

/// One product of the plan, in as many blocks as 32-bit sizes demand: almost always one. Where the
/// lines of a matrix lie further apart than a leading dimension can say, a block has one line.
template <class T>
void multiply_one(matmul_plan const& p, T const* a, T const* b, T* c, index_t limit) {
  index_t rows = std::min(p.rows, limit);
  index_t columns = std::min(p.columns, limit);
  index_t inner = std::min(p.inner, limit);
  if (p.a.leading > limit) {
    (p.a.transposed ? inner : rows) = 1;
  }
  if (p.b.leading > limit) {
    (p.b.transposed ? columns : inner) = 1;
  }
  if (p.columns > limit) {
    rows = 1;
  }
  auto const at = [](product_operand const& o, index_t row, index_t column) {
    return o.transposed ? column * o.leading + row : row * o.leading + column;
  };
  auto const small = [limit](index_t leading) {
    return static_cast<int>(std::min(leading, limit));
  };
  for (index_t i = 0; i < p.rows; i += rows) {
    for (index_t j = 0; j < p.columns; j += columns) {
      for (index_t k = 0; k < p.inner; k += inner) {
        multiply_block(blas_block<T>{.a_transposed = p.a.transposed,
                                     .b_transposed = p.b.transposed,
                                     .rows = static_cast<int>(std::min(rows, p.rows - i)),
                                     .columns = static_cast<int>(std::min(columns, p.columns - j)),
                                     .inner = static_cast<int>(std::min(inner, p.inner - k)),
                                     .a = a + at(p.a, i, k),
                                     .lda = small(p.a.leading),
                                     .b = b + at(p.b, k, j),
                                     .ldb = small(p.b.leading),
                                     .c = c + i * p.columns + j,
                                     .ldc = small(p.columns)},
                       k != 0);
      }
    }
  }
}

}  // namespace detail

/// Writes the products of a plan to c, row-major. `limit` is the largest size that CBLAS is given.
template <class T>
void matmul_cblas(matmul_plan const& p, T const* a, T const* b, T* c,
                  index_t limit = std::numeric_limits<int>::max()) {
  index_t const count = p.batch.size();
  for (index_t n = 0; n < count; ++n) {
    detail::multiply_one(p, a + p.offset(p.a, n), b + p.offset(p.b, n), c + n * p.rows * p.columns,
                         limit);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
