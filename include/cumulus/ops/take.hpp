// SPDX-License-Identifier: Apache-2.0
#pragma once
// take: elements that an index array selects along an axis, fused into the expression around it.

#include "cumulus/array/index_array.hpp"
#include "cumulus/array/reshape.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The tree in which every array leaf is a gather, where there is one: positions of a generator and
/// of another gather are not looked up through an index.
template <class Tree> struct gathered {
  static constexpr bool exists = false;
};
template <class T> struct gathered<tree::array<T>> {
  static constexpr bool exists = true;
  using type = tree::gather<T>;
};
template <class T> struct gathered<tree::constant<T>> {
  static constexpr bool exists = true;
  using type = tree::constant<T>;
};

/// A node whose children are gathered; Node<Children...> is its type.
template <template <class...> class Node, class... Children> struct gathered_node {
  static constexpr bool exists = (gathered<Children>::exists && ...);
  static constexpr auto pick() {
    if constexpr (exists) {
      return std::type_identity<Node<typename gathered<Children>::type...>>{};
    } else {
      return std::type_identity<void>{};
    }
  }
  using type = typename decltype(pick())::type;
};

template <class Op, class R> struct apply_of {
  template <class... Children> using node = tree::apply<Op, R, Children...>;
};
template <class F, class R> struct map_of {
  template <class... Children> using node = tree::map<F, R, Children...>;
};
struct masked_of {
  template <class... Children> using node = tree::masked<Children...>;
};
struct not_nan_of {
  template <class... Children> using node = tree::not_nan<Children...>;
};

template <class Op, class R, class... Children>
struct gathered<tree::apply<Op, R, Children...>>
    : gathered_node<apply_of<Op, R>::template node, Children...> {};
template <class F, class R, class... Children>
struct gathered<tree::map<F, R, Children...>>
    : gathered_node<map_of<F, R>::template node, Children...> {};
template <class Value, class Valid>
struct gathered<tree::masked<Value, Valid>>
    : gathered_node<masked_of::template node, Value, Valid> {};
template <class Value>
struct gathered<tree::not_nan<Value>> : gathered_node<not_nan_of::template node, Value> {};

template <class Tree>
inline constexpr bool is_gatherable_v = [] {
  if constexpr (gathered<Tree>::exists) {
    // Without an array there is no leaf that would check the index.
    constexpr int leaves = gathered<Tree>::type::leaf_count;
    return leaves > Tree::leaf_count && leaves <= max_leaves;
  } else {
    return false;
  }
}();

/// The axes of `index` in the place of axis `axis`.
inline shape taken_shape(shape const& s, int axis, shape const& index, std::size_t item_bytes) {
  if (s.rank() - 1 + index.rank() > max_rank) {
    raise<shape_error>({"take: expected a result of at most ", max_rank, " axes, got ",
                        s.rank() - 1 + index.rank(), " from shape ", s, " with an index of shape ",
                        index, " along axis ", axis});
  }
  shape result;
  for (int k = 0; k < axis; ++k) {
    result.push_back(s[k]);
  }
  for (index_t n : index) {
    result.push_back(n);
  }
  for (int k = axis + 1; k < s.rank(); ++k) {
    result.push_back(s[k]);
  }
  checked_size(result, item_bytes, "take");
  return result;
}

/// An index and the array it selects from, as the two leaves of a gather.
template <class Space>
void gather_leaf(leaf const& from, shape const& s, int axis,
                 array_view<index_t const, Space> const& index, leaf* to) {
  strides const st = from.strides_over(s.rank());
  to[0] = *index.to_expression().leaves();
  to[1] = from;
  to[1].op.kind = leaf_kind::indirect;
  to[1].op.set_value(gather_extent{st[axis], s[axis]});
  strides along_index;
  strides along_data;
  for (int k = 0; k < s.rank(); ++k) {
    for (int j = 0; k == axis && j < index.rank(); ++j) {
      along_index.push_back(index.strides()[j]);
      along_data.push_back(0);
    }
    if (k != axis) {
      along_index.push_back(0);
      along_data.push_back(st[k]);
    }
  }
  to[0].set_strides(along_index);
  to[1].set_strides(along_data);
}

template <class Space, class E>
auto take_from(E const& e, array_view<index_t const, Space> const& index, int axis) {
  using Tree = typename E::tree_type;
  if constexpr (is_gatherable_v<Tree>) {
    int const k = normalize_axis(axis, e.rank(), "take");
    expression<typename gathered<Tree>::type, Space> result(
        taken_shape(e.shape(), k, index.shape(), sizeof(typename E::value_type)));
    leaf* next = result.leaves();
    for (int i = 0; i < E::leaf_count; ++i) {
      leaf const& l = e.leaves()[i];
      if (l.op.kind == leaf_kind::array) {
        gather_leaf(l, e.shape(), k, index, next);
        next += 2;
      } else {
        *next++ = l;
      }
    }
    return result;
  } else {
    static_assert(!tree::is_masked_v<Tree>,
                  "cumulus: take cannot look into this masked expression (it holds a generator, "
                  "another take, or too many arrays); evaluate its parts into arrays first");
    ndarray<typename E::value_type, Space> const values(e);
    return take_from<Space>(values.to_expression(), index, axis);
  }
}

}  // namespace detail

/// The elements of x at positions `index` along an axis; negative positions count from the end.
///     auto anomaly = t - take(climatology, month, 0);   // one pass, nothing is expanded
/// Shape:  x's with the axis replaced by the axes of index.    Dtype: x's.
/// Cost:   lazy and fused; index is read when the result is (an int64 array) or copied now. An x
///         that holds a generator, another take or more than 8 arrays is evaluated first.
/// Throws: axis_error if axis is outside [-rank, rank); shape_error if the result has more than 8
///         axes or its size does not fit; index_error, when evaluated, if an index is outside
///         [-extent, extent).
/// Source: numpy.take.
template <array_like X, class Index>
  requires element_index<Index> || std::is_integral_v<std::remove_cvref_t<Index>>
auto take(X&& x, Index const& index, int axis) {
  using Space = space_of<X>;
  return detail::take_from<Space>(as_expression(std::forward<X>(x)), as_index_array<Space>(index),
                                  axis);
}
template <array_like X> auto take(X&& x, std::initializer_list<index_t> index, int axis) {
  return take(std::forward<X>(x), std::span<index_t const>(index.begin(), index.size()), axis);
}
/// take from the elements of x in row-major order.
template <array_like X, class Index>
  requires element_index<Index> || std::is_integral_v<std::remove_cvref_t<Index>>
auto take(X&& x, Index const& index) {
  return take(ravel(std::forward<X>(x)), index, 0);
}
template <array_like X> auto take(X&& x, std::initializer_list<index_t> index) {
  return take(ravel(std::forward<X>(x)), index, 0);
}

}  // namespace cumulus::inline CUMULUS_TARGET
