// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a reduction is swept: which axes are kept and which reduced, merged where memory allows, and
// whether work goes along the reduced elements (rows) or across them (columns). Made on the host,
// printable, tested without a GPU. The order of a sum never depends on it (docs/summation.md).

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/plan/elementwise_plan.hpp"
#include "cumulus/exec/plan/group_plan.hpp"

namespace cumulus::inline v1 {

enum class reduction {
  empty,    ///< no outputs
  whole,    ///< everything to one number, neighbours in memory are added
  rows,     ///< neighbours in memory are added
  columns,  ///< neighbours in memory belong to different outputs
  general,  ///< no unit stride in either direction
};

inline char const* name_of(reduction r) {
  constexpr char const* names[] = {"empty", "whole", "rows", "columns", "general"};
  return names[static_cast<int>(r)];
}

struct reduce_plan {
  reduction what = reduction::empty;
  bool across = false;    ///< work runs across outputs: the last kept axis is the row
  bool has_mask = false;  ///< the last operand is a mask of bool
  int kept_rank = 0;
  int reduced_rank = 0;
  /// Kept axes, then reduced axes, each outermost first; operands have strides in this order.
  index_t extent[max_rank] = {};
  index_t outputs = 1;
  index_t length = 1;  ///< elements reduced to one output, or members of the largest group
  /// Positions along the single reduced axis that take part, in order; all of them if null.
  index_t const* members = nullptr;
  /// Groups of members, each of which has outputs of its own; null: there are none.
  group_table const* groups = nullptr;

  int row_axis() const { return across ? kept_rank - 1 : kept_rank + reduced_rank - 1; }
  index_t tiles() const { return (length + tile_length - 1) / tile_length; }
  /// Outputs side by side in one row when work runs across them.
  index_t columns() const { return across ? extent[kept_rank - 1] : 1; }
};

/// "columns: kept (64800,) reduced (240,)".
inline std::string to_string(reduce_plan const& p) {
  auto const list = [&](int first, int count) {
    return to_string(shape(std::span<index_t const>(p.extent + first, count)));
  };
  return std::string(name_of(p.what)) + ": kept " + list(0, p.kept_rank) + " reduced " +
         list(p.kept_rank, p.reduced_rank);
}

namespace detail {

/// How far apart neighbours along an axis lie in memory, summed over the arrays.
CUMULUS_ONCE inline index_t spread(std::span<operand const> operands, int axis) {
  index_t sum = 0;
  for (operand const& o : operands.subspan(1)) {
    if (o.in_memory()) {
      index_t const step = o.stride[axis] < 0 ? -o.stride[axis] : o.stride[axis];
      sum += step < (index_t{1} << 40) ? step : index_t{1} << 40;
    }
  }
  return sum;
}

/// Makes `axes` of `s`, in this order, the axes of the extents and of the operands.
CUMULUS_ONCE inline void take_axes(index_t* extent, std::span<operand> operands, shape const& s,
                                   std::span<int const> axes) {
  for (operand& o : operands) {
    index_t stride[max_rank] = {};
    for (std::size_t k = 0; k < axes.size(); ++k) {
      stride[k] = o.stride[axes[k]];
    }
    plain::copy(stride, stride + max_rank, o.stride);
  }
  for (std::size_t k = 0; k < axes.size(); ++k) {
    extent[k] = s[axes[k]];
  }
}

/// Merges the axes [first, first + count) where every operand allows it; returns how many are left.
CUMULUS_ONCE inline int merge_axes(index_t* extent, std::span<operand> operands, int first,
                                   int count) {
  if (count == 0) {
    return 0;
  }
  int last = first;
  for (int k = first + 1; k < first + count; ++k) {
    if (continues(operands, last, k, extent[k])) {
      extent[last] *= extent[k];
    } else {
      extent[++last] = extent[k];
    }
    copy_axis(operands, last, k);
  }
  return last + 1 - first;
}

}  // namespace detail

/// Plans a reduction of `s` over `set`. `operands` holds the output first (stride 0 along reduced
/// axes), then the leaves and, if has_mask, the mask; all have strides over s, which are rewritten
/// in the plan's order of axes. With groups, set is the one axis that they divide.
CUMULUS_ONCE inline reduce_plan plan_reduction(shape const& s, axis_set const& set,
                                               std::span<operand> operands, bool has_mask,
                                               group_table const* groups = nullptr) {
  reduce_plan plan;
  bool const grouped = groups != nullptr;
  plan.has_mask = has_mask;
  int axes[max_rank];
  int rank = 0;
  for (bool reduced : {false, true}) {
    for (int k = 0; k < s.rank(); ++k) {
      bool const in_group = grouped && set.member[k];
      if (set.member[k] == reduced && (s[k] != 1 || in_group)) {
        axes[rank++] = k;
        ++(reduced ? plan.reduced_rank : plan.kept_rank);
      }
      (reduced ? plan.length : plan.outputs) *= set.member[k] == reduced ? s[k] : 1;
    }
  }
  // Kept axes go by memory, so that the last one has the closest neighbours.
  for (int i = 1; i < plan.kept_rank; ++i) {
    for (int j = i;
         j > 0 && detail::spread(operands, axes[j - 1]) < detail::spread(operands, axes[j]); --j) {
      std::swap(axes[j - 1], axes[j]);
    }
  }
  detail::take_axes(plan.extent, operands, s, {axes, static_cast<std::size_t>(rank)});
  if (grouped) {
    plan.groups = groups;
    plan.members = groups->members;
    plan.length = groups->plan->longest();
  }
  // The merged reduced axes move up behind the merged kept ones.
  int const kept = detail::merge_axes(plan.extent, operands, 0, plan.kept_rank);
  int const reduced =
      grouped ? plan.reduced_rank
              : detail::merge_axes(plan.extent, operands, plan.kept_rank, plan.reduced_rank);
  for (int k = 0; k < reduced; ++k) {
    plan.extent[kept + k] = plan.extent[plan.kept_rank + k];
    detail::copy_axis(operands, kept + k, plan.kept_rank + k);
  }
  plan.kept_rank = kept;
  plan.reduced_rank = reduced;
  if (plan.outputs == 0) {
    return plan;
  }
  plan.across = kept > 0 && (reduced == 0 || detail::spread(operands, kept - 1) <
                                                 detail::spread(operands, kept + reduced - 1));
  if (!plan.across && reduced == 0) {  // one element to one output
    plan.extent[kept] = 1;
    plan.reduced_rank = 1;
    for (operand& o : operands) {
      o.stride[kept] = 1;
    }
  }
  bool near = true;
  for (operand const& o : operands.subspan(1)) {
    near = near && o.is_packed_along(plan.row_axis());
  }
  plan.what = !near                 ? reduction::general
              : plan.across         ? reduction::columns
              : plan.kept_rank == 0 ? reduction::whole
                                    : reduction::rows;
  return plan;
}

}  // namespace cumulus::inline v1
