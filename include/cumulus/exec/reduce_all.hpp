// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several reductions of the same elements in one pass over them: plans as for one reduction and
// calls the loops of the space. Each has the bits that it has alone (docs/summation.md).

#include <tuple>

#include "cumulus/exec/host/statistics_host.hpp"
#include "cumulus/exec/reduce.hpp"

#if CUMULUS_HAS_CUDA
#  include "cumulus/exec/cuda/statistics_reducer.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// One of several statistics: a reducer, and whether NaN counts.
template <class Reducer, bool SkipsNan> struct one_statistic {
  using accumulation = typename Reducer::accumulation;
  static constexpr bool skips_nan = SkipsNan;
  Reducer reducer;
};

namespace detail {

/// What the loops of several statistics are told.
template <class... Statistic> struct statistics_request {
  std::byte* const* outs;
  std::tuple<Statistic const&...> statistics;
};

template <class Tree, class Space, class... Statistic>
void sweep_statistics(reduce_plan const& plan, std::span<operand const> operands,
                      [[maybe_unused]] void* const* contexts, void const* request) {
  auto const& asked = *static_cast<statistics_request<Statistic...> const*>(request);
  std::apply(
      [&](auto const&... statistic) {
        if constexpr (std::is_same_v<Space, host>) {
          reduce_all_host<Tree>(plan, operands, asked.outs, statistic...);
        } else {
#if CUMULUS_HAS_CUDA
          reduce_cuda<Tree>(plan, operands, std::span<void* const>(contexts, operands.size()),
                            make_statistics_reducer(asked.outs, statistic...));
#else
          static_assert(std::is_same_v<Space, host>,
                        "cumulus: this reduction reads CUDA arrays, so the file must be compiled "
                        "as CUDA (nvcc); a C++ file may only hold, move and copy them");
#endif
        }
      },
      asked.statistics);
}

}  // namespace detail

/// Reduces e over the axes of `set`. The target tells the first output and the mask; outputs are
/// new and have the same strides in elements, and `outs` says where each begins.
template <class Tree, class Space, class... Statistic>
void reduce_all(expression<Tree, Space> const& e, axis_set const& set, reduce_target const& target,
                std::byte* const* outs, Statistic const&... statistic) {
  detail::statistics_request<Statistic...> const request{outs, {statistic...}};
  reduce_leaves(std::span<leaf const>(e.leaves(), Tree::leaf_count), e.shape(), set, target,
                detail::sweep_statistics<Tree, Space, Statistic...>, &request);
}

}  // namespace cumulus::inline CUMULUS_TARGET
