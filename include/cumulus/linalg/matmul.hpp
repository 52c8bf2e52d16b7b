// SPDX-License-Identifier: Apache-2.0
#pragma once
// matmul: the product of matrices, vectors and stacks of matrices, handed to the vendor library of
// the space.

#include "cumulus/array/ndarray.hpp"
#include "cumulus/linalg/matmul_cblas.hpp"
#include "cumulus/linalg/matmul_integer.hpp"
#include "cumulus/linalg/matmul_plan.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/linalg/matmul_cublas.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The element type that a product is computed from. cuBLAS reads the 16-bit types itself and adds
/// in float; on the host they become float first.
template <class T, class Space>
using product_type = std::conditional_t<std::is_same_v<Space, host>, compute_t<T>, T>;

/// True if X holds elements of type T that a library may read where they lie.
template <class T, class X>
inline constexpr bool readable_v =
    requires(X const& x) { x.view(); } && std::is_same_v<value_type_of<X>, T>;

template <class T, class X> product_input product_input_of(X const& x) {
  if constexpr (requires { x.view(); }) {
    return {x.shape(), x.strides(), readable_v<T, X>};
  } else {
    return {x.shape(), row_major_strides(x.shape()), true};  // an array by the time it is read
  }
}

/// The elements of x as `o` plans to read them.
template <class T, class X> auto product_elements(X const& x, product_operand const& o) {
  using Space = space_of<X>;
  using Elements = array_view<T const, Space>;
  if constexpr (requires { x.view(); }) {
    array_view<value_type_of<X> const, Space> const v(x.view());
    if (o.copied) {
      // Of a broadcast batch one matrix is copied, not all that it stands for.
      array_view<value_type_of<X> const, Space> const stored(v.owner(), v.data(), o.stored,
                                                             v.strides());
      ndarray<T, Space> const copy(converted<Space, T>("matmul", stored));
      return Elements(copy.view());
    }
    if constexpr (readable_v<T, X>) {
      return Elements(v);
    } else {
      return Elements();  // not reached: a plan copies what is not readable
    }
  } else {
    ndarray<T, Space> const copy(converted<Space, T>("matmul", x));
    return Elements(copy.view());
  }
}

}  // namespace detail

/// Matrix product: of two matrices, of a matrix and a vector, of two vectors, and of stacks of
/// matrices in the leading axes, which broadcast.
///     cm::ndarray covariance = cm::matmul(cm::transpose(x), x);
/// Shape:  (..., n, k) @ (..., k, m) -> (..., n, m); a vector (k,) loses its axis in the result.
/// Dtype:  promote_t of both. float16 and bfloat16 add in float and round once; integers wrap; bool
///         is "or of and". Integers and bool on the host only.
/// NaN:    propagates.            Empty: k = 0 gives zeros.
/// Cost:   BLAS. Operands with a unit stride in a matrix axis are read where they lie; others
///         (negative, zero, two strides, another dtype) are copied, once for a broadcast stack.
///         float32 is never rounded to TF32 or bfloat16 on a GPU.
/// Throws: shape_error if an operand has no axes, the two k differ or the stacks do not broadcast;
///         out_of_memory; library_error if cuBLAS fails.
/// Source: numpy.matmul.
template <array_like A, array_like B> auto matmul(A const& a, B const& b) {
  using Space = space_of<A>;
  static_assert(std::is_same_v<Space, space_of<B>>,
                "cumulus: matmul cannot mix host and CUDA arrays; copy one with to<cuda>() or "
                "to<host>()");
  using Result = promote_t<value_type_of<A>, value_type_of<B>>;
  using T = detail::product_type<Result, Space>;
  matmul_plan const plan =
      plan_matmul(detail::product_input_of<T>(a), detail::product_input_of<T>(b));
  ndarray<T, Space> result(plan.result);
  if (plan.what == product::zeros) {
    result.fill(false);  // the zero that every element type takes
  } else if (plan.what != product::empty) {
    auto const x = detail::product_elements<T>(a, plan.a);
    auto const y = detail::product_elements<T>(b, plan.b);
    if constexpr (std::is_same_v<Space, host>) {
      if constexpr (fixed_integer<T> || boolean<T>) {
        matmul_integer(plan, x.data(), y.data(), result.data());
      } else {
        matmul_cblas(plan, x.data(), y.data(), result.data());
      }
    } else {
      static_assert(!fixed_integer<T> && !boolean<T>,
                    "cumulus: matmul of integers or bool is on the host only (cuBLAS has no such "
                    "product); convert with astype");
#if CUMULUS_HAS_CUDA
      matmul_cublas(plan, x, y, result.view());
#else
      static_assert(std::is_same_v<Space, host>,
                    "cumulus: matmul reads CUDA arrays here, so the file must be compiled as CUDA "
                    "(nvcc)");
#endif
    }
  }
  if constexpr (std::is_same_v<T, Result>) {
    return result;
  } else {
    return ndarray<Result, Space>(converted<Space, Result>("matmul", result));
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
