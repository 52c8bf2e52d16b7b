// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernels of a reduction on emulated grids.

#include <deque>

#include "cumulus/exec/cuda/reduce_arguments.hpp"
#include "tests/exec/emulated_grid.hpp"

namespace emulated_grid {

/// A grid to run on. Rows take any number of warps to a block.
struct grid {
  index_t blocks;
  int threads;
  thread_order order;
};

/// Runs the kernels of a planned reduction as reduce_cuda launches them.
template <class Tree, class Reducer>
void run_reduction(cumulus::reduce_plan const& plan, std::span<cumulus::operand const> operands,
                   Reducer const& reducer, grid const& g) {
  using summary = cumulus::tile_summary<Reducer>;
  index_t const tiles = cumulus::tiles_of(plan);
  bool const merges = cumulus::merges(plan);
  std::vector<summary> partial(static_cast<std::size_t>(merges ? plan.outputs * tiles : 0));
  cumulus::tile_arguments<Tree, Reducer> a(reducer);
  cumulus::tile_parts const parts(a);
  cumulus::lay_out_tiles(parts, plan, operands, nullptr, merges ? partial.data() : nullptr);
  int threads = 256;
  if (cumulus::case_of(plan) == cumulus::reduce_case::rows) {
    threads = g.threads;
    a.work_blocks = (plan.outputs * tiles + threads / 32 - 1) / (threads / 32);
  }
  emulate<cumulus::tile_body<Tree, Reducer>>(g.blocks, threads, a, g.order);
  if (merges) {
    std::deque<std::vector<summary>> memory;
    cumulus::merge_arguments<Reducer> m(reducer);
    cumulus::merge_levels(
        m, parts, plan.groups,
        [&](index_t n) { return memory.emplace_back(static_cast<std::size_t>(n)).data(); },
        [&] { emulate<cumulus::merge_body<Reducer>>(g.blocks, 256, m, g.order); });
  }
}

}  // namespace emulated_grid
