// SPDX-License-Identifier: Apache-2.0
#pragma once
// a(mask), a(index, …): proxies that read as a copy of the selected elements and write to them when
// assigned. array_interface::operator() makes them.

#include "cumulus/array/selection/selected_elements.hpp"
#include "cumulus/exec/scatter.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// What selections have in common: they read like arrays, and assigning writes elements.
/// `Derived` has shape(), gathered(), write(function, x) and update<Op>(function, x).
template <class Derived> class selection_interface {
 public:
  using lazy_source_tag = void;
  using selection_tag = void;

  int rank() const { return self().shape().rank(); }
  index_t size() const { return self().shape().size(); }

  /// A copy of the elements as they are now.
  auto to_expression() const { return copied().to_expression(); }
  template <class... Items> auto operator()(Items&&... items) const {
    return copied()(std::forward<Items>(items)...);
  }
  auto item() const { return copied().item(); }

  template <operand_like X> Derived& operator+=(X&& x) {
    return updated<operations::add>("+=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator-=(X&& x) {
    return updated<operations::subtract>("-=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator*=(X&& x) {
    return updated<operations::multiply>("*=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator/=(X&& x) {
    return updated<operations::divide>("/=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator%=(X&& x) {
    return updated<operations::remainder>("%=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator&=(X&& x) {
    return updated<operations::bitwise_and>("&=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator|=(X&& x) {
    return updated<operations::bitwise_or>("|=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator^=(X&& x) {
    return updated<operations::bitwise_xor>("^=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator<<=(X&& x) {
    return updated<operations::left_shift>("<<=", std::forward<X>(x));
  }
  template <operand_like X> Derived& operator>>=(X&& x) {
    return updated<operations::right_shift>(">>=", std::forward<X>(x));
  }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  Derived const& self() const { return static_cast<Derived const&>(*this); }

  auto copied() const { return ndarray(self().gathered()); }

  template <class Op, class X> Derived& updated(char const* function, X&& x) {
    self().template update<Op>(function, std::forward<X>(x));
    return self();
  }
};

template <class X>
concept element_selection = requires { typename std::remove_cvref_t<X>::selection_tag; };

namespace detail {

/// Refuses what may not be stored in elements of type T.
template <class T, class X> void check_selection_write() {
  static_assert(!std::is_const_v<T>, "cumulus: this view reads only; its elements are const");
  static_assert(storable_v<X, std::remove_const_t<T>>,
                "cumulus: assignment would lose the fraction, the imaginary part or the sign "
                "(NumPy's same_kind rule); convert with astype");
}

}  // namespace detail

/// Elements of an array that masks, index arrays and what stands beside them select. Reading copies
/// the elements; assigning writes them, and of positions named twice the last one wins.
///     b(i, _) = a(j, _);
///     b(i) += 1;                                // once per element, as NumPy
/// Throws on assignment: shape_error if x cannot be broadcast to the selection's shape.
template <class T, memory_space Space>
class selection : public selection_interface<selection<T, Space>> {
 public:
  using value_type = std::remove_const_t<T>;
  using space = Space;

  selection(array_view<T, Space> source, selected_elements<Space> where)
      : source_(std::move(source)), where_(std::move(where)) {}
  selection(selection const&) = default;

  cumulus::shape const& shape() const { return where_.shape; }

  selection& operator=(selection const& x) {
    write("assign", x);
    return *this;
  }
  template <operand_like X> selection& operator=(X&& x) {
    write("assign", std::forward<X>(x));
    return *this;
  }

  /// The elements, lazily: an expression that reads through the index when it is evaluated.
  auto gathered() const {
    expression<tree::gather<value_type>, Space> e(shape());
    e.leaves()[0] = index_leaf();
    leaf& elements = e.leaves()[1];
    elements = element_leaf();
    elements.op.kind = leaf_kind::indirect;
    elements.op.set_value(gather_extent{1, gather_extent::unchecked});
    return e;
  }

  template <class X> void write(char const* function, X&& x) const {
    detail::check_selection_write<T, X>();
    write_values(function, converted<Space, value_type>(function, std::forward<X>(x)));
  }

  /// Writes Op(elements, x), of which each element is computed from its value before.
  template <class Op, class X> void update(char const* function, X&& x) const {
    write(function, make_binary<Op>(gathered(), std::forward<X>(x)));
  }

 private:
  leaf index_leaf() const {
    leaf index = *where_.offsets.to_expression().leaves();
    index.set_strides(where_.index_strides());
    return index;
  }

  leaf element_leaf() const {
    leaf elements = *source_.to_expression().leaves();
    elements.advance(where_.base);
    elements.set_strides(where_.element_strides(source_.strides()));
    return elements;
  }

  template <class Tree>
  void write_values(char const* function, expression<Tree, Space> const& e) const {
    broadcast_strides(e.shape(), strides::filled(e.rank(), 0), shape(), function);  // checks
    if (shape().size() == 0) {
      return;
    }
    if constexpr (std::is_same_v<Tree, tree::array<value_type>>) {
      address_range const from = addresses(e.leaves()->op, e.shape());
      address_range const to = addresses(target_of(source_).op, source_.shape());
      if (e.size() > 0 && (from.end <= to.begin || to.end <= from.begin)) {
        return write_array(function, *e.leaves(), e.shape());
      }
    }
    ndarray<value_type, Space> const values(e);
    write_array(function, *values.to_expression().leaves(), values.shape());
  }

  void write_array(char const* function, leaf value, cumulus::shape const& s) const {
    value.set_strides(broadcast_strides(s, value.strides_over(s.rank()), shape(), function));
    operand const whole = target_of(source_).op;
    scatter<Space>(
        scatter_plan{.shape = shape(),
                     .index = index_leaf(),
                     .target = element_leaf(),
                     .value = value,
                     .reach = addresses(whole, source_.shape()),
                     .distinct = where_.distinct && !repeats_elements(whole, source_.shape())});
  }

  array_view<T, Space> source_;
  selected_elements<Space> where_;
};

/// Elements of an array where a mask over its first axes is true. Assigning a single value is one
/// elementwise pass; only reading, and assigning as many values as there are, looks for positions.
///     z(isnan(z)) = 0;
/// Throws: as selection does.
template <class T, memory_space Space, class MaskTree>
class mask_selection : public selection_interface<mask_selection<T, Space, MaskTree>> {
 public:
  using value_type = std::remove_const_t<T>;
  using space = Space;

  mask_selection(array_view<T, Space> source, expression<MaskTree, Space> mask)
      : source_(std::move(source)), mask_(std::move(mask)) {
    int const rank = mask_.rank();
    bool fits = rank <= source_.rank();
    for (int k = 0; fits && k < rank; ++k) {
      fits = mask_.shape()[k] == source_.shape()[k];
    }
    if (!fits) {
      raise<index_error>({"index: expected a mask with the extents of the first axes of shape ",
                          source_.shape(), ", got a mask of shape ", mask_.shape()});
    }
  }
  mask_selection(mask_selection const&) = default;

  /// Waits for the device, as reading does.
  cumulus::shape shape() const { return positions().shape(); }
  auto gathered() const { return positions().gathered(); }

  mask_selection& operator=(mask_selection const& x) {
    write("assign", x);
    return *this;
  }
  template <operand_like X> mask_selection& operator=(X&& x) {
    write("assign", std::forward<X>(x));
    return *this;
  }

  template <class X> void write(char const* function, X&& x) const {
    detail::check_selection_write<T, X>();
    auto&& e = converted<Space, value_type>(function, std::forward<X>(x));
    if (is_single_value(e.shape())) {
      write_where(function, single_value(e));
    } else {
      positions().write(function, std::forward<decltype(e)>(e));
    }
  }

  template <class Op, class X> void update(char const* function, X&& x) const {
    if constexpr (array_like<X>) {
      auto&& e = as_expression(std::forward<X>(x));
      if (is_single_value(e.shape())) {
        update_where<Op>(function, single_value(e));
      } else {
        positions().template update<Op>(function, std::forward<decltype(e)>(e));
      }
    } else {
      update_where<Op>(function, x);
    }
  }

 private:
  /// Whether x fills any selection: one element, and no more axes than the selection has.
  bool is_single_value(cumulus::shape const& s) const {
    bool single = s.rank() <= 1 + source_.rank() - mask_.rank();
    for (index_t n : s) {
      single = single && n == 1;
    }
    return single;
  }

  template <class E> static auto single_value(E const& e) {
    return e.mapped(map_squeeze(e.shape(), all_axes(e.rank()), "assign"));
  }

  template <class Op, class X> void update_where(char const* function, X const& x) const {
    auto const e = make_binary<Op>(source_, x);
    detail::check_selection_write<T, decltype(e)>();
    write_where(function, converted<Space, value_type>(function, e));
  }

  template <class E> void write_where(char const* function, E const& e) const {
    if constexpr (MaskTree::leaf_count + E::leaf_count + 1 > max_leaves) {
      write_where_evaluated(function, ndarray<value_type, Space>(e));
    } else {
      assign(target_of(source_), make_where(whole_mask(mask_), e, source_), function);
    }
  }

  void write_where_evaluated(char const* function, ndarray<value_type, Space> const& e) const {
    ndarray<bool, Space> const mask(mask_);
    assign(target_of(source_), make_where(whole_mask(mask.to_expression()), e, source_), function);
  }

  /// The mask with an axis of extent 1 for each axis of the source that it does not have.
  template <class E> auto whole_mask(E const& mask) const {
    int axes[max_rank];
    int count = 0;
    for (int k = mask.rank(); k < source_.rank(); ++k) {
      axes[count++] = k;
    }
    return mask.mapped(map_expand(
        mask.shape(), std::span<int const>(axes, static_cast<std::size_t>(count)), "assign"));
  }

  /// Looked for at each use: the mask may have changed, and no state is shared between threads.
  selection<T, Space> positions() const {
    selection_item<Space> const item = make_selection_item<Space>(mask_);
    return {source_, select(source_.shape(), source_.strides(),
                            std::span<selection_item<Space> const>(&item, 1), sizeof(T))};
  }

  array_view<T, Space> source_;
  expression<MaskTree, Space> mask_;
};

template <class T, memory_space Space, class... Items>
selection<T, Space> selection_of(array_view<T, Space> const& source, Items const&... items) {
  selection_item<Space> const list[] = {make_selection_item<Space>(items)...};
  return {source,
          select(source.shape(), source.strides(),
                 std::span<selection_item<Space> const>(list, sizeof...(Items)), sizeof(T))};
}

/// What a(items…) gives when an item is an array or a list of positions.
template <class T, memory_space Space, class... Items>
auto select_elements(array_view<T, Space> const& source, Items const&... items) {
  if constexpr (sizeof...(Items) == 1 && (array_like<Items> && ...)) {
    if constexpr ((boolean<value_type_of<Items>> && ...)) {
      static_assert((std::is_same_v<space_of<Items>, Space> && ...),
                    "cumulus: a mask must be in the same space as the array it indexes; copy it "
                    "with to<cuda>() or to<host>()");
      return mask_selection<T, Space, tree_of<Items const&>...>(source, as_expression(items)...);
    } else {
      return selection_of(source, items...);
    }
  } else {
    return selection_of(source, items...);
  }
}

/// Copies selected elements straight to where they go.
template <class View, element_selection X>
void assign_elements(char const* function, View const& v, X&& x) {
  assign_elements(function, v, x.gathered());
}

}  // namespace cumulus::inline CUMULUS_TARGET
