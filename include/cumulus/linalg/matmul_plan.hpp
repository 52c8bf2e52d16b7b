// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a matrix product is handed to a vendor library: what is copied first, leading dimensions and
// transposition, and the batch as few regular loops. Made on the host, printable, tested without
// any library.

#include <algorithm>
#include <string>

#include "cumulus/core/broadcast.hpp"

namespace cumulus::inline v1 {

/// What a product looks like once its axes are merged.
enum class product {
  empty,          ///< the result has no elements
  zeros,          ///< nothing is summed: every element is 0
  single,         ///< one pair of matrices
  strided_batch,  ///< pairs at constant distances
  nested_batch,   ///< strided batches inside further loops
};

inline char const* name_of(product p) {
  constexpr char const* names[] = {"empty", "zeros", "single", "strided_batch", "nested_batch"};
  return names[static_cast<int>(p)];
}

/// What is known of an operand before it is read. `readable` is false for elements of another type
/// than the library's and for expressions, which become a new row-major array in any case.
struct product_input {
  cumulus::shape shape;
  cumulus::strides strides;
  bool readable = true;
};

/// An operand as the library reads it. Its memory holds lines of consecutive elements, `leading`
/// elements apart: the rows of the matrix, or its columns if it is transposed.
struct product_operand {
  bool copied = false;    ///< made row-major, of shape `stored`, before the call
  cumulus::shape stored;  ///< the operand's shape with broadcast batch axes at extent 1
  bool transposed = false;
  index_t leading = 1;
  index_t batch[max_rank] = {};  ///< distance between matrices along the plan's batch axes
};

struct matmul_plan {
  product what = product::empty;
  cumulus::shape result;  ///< of matmul(a, b)
  index_t rows = 1;       ///< of one product, as are the next two
  index_t columns = 1;
  index_t inner = 1;     ///< extent that is summed over
  cumulus::shape batch;  ///< merged batch axes, outermost first
  product_operand a;
  product_operand b;

  /// Distance from the first matrix of an operand to number n of the batch.
  index_t offset(product_operand const& o, index_t n) const {
    index_t sum = 0;
    for (int k = batch.rank() - 1; k >= 0; --k) {
      sum += n % batch[k] * o.batch[k];
      n /= batch[k];
    }
    return sum;
  }
};

/// "single (6, 4) @ (4, 5), a leading 4, b transposed copied leading 4".
inline std::string to_string(matmul_plan const& p) {
  auto const operand = [](char const* name, product_operand const& o) {
    return std::string(", ") + name + (o.transposed ? " transposed" : "") +
           (o.copied ? " copied" : "") + " leading " + std::to_string(o.leading);
  };
  std::string text = name_of(p.what);
  if (p.what == product::strided_batch || p.what == product::nested_batch) {
    text += " " + to_string(p.batch) + " of";
  }
  text += " " + to_string(shape{p.rows, p.inner}) + " @ " + to_string(shape{p.inner, p.columns});
  return text + operand("a", p.a) + operand("b", p.b);
}

namespace detail {

/// The batch axes of an operand: all but its matrix.
inline shape batch_of(shape const& s) {
  return shape(std::span<index_t const>(s.begin(), std::max(s.rank() - 2, 0)));
}

/// Chooses how the matrix of `in` is read. A vector is a matrix of one row (as the first operand)
/// or one column (as the second); `batch` receives strides over the operand's own batch axes.
inline product_operand plan_operand(product_input const& in, bool first, strides& batch) {
  product_operand o;
  int const rank = in.shape.rank();
  o.stored = in.shape;
  for (int k = 0; k + 2 < rank; ++k) {
    o.stored[k] = in.strides[k] == 0 && in.shape[k] > 0 ? 1 : in.shape[k];
  }
  index_t const length = in.shape[rank - 1];
  index_t const step = in.strides[rank - 1];
  bool const vector = rank == 1;
  index_t const rows = vector ? (first ? 1 : length) : in.shape[rank - 2];
  index_t const columns = vector && !first ? 1 : length;
  index_t const row_step = vector ? (first ? length : step) : in.strides[rank - 2];
  index_t const column_step = vector && !first ? 1 : step;

  // A single line has no distance to the next one: any legal leading dimension will do.
  bool const by_rows = (column_step == 1 || columns <= 1) &&
                       (row_step >= std::max<index_t>(columns, 1) || rows <= 1);
  bool const by_columns =
      (row_step == 1 || rows <= 1) && (column_step >= std::max<index_t>(rows, 1) || columns <= 1);
  o.copied = !in.readable || (!by_rows && !by_columns);
  o.transposed = !o.copied && !by_rows;
  if (o.copied) {
    o.leading = std::max<index_t>(columns, 1);
  } else if (by_rows) {
    o.leading = rows <= 1 ? std::max<index_t>(columns, 1) : row_step;
  } else {
    o.leading = columns <= 1 ? std::max<index_t>(rows, 1) : column_step;
  }
  strides const st = o.copied ? row_major_strides(o.stored) : in.strides;
  batch = strides(std::span<index_t const>(st.begin(), std::max(rank - 2, 0)));
  return o;
}

/// Merges neighbouring batch axes that both operands walk evenly; the result always does.
inline void merge_batch(matmul_plan& p, shape const& batch, strides const& a, strides const& b) {
  for (int k = 0; k < batch.rank(); ++k) {
    if (batch[k] == 1) {
      continue;
    }
    int const last = p.batch.rank() - 1;
    if (last >= 0 && p.a.batch[last] == a[k] * batch[k] && p.b.batch[last] == b[k] * batch[k]) {
      p.batch[last] *= batch[k];
    } else {
      p.batch.push_back(batch[k]);
    }
    p.a.batch[p.batch.rank() - 1] = a[k];
    p.b.batch[p.batch.rank() - 1] = b[k];
  }
}

/// Many matrices times one: if the matrices of a lie below each other they are one tall matrix.
inline void stack_rows(matmul_plan& p) {
  int const last = p.batch.rank() - 1;
  if (last < 0 || p.a.transposed || p.b.batch[last] != 0) {
    return;
  }
  index_t const distance = p.a.batch[last];
  bool const stacked =
      p.rows == 1 ? distance >= std::max<index_t>(p.inner, 1) : distance == p.rows * p.a.leading;
  if (stacked) {
    p.a.leading = p.rows == 1 ? distance : p.a.leading;
    p.rows *= p.batch[last];
    p.batch.erase(last);
  }
}

}  // namespace detail

/// Shape of matmul(a, b).
/// Throws: shape_error if an operand has no axes, the summed extents differ, the batch axes do not
/// broadcast or the size does not fit.
inline shape matmul_shape(shape const& a, shape const& b) {
  auto const both = ", got " + to_string(a) + " and " + to_string(b);
  if (a.rank() == 0 || b.rank() == 0) {
    throw shape_error("matmul: expected operands with at least one axis" + both);
  }
  index_t const b_inner = b[std::max(b.rank() - 2, 0)];
  if (a.back() != b_inner) {
    throw shape_error("matmul: expected (..., n, k) and (..., k, m) with the same k" + both);
  }
  shape result;
  try {
    result = broadcast_shapes(detail::batch_of(a), detail::batch_of(b), "matmul");
  } catch (shape_error const&) {
    throw shape_error("matmul: expected leading axes that broadcast" + both);
  }
  if (a.rank() > 1) {
    result.push_back(a[a.rank() - 2]);
  }
  if (b.rank() > 1) {
    result.push_back(b.back());
  }
  checked_size(result, 1, "matmul");
  return result;
}

/// Plans a product.
/// Throws: as matmul_shape.
inline matmul_plan plan_matmul(product_input const& a, product_input const& b) {
  matmul_plan p;
  p.result = matmul_shape(a.shape, b.shape);
  p.rows = a.shape.rank() > 1 ? a.shape[a.shape.rank() - 2] : 1;
  p.columns = b.shape.rank() > 1 ? b.shape.back() : 1;
  p.inner = a.shape.back();
  strides a_batch;
  strides b_batch;
  p.a = detail::plan_operand(a, true, a_batch);
  p.b = detail::plan_operand(b, false, b_batch);
  if (p.result.size() == 0 || p.inner == 0) {
    p.what = p.result.size() == 0 ? product::empty : product::zeros;
    return p;
  }
  shape const a_axes = detail::batch_of(p.a.stored);
  shape const b_axes = detail::batch_of(p.b.stored);
  shape const batch =
      broadcast_shapes(detail::batch_of(a.shape), detail::batch_of(b.shape), "matmul");
  detail::merge_batch(p, batch, broadcast_strides(a_axes, a_batch, batch, "matmul"),
                      broadcast_strides(b_axes, b_batch, batch, "matmul"));
  detail::stack_rows(p);
  p.what = p.batch.rank() == 0   ? product::single
           : p.batch.rank() == 1 ? product::strided_batch
                                 : product::nested_batch;
  return p;
}

}  // namespace cumulus::inline v1
