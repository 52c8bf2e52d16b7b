// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a scan is swept: its axes merged where memory allows, and the case that decides which loop
// runs. Made on the host, printable, tested without a GPU. Which elements are joined in which order
// is a function of the shape and the space, never of the number of threads.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/plan/reduce_plan.hpp"

namespace cumulus::inline v1 {

/// Elements that the host joins one after the other where few long series are split.
inline constexpr index_t scan_tile = 1024;

enum class scan_case {
  empty,    ///< nothing to do
  lines,    ///< series one after the other, each along the scanned axis
  tiles,    ///< few long series, in tiles that begin with the total of those before
  columns,  ///< neighbours in memory belong to different series, which advance together
};

inline char const* name_of(scan_case c) {
  constexpr char const* names[] = {"empty", "lines", "tiles", "columns"};
  return names[static_cast<int>(c)];
}

struct scan_plan {
  scan_case what = scan_case::empty;
  bool across = false;  ///< neighbours of the last kept axis lie side by side in the result
  int kept_rank = 0;
  int scanned_rank = 0;  ///< more than one only where all axes are scanned
  /// Kept axes, then scanned axes, each outermost first; operands have strides in this order.
  index_t extent[max_rank] = {};
  index_t series = 1;  ///< scans that know nothing of each other
  index_t length = 1;  ///< elements of each
  index_t behind = 1;  ///< series whose elements are neighbours in the shape's order

  int row_axis() const {
    return what == scan_case::columns ? kept_rank - 1 : kept_rank + scanned_rank - 1;
  }
  index_t tiles() const { return (length + scan_tile - 1) / scan_tile; }
};

/// "columns: kept (64800,) scanned (240,)".
inline std::string to_string(scan_plan const& p) {
  auto const list = [&](int first, int count) {
    return to_string(shape(std::span<index_t const>(p.extent + first, count)));
  };
  return std::string(name_of(p.what)) + ": kept " + list(0, p.kept_rank) + " scanned " +
         list(p.kept_rank, p.scanned_rank);
}

/// Plans a scan of `s` along the axes of `set`: one, or all. `operands` holds the output first,
/// whose elements go by the shape's order of axes, then the leaves; all have strides over s, which
/// are rewritten in the plan's order of axes.
inline scan_plan plan_scan(shape const& s, axis_set const& set, std::span<operand> operands) {
  constexpr index_t few_series = 16;
  constexpr index_t fewest_columns = 8;
  constexpr index_t shortest_split = 8 * scan_tile;
  scan_plan plan;
  int axes[max_rank];
  int rank = 0;
  for (bool scanned : {false, true}) {
    for (int k = 0; k < s.rank(); ++k) {
      if (set.member[k] == scanned && s[k] != 1) {
        axes[rank++] = k;
        ++(scanned ? plan.scanned_rank : plan.kept_rank);
        (scanned ? plan.length : plan.series) *= s[k];
      }
    }
  }
  for (int k = s.rank() - 1; k >= 0 && !set.member[k]; --k) {
    plan.behind *= s[k];
  }
  detail::take_axes(plan.extent, operands, s, {axes, static_cast<std::size_t>(rank)});
  // The merged scanned axes move up behind the merged kept ones.
  int const kept = detail::merge_axes(plan.extent, operands, 0, plan.kept_rank);
  int const scanned = detail::merge_axes(plan.extent, operands, plan.kept_rank, plan.scanned_rank);
  for (int k = 0; k < scanned; ++k) {
    plan.extent[kept + k] = plan.extent[plan.kept_rank + k];
    detail::copy_axis(operands, kept + k, plan.kept_rank + k);
  }
  plan.kept_rank = kept;
  plan.scanned_rank = scanned;
  if (s.size() == 0) {
    return plan;
  }
  if (scanned == 0) {  // one element to each series
    plan.extent[kept] = 1;
    plan.scanned_rank = 1;
    for (operand& o : operands) {
      o.stride[kept] = 1;
    }
  }
  plan.across = plan.scanned_rank == 1 && kept > 0 && operands[0].stride[kept - 1] == 1 &&
                plan.extent[kept - 1] >= fewest_columns;
  plan.what = plan.series < few_series && plan.length > shortest_split ? scan_case::tiles
              : plan.across                                            ? scan_case::columns
                                                                       : scan_case::lines;
  return plan;
}

}  // namespace cumulus::inline v1
