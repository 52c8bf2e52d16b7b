// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scatter on a GPU: one kernel, or three where positions may name the same element.

#include "cumulus/exec/cuda/launch_cuda.hpp"
#include "cumulus/exec/cuda/scatter_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

template <int Bytes> void scatter_elements_cuda(scatter_plan const& plan) {
  stream_state& stream = current_stream_state();
  use_cuda_block(plan.index.owner.context(), stream, false);
  use_cuda_block(plan.value.owner.context(), stream, false);
  use_cuda_block(plan.target.owner.context(), stream, true);
  launch_shape grid;
  grid.blocks = blocks_for(plan.shape.size(), grid.threads);
  if (plan.distinct) {
    launch_cuda<scatter_body<Bytes, scatter_pass::write>>("scatter", grid, stream,
                                                          make_scatter_arguments(plan, nullptr));
    return;
  }
  buffer const claims =
      allocate_cuda((plan.reach.end - plan.reach.begin) / Bytes * sizeof(long long));
  use_cuda_block(claims.context(), stream, true);
  auto const a = make_scatter_arguments(plan, static_cast<long long*>(claims.data()));
  launch_cuda<scatter_body<Bytes, scatter_pass::clear>>("scatter clear", grid, stream, a);
  launch_cuda<scatter_body<Bytes, scatter_pass::claim>>("scatter claim", grid, stream, a);
  launch_cuda<scatter_body<Bytes, scatter_pass::settle>>("scatter settle", grid, stream, a);
}

}  // namespace detail

/// A template only so that a file without a scatter compiles none of these kernels.
template <memory_space Space> void scatter_cuda(scatter_plan const& plan) {
  if (plan.shape.size() == 0) {
    return;
  }
  switch (plan.target.op.item_bytes) {
    case 1:
      return detail::scatter_elements_cuda<1>(plan);
    case 2:
      return detail::scatter_elements_cuda<2>(plan);
    case 4:
      return detail::scatter_elements_cuda<4>(plan);
    case 8:
      return detail::scatter_elements_cuda<8>(plan);
    default:
      return detail::scatter_elements_cuda<16>(plan);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
