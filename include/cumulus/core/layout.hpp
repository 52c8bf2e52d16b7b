// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arithmetic of views: how slicing, transposing, reshaping and the like change shape, strides
// and the position of the first element. Arrays, lazy expressions and their leaves all use these,
// so a view of an expression means exactly what a view of an array means.

#include <optional>

#include "cumulus/core/axes.hpp"
#include "cumulus/core/broadcast.hpp"
#include "cumulus/core/slice.hpp"

namespace cumulus::inline v1 {

/// A recipe that turns any strides over `source` into strides over `result`: result axis k walks
/// `step[k]` times source axis `axis[k]` (or nowhere when that is -1), after moving `first[j]`
/// along each source axis j.
struct axis_map {
  shape source = {};
  shape result = {};
  int axis[max_rank] = {};
  index_t step[max_rank] = {};
  index_t first[max_rank] = {};

  void append(index_t extent, int source_axis, index_t source_step) {
    axis[result.rank()] = source_axis;
    step[result.rank()] = source_step;
    result.push_back(extent);
  }

  /// Strides of the result, given those of the source.
  strides apply(strides const& st) const {
    strides mapped;
    for (int k = 0; k < result.rank(); ++k) {
      mapped.push_back(axis[k] < 0 ? 0 : st[axis[k]] * step[k]);
    }
    return mapped;
  }

  /// Distance from the source's first element to the result's.
  index_t offset(strides const& st) const {
    index_t sum = 0;
    for (int k = 0; k < source.rank(); ++k) {
      sum += first[k] * st[k];
    }
    return sum;
  }
};

/// Throws: shape_error if a result would have more than max_rank axes.
inline void check_rank(int rank, char const* function) {
  if (rank > max_rank) {
    raise<shape_error>(
        {function, ": expected a result of at most ", max_rank, " axes, got ", rank});
  }
}

/// a(items…). Axes that no item names are kept whole.
/// Throws: index_error if there are more items than axes or an integer is out of range; shape_error
///         if the result has more than max_rank axes.
inline axis_map map_index(shape const& s, std::span<index_item const> items) {
  using kind = index_item::kind;
  int consumed = 0;
  int ellipses = 0;
  int rank = s.rank();
  for (index_item const& item : items) {
    consumed += item.what == kind::new_axis || item.what == kind::ellipsis ? 0 : 1;
    ellipses += item.what == kind::ellipsis ? 1 : 0;
    rank += item.what == kind::new_axis ? 1 : (item.what == kind::integer ? -1 : 0);
  }
  if (consumed > s.rank() || ellipses > 1) {
    raise<index_error>({"index: expected at most ", s.rank(),
                        " indices and one ellipsis for shape ", s, ", got ", consumed, " and ",
                        ellipses});
  }
  check_rank(rank, "index");
  axis_map map{.source = s};
  int k = 0;
  auto const keep = [&](int count) {
    for (; count > 0; --count, ++k) {
      map.append(s[k], k, 1);
    }
  };
  for (index_item const& item : items) {
    switch (item.what) {
      case kind::integer: {
        index_t const i = item.integer < 0 ? item.integer + s[k] : item.integer;
        if (i < 0 || i >= s[k]) {
          raise<index_error>({"index: expected an index in [", -s[k], ", ", s[k], ") along axis ",
                              k, " of shape ", s, ", got ", item.integer});
        }
        map.first[k++] = i;
        break;
      }
      case kind::range: {
        slice_extent const extent = resolve(item.range, s[k]);
        map.first[k] = extent.first;
        map.append(extent.count, k, item.range.step);
        // Beyond one element no step is taken; a huge one must not overflow a stride.
        if (extent.count <= 1) {
          map.step[map.result.rank() - 1] = 1;
        }
        ++k;
        break;
      }
      case kind::whole:
        keep(1);
        break;
      case kind::new_axis:
        map.append(1, -1, 0);
        break;
      case kind::ellipsis:
        keep(s.rank() - consumed);
        break;
    }
  }
  keep(s.rank() - k);
  return map;
}

/// Result axis k is source axis order[k].
/// Throws: axis_error if order is not a permutation of the axes.
inline axis_map map_transpose(shape const& s, std::span<int const> order, char const* function) {
  if (static_cast<int>(order.size()) != s.rank()) {
    raise<axis_error>({function, ": expected an order of ", s.rank(), " axes for shape ", s,
                       ", got one of ", order.size()});
  }
  normalize_axes(order, s.rank(), function);
  axis_map map{.source = s};
  for (int axis : order) {
    int const k = normalize_axis(axis, s.rank(), function);
    map.append(s[k], k, 1);
  }
  return map;
}

/// All axes in reverse order.
inline axis_map map_reverse(shape const& s) {
  axis_map map{.source = s};
  for (int k = s.rank() - 1; k >= 0; --k) {
    map.append(s[k], k, 1);
  }
  return map;
}

inline axis_map map_swap(shape const& s, int axis1, int axis2, char const* function) {
  int const a = normalize_axis(axis1, s.rank(), function);
  int const b = normalize_axis(axis2, s.rank(), function);
  axis_map map{.source = s};
  for (int k = 0; k < s.rank(); ++k) {
    int const from = k == a ? b : (k == b ? a : k);
    map.append(s[from], from, 1);
  }
  return map;
}

/// numpy.moveaxis: the axes of `source` go to the places `destination`, the others keep their
/// order.
inline axis_map map_move(shape const& s, std::span<int const> source,
                         std::span<int const> destination, char const* function) {
  if (source.size() != destination.size()) {
    raise<axis_error>({function, ": expected as many destinations as sources, got ", source.size(),
                       " and ", destination.size()});
  }
  axis_set const moved = normalize_axes(source, s.rank(), function);
  axis_set const taken = normalize_axes(destination, s.rank(), function);
  int order[max_rank];
  for (std::size_t i = 0; i < source.size(); ++i) {
    order[normalize_axis(destination[i], s.rank(), function)] =
        normalize_axis(source[i], s.rank(), function);
  }
  for (int k = 0, next = 0; k < s.rank(); ++k) {
    if (!taken.member[k]) {
      while (moved.member[next]) {
        ++next;
      }
      order[k] = next++;
    }
  }
  return map_transpose(s, std::span<int const>(order, s.rank()), function);
}

/// New axes of extent 1 at the places `axes` of the result.
inline axis_map map_expand(shape const& s, std::span<int const> axes, char const* function) {
  int const rank = s.rank() + static_cast<int>(axes.size());
  check_rank(rank, function);
  axis_set const inserted = normalize_axes(axes, rank, function);
  axis_map map{.source = s};
  for (int k = 0, next = 0; k < rank; ++k) {
    if (inserted.member[k]) {
      map.append(1, -1, 0);
    } else {
      map.append(s[next], next, 1);
      ++next;
    }
  }
  return map;
}

/// Without the axes in `set`, which must have extent 1.
inline axis_map map_squeeze(shape const& s, axis_set const& set, char const* function) {
  axis_map map{.source = s};
  for (int k = 0; k < s.rank(); ++k) {
    if (!set.member[k]) {
      map.append(s[k], k, 1);
    } else if (s[k] != 1) {
      raise<shape_error>({function, ": expected extent 1 on axis ", k, ", got shape ", s});
    }
  }
  return map;
}

inline axis_map map_flip(shape const& s, axis_set const& set) {
  axis_map map{.source = s};
  for (int k = 0; k < s.rank(); ++k) {
    bool const reversed = set.member[k] && s[k] > 0;
    map.first[k] = reversed ? s[k] - 1 : 0;
    map.append(s[k], k, reversed ? -1 : 1);
  }
  return map;
}

inline axis_map map_broadcast(shape const& s, shape const& to, char const* function) {
  broadcast_strides(s, strides::filled(s.rank(), 0), to, function);  // checks
  checked_size(to, 1, function);
  axis_map map{.source = s};
  int const shift = to.rank() - s.rank();
  for (int k = 0; k < to.rank(); ++k) {
    bool const stretched = k < shift || (s[k - shift] == 1 && to[k] != 1);
    map.append(to[k], stretched ? -1 : k - shift, 1);
  }
  return map;
}

/// The shape that reshape(s, wanted) means, with one -1 filled in.
/// Throws: shape_error if the sizes differ.
inline shape resolve_reshape(shape const& s, shape const& wanted, char const* function) {
  shape result = wanted;
  int unknown = -1;
  index_t known = 1;
  bool valid = true;
  for (int k = 0; k < wanted.rank(); ++k) {
    if (wanted[k] == -1) {
      valid = valid && unknown < 0;
      unknown = k;
    } else if (wanted[k] < 0) {
      valid = false;
    } else if (__builtin_mul_overflow(known, wanted[k], &known)) {
      valid = false;
    }
  }
  if (valid && unknown >= 0) {
    valid = known != 0 && s.size() % known == 0;
    result[unknown] = valid ? s.size() / known : 0;
  } else {
    valid = valid && known == s.size();
  }
  if (!valid) {
    raise<shape_error>({function, ": cannot reshape ", s, " to ", wanted});
  }
  return result;
}

/// Strides with which the elements seen through (s, st) appear in shape `to` in row-major order, or
/// nothing when no strides do that and a copy is needed.
inline std::optional<strides> reshape_strides(shape const& s, strides const& st, shape const& to) {
  if (s.size() == 0) {
    return row_major_strides(to);
  }
  shape from;
  strides from_st;
  for (int k = 0; k < s.rank(); ++k) {
    if (s[k] != 1) {
      from.push_back(s[k]);
      from_st.push_back(st[k]);
    }
  }
  strides result = strides::filled(to.rank(), 1);
  int i = 0;
  int j = 0;
  while (i < from.rank()) {
    int i_end = i + 1;
    int j_end = j + 1;
    index_t old_size = from[i];
    index_t new_size = to[j];
    while (old_size != new_size) {
      if (old_size < new_size) {
        old_size *= from[i_end++];
      } else {
        new_size *= to[j_end++];
      }
    }
    for (int k = i; k + 1 < i_end; ++k) {
      if (from_st[k] != from_st[k + 1] * from[k + 1]) {
        return std::nullopt;
      }
    }
    index_t step = from_st[i_end - 1];
    for (int k = j_end - 1; k >= j; --k) {
      result[k] = step;
      step *= to[k];
    }
    i = i_end;
    j = j_end;
  }
  return result;
}

}  // namespace cumulus::inline v1
