// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which elements a(…) with masks and index arrays means: NumPy's advanced indexing, reduced to an
// int64 array of distances and a view of the axes that stay. array/selection.hpp reads and writes
// through it.

#include <vector>

#include "cumulus/array/creation.hpp"
#include "cumulus/array/index_array.hpp"
#include "cumulus/array/nonzero.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// One argument of a(…).
template <memory_space Space> struct selection_item {
  enum class kind { view, positions, mask };
  kind what = kind::view;
  index_item item = ellipsis;
  array_view<index_t const, Space> positions = {};
  array_view<bool const, Space> mask = {};

  bool is_view(index_item::kind k) const { return what == kind::view && item.what == k; }
  /// Whether it joins the index arrays: a plain integer beside them does.
  bool is_advanced() const { return what != kind::view || item.what == index_item::kind::integer; }
  /// Axes of the array that it stands for; an ellipsis counts none.
  int axes() const {
    return what == kind::mask                    ? mask.rank()
           : is_view(index_item::kind::new_axis) ? 0
           : is_view(index_item::kind::ellipsis) ? 0
                                                 : 1;
  }
};

/// One argument of a(…), whatever its type.
template <memory_space Space, class Item> selection_item<Space> make_selection_item(Item const& x) {
  using kind = typename selection_item<Space>::kind;
  if constexpr (view_index<Item>) {
    return {.item = x};
  } else if constexpr (integer_list<Item>) {
    return {.what = kind::positions, .positions = as_index_array<Space>(x)};
  } else {
    static_assert(boolean<value_type_of<Item>> || fixed_integer<value_type_of<Item>>,
                  "cumulus: elements are selected by arrays of integers or bool; convert the index "
                  "with astype");
    static_assert(std::is_same_v<space_of<Item>, Space>,
                  "cumulus: a mask or an index array must be in the same space as the array it "
                  "indexes; copy it with to<cuda>() or to<host>()");
    if constexpr (boolean<value_type_of<Item>>) {
      return {.what = kind::mask, .mask = as_mask<Space>(x)};
    } else {
      return {.what = kind::positions, .positions = as_index_array<Space>(x)};
    }
  }
}

/// The elements of an array that a selection names. Result axes index_axis … belong to `offsets`,
/// the others to the view `kept`.
template <memory_space Space> struct selected_elements {
  cumulus::shape shape;
  index_t base = 0;                          ///< distance of the first element they count from
  array_view<index_t const, Space> offsets;  ///< distances from there
  int index_axis = 0;
  axis_map kept;
  bool distinct = true;  ///< no two positions are the same element: masks only

  strides index_strides() const { return spread(offsets.strides(), strides(), true); }
  strides element_strides(strides const& st) const { return spread(st, kept.apply(st), false); }

 private:
  /// Strides over `shape` of an operand that moves along the index axes only, or the kept ones
  /// only.
  strides spread(strides const& along_index, strides const& along_kept, bool index) const {
    strides result;
    int const rank = offsets.rank();
    for (int k = 0; k < shape.rank(); ++k) {
      bool const inside = k >= index_axis && k < index_axis + rank;
      int const j = inside ? k - index_axis : (k < index_axis ? k : k - rank);
      result.push_back(inside != index ? 0 : (index ? along_index[j] : along_kept[j]));
    }
    return result;
  }
};

namespace detail {

inline std::string position_message(index_t index, index_t extent, int axis) {
  return "index: expected an index in [" + std::to_string(-extent) + ", " + std::to_string(extent) +
         ") along axis " + std::to_string(axis) + ", got " + std::to_string(index);
}

/// The distance that an index along one axis means.
struct checked_distance {
  index_t stride;
  index_t extent;
  int axis;
  index_t operator()(index_t index) const {
    index_t const i = index < 0 ? index + extent : index;
    if (i < 0 || i >= extent) {
      raise<index_error>({position_message(index, extent, axis)});
    }
    return i * stride;
  }
};

template <memory_space Space>
ndarray<index_t, Space> distances(array_view<index_t const, Space> const& index, index_t stride,
                                  index_t extent, int axis) {
  if constexpr (std::is_same_v<Space, host>) {
    using Tree = tree::map<checked_distance, index_t, tree::array<index_t>>;
    leaf const functor = constant_leaf(checked_distance{stride, extent, axis});
    return ndarray<index_t, Space>(combine<Tree>("index", &functor, index.to_expression()));
  } else {
    // A gather from the axis's own distances checks in the kernel and reports as take does.
    ndarray<index_t, Space> const table(
        make_binary<operations::multiply>(arange<index_t, Space>(extent), stride));
    expression<tree::gather<index_t>, Space> e(index.shape());
    e.leaves()[0] = *index.to_expression().leaves();
    e.leaves()[1] = *table.to_expression().leaves();
    e.leaves()[1].op.kind = leaf_kind::indirect;
    e.leaves()[1].op.set_value(gather_extent{1, extent});
    e.leaves()[1].set_strides(strides::filled(index.rank(), 0));
    return ndarray<index_t, Space>(e);
  }
}

template <memory_space Space>
ndarray<index_t, Space> mask_distances(array_view<bool const, Space> const& mask, shape const& s,
                                       strides const& st, int axis) {
  strides weight;
  bool fits = true;
  for (int k = 0; k < mask.rank(); ++k) {
    fits = fits && mask.shape()[k] == s[axis + k];
    weight.push_back(st[axis + k]);
  }
  if (!fits) {
    raise<index_error>({"index: expected a mask with the extents of axes ", axis, " to ",
                        axis + mask.rank() - 1, " of shape ", s, ", got a mask of shape ",
                        mask.shape()});
  }
  return weighted_positions<Space>(positions_of(mask), weight);
}

/// How the arguments of a(…) fall on the axes.
template <memory_space Space>
int whole_axes(shape const& s, std::span<selection_item<Space> const> items) {
  int named = 0;
  int ellipses = 0;
  for (auto const& item : items) {
    named += item.axes();
    ellipses += item.is_view(index_item::kind::ellipsis) ? 1 : 0;
  }
  if (named > s.rank() || ellipses > 1) {
    raise<index_error>({"index: expected at most ", s.rank(),
                        " indexed axes and one ellipsis for shape ", s, ", got ", named, " and ",
                        ellipses});
  }
  return s.rank() - named;
}

}  // namespace detail

/// What a(items…) selects of an array of this shape and these strides; at least one item is an
/// array. Index arrays broadcast against each other and integers join them; their axes stand where
/// they stood when they are neighbours, else in front.
/// Throws: index_error if a position is out of range, a mask's shape does not match or there are
///         more items than axes; shape_error if index arrays do not broadcast or the size does not
///         fit.
/// Source: numpy's advanced indexing.
template <memory_space Space>
selected_elements<Space> select(shape const& s, strides const& st,
                                std::span<selection_item<Space> const> items,
                                std::size_t item_bytes) {
  int const whole = detail::whole_axes(s, items);
  std::vector<index_item> view_items;
  std::vector<ndarray<index_t, Space>> terms;
  selected_elements<Space> result;
  shape rest = s;     // the indexed axes with extent 1, for map_index to drop
  index_t fixed = 0;  // the distance that integers add
  int axis = 0;
  int kept = 0;
  enum { none, within, ended, apart } run = none;
  for (auto const& item : items) {
    if (!item.is_advanced()) {
      view_items.push_back(item.item);
      bool const dots = item.is_view(index_item::kind::ellipsis);
      axis += dots ? whole : item.axes();
      kept += dots ? whole : 1;
      run = run == within ? ended : run;
      continue;
    }
    if (run == none) {
      result.index_axis = kept;
    }
    run = run == none || run == within ? within : apart;
    if (item.what == selection_item<Space>::kind::view) {
      fixed += detail::checked_distance{st[axis], s[axis], axis}(item.item.integer);
    } else if (item.what == selection_item<Space>::kind::positions) {
      terms.push_back(detail::distances(item.positions, st[axis], s[axis], axis));
      result.distinct = false;
    } else {
      terms.push_back(detail::mask_distances(item.mask, s, st, axis));
    }
    for (int k = 0; k < item.axes(); ++k) {
      rest[axis++] = 1;
      view_items.push_back(0);
    }
  }
  result.index_axis = run == apart ? 0 : result.index_axis;
  result.kept = map_index(rest, view_items);
  result.base = fixed + result.kept.offset(st);

  shape common;
  for (auto const& term : terms) {
    common = broadcast_shapes(common, term.shape(), "index");
  }
  checked_size(common, sizeof(index_t), "index");
  if (terms.size() == 1) {
    result.offsets.rebind(terms[0].view());
  } else {
    ndarray<index_t, Space> total(full<index_t, Space>(common, 0));
    for (auto const& term : terms) {
      assign_elements("index", total.view(), make_binary<operations::add>(total, term));
    }
    result.offsets.rebind(total.view());
  }

  shape const& view = result.kept.result;
  check_rank(view.rank() + common.rank(), "index");
  result.shape = view;
  for (int k = 0; k < common.rank(); ++k) {
    result.shape.insert(result.index_axis + k, common[k]);
  }
  checked_size(result.shape, item_bytes, "index");
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
