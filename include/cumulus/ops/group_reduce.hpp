// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions over groups: an integer label for each index along an axis says where it belongs. The
// climatology of months is group_mean(t, month, 0); its anomaly is t - take(climatology, month, 0).

#include <new>
#include <vector>

#include "cumulus/array/creation.hpp"
#include "cumulus/array/reshape.hpp"
#include "cumulus/ops/map.hpp"
#include "cumulus/ops/reductions.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The indices along an axis sorted by group: those of group g are members[first[g]] … in order.
struct group_members {
  std::vector<index_t> first;  ///< groups + 1 entries
  std::vector<index_t> members;

  index_t groups() const { return static_cast<index_t>(first.size()) - 1; }
  std::span<index_t const> of(index_t g) const {
    return {members.data() + first[g], static_cast<std::size_t>(first[g + 1] - first[g])};
  }
};

/// Number of groups: `groups`, or if it is negative one more than the largest label.
/// Throws: index_error if a label is not below groups.
inline index_t count_groups(std::span<index_t const> labels, index_t groups, char const* function) {
  index_t largest = -1;
  for (index_t label : labels) {
    largest = label > largest ? label : largest;
  }
  // More groups than this are a mistake in the labels, not a table to allocate.
  constexpr index_t most = index_t{1} << 40;
  if (groups > most || largest >= (groups < 0 ? most : groups)) {
    raise<index_error>({function, ": expected labels below ",
                        groups < 0 || groups > most ? most : groups, ", got ",
                        groups > most ? groups : largest});
  }
  return groups < 0 ? largest + 1 : groups;
}

/// Sorts positions by label; negative labels belong to no group, the others are below `groups`.
inline group_members sort_by_group(std::span<index_t const> labels, index_t groups) {
  group_members result;
  result.first.assign(static_cast<std::size_t>(groups) + 1, 0);
  for (index_t label : labels) {
    if (label >= 0) {
      ++result.first[label + 1];
    }
  }
  for (index_t g = 0; g < groups; ++g) {
    result.first[g + 1] += result.first[g];
  }
  result.members.resize(result.first.back());
  std::vector<index_t> next(result.first.begin(), result.first.end() - 1);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0) {
      result.members[next[labels[i]]++] = static_cast<index_t>(i);
    }
  }
  return result;
}

namespace detail {

/// Integers as labels; throws: index_error for one that an index cannot hold.
template <class Values>
std::vector<index_t> checked_labels(char const* function, Values const& values) {
  std::vector<index_t> labels;
  for (auto const value : values) {
    using V = std::remove_cv_t<decltype(value)>;
    static_assert(std::is_integral_v<V> && !boolean<V>, "cumulus: group labels are integers");
    labels.push_back(checked_index(value, function, "labels"));
  }
  return labels;
}

/// Labels as host integers, from an array in any space, a vector or a span.
template <class Labels>
std::vector<index_t> host_labels(char const* function, Labels const& labels) {
  if constexpr (array_like<Labels>) {
    static_assert(fixed_integer<value_type_of<Labels>>, "cumulus: group labels are integers");
    if (labels.shape().rank() != 1) {
      raise<shape_error>({function, ": expected labels of rank 1, got shape ", labels.shape()});
    }
    ndarray<value_type_of<Labels>, space_of<Labels>> const evaluated(labels);
    std::vector<value_type_of<Labels>> raw(evaluated.size());
    copy_bytes<host, space_of<Labels>>(raw.data(), buffer(), evaluated.data(), evaluated.owner(),
                                       raw.size() * sizeof(raw[0]));
    return checked_labels(function, raw);
  } else {
    return checked_labels(function, labels);
  }
}

inline group_members sorted_labels(char const* function, std::span<index_t const> labels,
                                   index_t groups) {
  try {
    return sort_by_group(labels, groups);
  } catch (std::bad_alloc const&) {
    raise<out_of_memory>({function, ": expected memory for ", groups, " groups, got none"});
  }
}

/// check_elements whose message names the group.
template <class Reducer, class Options>
void check_group(char const* function, index_t group, shape const& s, axis_set const& set,
                 Options const& options) {
  try {
    reduce_arguments::check_elements<Reducer>(function, s, set, options);
  } catch (value_error const&) {
    std::string const named = std::string(function) + " of group " + std::to_string(group);
    reduce_arguments::check_elements<Reducer>(named.c_str(), s, set, options);
  }
}

/// A rank within a group as the position along the axis; -1 stays.
struct rank_to_position {
  index_t const* first;
  index_t const* members;
  CUMULUS_HD index_t operator()(index_t rank, index_t group) const {
    return rank < 0 ? rank : members[first[group] + rank];
  }
};

}  // namespace detail

/// What every grouped function of the table does.
template <class Reducer, counted Elements, class X, class Labels, class Options>
auto reduce_groups(char const* name, X const& x, Labels const& labels, int axis, index_t groups,
                   Options const& options) {
  using Space = space_of<X>;
  decltype(auto) e = reduce_arguments::counted_elements<Elements>(x);
  shape const s = e.shape();
  int const k = normalize_axis(axis, s.rank(), name);
  std::vector<index_t> const label = detail::host_labels(name, labels);
  if (static_cast<index_t>(label.size()) != s[k]) {
    raise<shape_error>({name, ": expected ", s[k], " labels for axis ", k, " of shape ", s,
                        ", got ", label.size()});
  }
  shape out_shape = s;
  out_shape[k] = count_groups(label, groups, name);
  checked_size(out_shape, sizeof(typename Reducer::result), name);
  group_members const sorted = detail::sorted_labels(name, label, out_shape[k]);
  Reducer const reducer = reduce_arguments::configured<Reducer, Elements>(options);
  axis_set set;
  set.member[k] = true;
  for (index_t g = 0; g < sorted.groups(); ++g) {
    shape group_shape = s;
    group_shape[k] = static_cast<index_t>(sorted.of(g).size());
    detail::check_group<Reducer>(name, g, group_shape, set, options);
  }
  ndarray<typename Reducer::result, Space> out(out_shape);
  if (sorted.groups() > 0) {
    group_plan const plan(sorted.first);
    std::vector<index_t> table = plan.bounds();
    table.insert(table.end(), sorted.members.begin(), sorted.members.end());
    ndarray<index_t, Space> const in_space(shape{static_cast<index_t>(table.size())}, table.data());
    group_table const groups{.plan = &plan,
                             .members = in_space.data() + plan.bounds().size(),
                             .bounds = in_space.data(),
                             .stride = out.strides()[k]};
    untyped_array const* const where = reduce_arguments::where_of(options);
    leaf const mask = reduce_arguments::mask_leaf(name, where, s);
    reduce(e, set,
           {.op = reduce_arguments::output_operand(out.untyped(), sizeof(typename Reducer::result),
                                                   set, s.rank(), true),
            .mask = where != nullptr ? &mask : nullptr,
            .groups = &groups},
           reducer);
    if constexpr (reducers::gives_position_v<Reducer>) {
      shape along = out_shape;
      for (int axis = 0; axis < along.rank(); ++axis) {
        along[axis] = axis == k ? sorted.groups() : 1;
      }
      out.view().assign(map(detail::rank_to_position{groups.bounds, groups.members}, out,
                            reshape(arange<index_t, Space>(sorted.groups()), along)));
    }
  }
  reduce_arguments::check_positions<Reducer, tree_of<decltype(e)>>(name, s, out);
  if constexpr (reduce_arguments::has_no_missing_v<Reducer> &&
                tree::is_masked_v<tree_of<decltype(e)>>) {
    if (!options.initial.given()) {
      reduce_arguments::check_counts(
          name, s,
          reduce_groups<reducers::count_valid<value_type_of<X>>, Elements>(
              name, x, labels, axis, groups, plain_options<index_t, Space>{}));
    }
  }
  return out;
}

// group_sum(x, labels, axis, groups, {options}) and its kin: the reductions of expr/reductions.def,
// once per group of positions along an axis.
//     auto clim = group_mean(t, month, 0);              // month: 0…11 for each time
//     auto dev = group_stddev(t, month, 0, 12, {.ddof = 1});
// Shape:  x's with the number of groups in place of the axis. groups < 0: one more than the largest
//         label. Labels: an integer array, vector or span; a negative one belongs to no group.
// Dtype, NaN: those of the reduction. A group without members gives what the reduction of nothing
//         gives; of min, max, argmin and argmax that is a value_error that names the group.
// Cost:   one read of x; on a GPU one kernel for all groups, and one that merges where a group has
//         more than 1024 members.
// Throws: shape_error, axis_error, index_error for a label not below groups; out_of_memory.
// Source: xarray's groupby(labels).mean() and its kin.
#define CUMULUS_REDUCTION(name, reducer, options, elements, doc)                              \
  template <array_like X, class L,                                                            \
            class O = reduce_arguments::options##_of<reducers::reducer<value_type_of<X>>, X>> \
  auto group_##name(X const& x, L const& labels, int axis, index_t groups = -1,               \
                    std::type_identity_t<O> const& o = {}) {                                  \
    return reduce_groups<reducers::reducer<value_type_of<X>>, counted::elements>(             \
        "group_" #name, x, labels, axis, groups, o);                                          \
  }
#include "cumulus/expr/reductions.def"

}  // namespace cumulus::inline CUMULUS_TARGET
