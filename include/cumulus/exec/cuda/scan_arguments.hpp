// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a scan's plan to the launches of its kernels: how series are cut into tiles, and one level
// of totals after another. Ordinary code, tested without a GPU.

#include "cumulus/exec/cuda/scan_body.hpp"
#include "cumulus/exec/plan/scan_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Threads that share a tile along a series: few for a short one.
inline int scan_team(index_t length) {
  int team = 1;
  while (team < 256 && team * 8 < length) {
    team *= 2;
  }
  return team;
}

/// Whether a thread goes along a series of its own. It decides which elements are joined first, so
/// it depends on the shape alone.
inline bool goes_across(scan_plan const& plan) { return plan.behind >= 8; }

/// Elements of a tile across series: all, unless that gives too few threads.
inline index_t scan_column_tile(index_t series, index_t length) {
  constexpr index_t enough = index_t{1} << 16;
  constexpr index_t shortest = 32;
  index_t const tiles = (enough + series - 1) / series;
  index_t const tile = (length + tiles - 1) / tiles;
  return tile > shortest ? tile : shortest;
}

template <class Tree, class S>
scan_arguments<Tree, S> make_scan_arguments(scan_plan const& plan,
                                            std::span<operand const> operands, S const& scanner,
                                            int* bad_index) {
  using arguments = scan_arguments<Tree, S>;
  constexpr int count = arguments::count;
  int const rank = plan.kept_rank + plan.scanned_rank;
  arguments a{.operands = make_kernel_operands<count>(rank, plan.extent, operands, bad_index),
              .step = {},
              .row = divider(plan.extent[rank - 1]),
              .kept = plan.kept_rank,
              .scanned = plan.scanned_rank,
              .series = plan.series,
              .length = plan.length,
              .scanner = scanner};
  for (int k = 0; k < count; ++k) {
    a.step[k] = operands[k].stride[rank - 1];
  }
  a.team = scan_team(plan.length);
  a.tile = goes_across(plan) ? scan_column_tile(plan.series, plan.length) : index_t{a.team} * 8;
  a.tiles = (plan.length + a.tile - 1) / a.tile;
  a.units = divider(goes_across(plan) ? a.series : a.tiles);
  index_t const units = a.series * a.tiles;
  index_t const per_block = goes_across(plan) ? 256 : 256 / a.team;
  a.work_blocks = (units + per_block - 1) / per_block;
  // Neighbouring threads store neighbouring totals.
  a.series_stride = goes_across(plan) ? 1 : a.tiles;
  a.tile_stride = goes_across(plan) ? a.series : 1;
  return a;
}

/// Calls launch(body, arguments) for the kernels of a planned scan, in order; body is an
/// std::type_identity. allocate(n, lane) gives memory for n totals.
template <class Tree, class S, class Allocate, class Launch>
void scan_levels(scan_plan const& plan, std::span<operand const> operands, S const& scanner,
                 int* bad_index, Allocate const& allocate, Launch const& launch) {
  using L = typename S::lane;
  auto a = make_scan_arguments<Tree>(plan, operands, scanner, bad_index);
  auto const run = [&] {
    if (goes_across(plan)) {
      launch(std::type_identity<scan_columns_body<Tree, S>>{}, a);
    } else {
      launch(std::type_identity<scan_along_body<Tree, S>>{}, a);
    }
  };
  if (a.tiles > 1) {
    L* const totals = allocate(a.series * a.tiles, std::type_identity<L>{});
    a.totals = totals;
    run();
    // The totals of each series are scanned where they are.
    operand const op =
        array_operand(totals, sizeof(L), {goes_across(plan) ? a.series : a.tiles, 1});
    operand both[2] = {op, op};
    axis_set axis;
    axis.member[goes_across(plan) ? 0 : 1] = true;
    shape const s = goes_across(plan) ? shape{a.tiles, a.series} : shape{a.series, a.tiles};
    scan_plan const next = plan_scan(s, axis, both);
    using of_totals = scanner_of_lanes<S>;
    scan_levels<tree::array<L>>(next, both, of_totals{scanner.op}, nullptr, allocate, launch);
    a.totals = nullptr;
    a.before = totals;
  }
  run();
}

}  // namespace cumulus::inline CUMULUS_TARGET
