// SPDX-License-Identifier: Apache-2.0
#pragma once
// Axis numbers as users write them (negative counts from the end) and as the library needs them.

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// A set of axes, one flag per axis.
struct axis_set {
  bool member[max_rank] = {};
};

/// The axis in [0, rank) that `axis` names.
/// Throws: axis_error if axis is outside [-rank, rank).
inline int normalize_axis(int axis, int rank, char const* function) {
  if (axis < -rank || axis >= rank) {
    raise<axis_error>({function, ": expected an axis in [", -rank, ", ", rank, "), got ", axis});
  }
  return axis < 0 ? axis + rank : axis;
}

/// Throws: axis_error if an axis is outside [-rank, rank) or named twice.
CUMULUS_ONCE inline axis_set normalize_axes(std::span<int const> axes, int rank,
                                            char const* function) {
  axis_set set;
  for (int axis : axes) {
    int const k = normalize_axis(axis, rank, function);
    if (set.member[k]) {
      raise<axis_error>({function, ": expected distinct axes, got axis ", axis, " twice"});
    }
    set.member[k] = true;
  }
  return set;
}

inline axis_set all_axes(int rank) {
  axis_set set;
  for (int k = 0; k < rank; ++k) {
    set.member[k] = true;
  }
  return set;
}

/// The shape that remains of `s` when the axes of `set` are reduced.
inline shape reduced_shape(shape const& s, axis_set const& set, bool keepdims) {
  shape result;
  for (int k = 0; k < s.rank(); ++k) {
    if (!set.member[k]) {
      result.push_back(s[k]);
    } else if (keepdims) {
      result.push_back(1);
    }
  }
  return result;
}

}  // namespace cumulus::inline v1
