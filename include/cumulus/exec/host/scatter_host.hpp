// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scatter on the host: one thread, in order, so that the last position wins.

#include "cumulus/exec/plan/elementwise_plan.hpp"
#include "cumulus/exec/plan/scatter_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// Rows of the last axis, elements of `Bytes` bytes.
template <int Bytes> void scatter_elements(scatter_plan const& plan) {
  int const rank = plan.shape.rank() > 0 ? plan.shape.rank() : 1;
  index_t const whole[] = {1};
  index_t const* const extent = plan.shape.rank() > 0 ? plan.shape.begin() : whole;
  operand const operands[] = {plan.index.op, plan.target.op, plan.value.op};
  index_t const length = extent[rank - 1];
  index_t const index_step = operands[0].stride[rank - 1];
  index_t const target_step = operands[1].stride[rank - 1] * Bytes;
  index_t const value_step = operands[2].stride[rank - 1] * Bytes;
  row_walker rows(rank, extent, operands, 0);
  for (index_t r = plan.shape.size() / length; r > 0; --r, rows.next()) {
    auto const* const index = reinterpret_cast<index_t const*>(rows.at()[0]);
    auto* const target = const_cast<std::byte*>(rows.at()[1]);
    std::byte const* const value = rows.at()[2];
    if (index_step == 0 && target_step == Bytes && value_step == Bytes) {
      std::memcpy(target + *index * Bytes, value, static_cast<std::size_t>(length * Bytes));
      continue;
    }
    for (index_t j = 0; j < length; ++j) {
      std::memcpy(target + index[j * index_step] * Bytes + j * target_step, value + j * value_step,
                  Bytes);
    }
  }
}

}  // namespace detail

inline void scatter_host(scatter_plan const& plan) {
  if (plan.shape.size() == 0) {
    return;
  }
  switch (plan.target.op.item_bytes) {
    case 1:
      return detail::scatter_elements<1>(plan);
    case 2:
      return detail::scatter_elements<2>(plan);
    case 4:
      return detail::scatter_elements<4>(plan);
    case 8:
      return detail::scatter_elements<8>(plan);
    default:
      return detail::scatter_elements<16>(plan);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
