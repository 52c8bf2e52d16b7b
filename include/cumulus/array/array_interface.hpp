// SPDX-License-Identifier: Apache-2.0
#pragma once
// What owners and views have in common: queries, indexing and element access.

#include "cumulus/array/element_iterator.hpp"
#include "cumulus/array/strided_span.hpp"
#include "cumulus/exec/copy.hpp"
#include "cumulus/expr/build.hpp"

namespace cumulus::inline v1 {

/// A std::vector, std::span or std::array of integers, which may stand for an index array.
template <class X>
concept integer_list = !lazy_source<X> && requires(X const& x) {
  requires std::is_integral_v<std::remove_cvref_t<decltype(*x.data())>>;
  requires !std::is_same_v<std::remove_cvref_t<decltype(*x.data())>, bool>;
  requires !std::is_same_v<std::remove_cvref_t<decltype(*x.data())>, char>;
  x.size();
};

/// What selects copies of elements: a mask, an array of positions or a list of them.
template <class X>
concept element_index = array_like<X> || integer_list<std::remove_cvref_t<X>>;

/// Indices of which at least one is an array: a mask or integer positions.
template <class... Items>
concept fancy_index = (element_index<Items> || ...) &&
                      ((element_index<Items> || view_index<std::remove_cvref_t<Items>>) && ...);

template <class T, memory_space Space> class ndarray;
template <class T, memory_space Space> class array_view;

/// Base of ndarray and array_view. `Derived` has shape(), strides() and view(), which gives a
/// read-only view of a constant owner.
template <class Derived> class array_interface {
 public:
  int rank() const { return self().shape().rank(); }
  int ndim() const { return rank(); }
  index_t size() const { return self().shape().size(); }
  bool is_contiguous() const { return is_row_major(self().shape(), self().strides()); }

  /// A view: integers (negative ones count from the end), slice, _, newaxis, ellipsis.
  ///     z(_, slice(_, _, 2), -1)
  /// Throws: index_error if there are more items than axes or an integer is out of range.
  template <view_index... Items> auto operator()(Items... items) {
    return index_view(self().view(), items...);
  }
  template <view_index... Items> auto operator()(Items... items) const {
    return index_view(self().view(), items...);
  }

  /// The elements where `mask` is true, or those that integer arrays select: read, a copy (a mask
  /// waits for the device); assigned, a scatter.
  /// Throws: index_error if a position is out of range, a mask's shape does not match or there are
  ///         more items than axes; shape_error if index arrays do not broadcast.
  template <class... Items>
    requires fancy_index<Items...>
  [[gnu::always_inline]] auto operator()(Items&&... items) {
    return select_elements(self().view(), std::forward<Items>(items)...);
  }
  template <class... Items>
    requires fancy_index<Items...>
  [[gnu::always_inline]] auto operator()(Items&&... items) const {
    return select_elements(self().view(), std::forward<Items>(items)...);
  }

  /// The only element. Waits for pending work when the array is on a device.
  /// Throws: shape_error unless size() is 1.
  auto item() const {
    auto const v = self().view();
    if (v.size() != 1) {
      raise<shape_error>({"item: expected an array of size 1, got shape ", v.shape()});
    }
    return read_element(v.owner(), v.data(), typename Derived::space{});
  }

  /// A copy in space To, in row-major order. A copy to the host waits for pending work.
  ///     auto on_host = a.to<host>();
  /// Throws: out_of_memory; cuda_error.
  template <memory_space To, class Build = this_build> auto to() const {
    return copy_in<To, Build>(self().view());
  }

  /// An array has no truth of its own, as in NumPy.
  explicit operator bool() const {
    static_assert(sizeof(Derived) == 0,
                  "cumulus: an array is neither true nor false; write all(x).item(), "
                  "any(x).item() or array_equal(a, b)");
    return false;
  }

  /// Elements in row-major order (host only).
  auto begin() { return iterator_at(self().view(), 0); }
  auto end() { return iterator_at(self().view(), size()); }
  auto begin() const { return iterator_at(self().view(), 0); }
  auto end() const { return iterator_at(self().view(), size()); }

  /// A view with the rank fixed at N, for loops and kernels of one's own.
  /// Throws: shape_error if rank() is not N.
  template <int N> auto mdspan() { return span_of<N>(self().view()); }
  template <int N> auto mdspan() const { return span_of<N>(self().view()); }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
  Derived const& self() const { return static_cast<Derived const&>(*this); }

  template <class V, class... Items> static auto index_view(V const& v, Items... items) {
    index_item const list[] = {items..., index_item(ellipsis)};
    return v.mapped(map_index(v.shape(), std::span<index_item const>(list, sizeof...(items))));
  }

  template <memory_space To, class Build, class V>
  static ndarray<typename V::element_type, To> copy_in(V const& v) {
    using T = typename V::element_type;
    using From = typename V::space;
    if (v.is_contiguous()) {
      ndarray<T, To> result(v.shape());
      copy_bytes<To, From>(result.data(), result.owner(), v.data(), v.owner(),
                           static_cast<std::size_t>(v.size()) * sizeof(T));
      return result;
    }
    if constexpr (std::is_same_v<To, From>) {
      return ndarray<T, To>(v);
    } else if constexpr (std::is_same_v<From, host>) {
      return copy_in<To, Build>(ndarray<T, host>(v).view());
    } else {
      // Without a kernel: everything from the first to the last element, packed on the host.
      index_t first = 0;
      index_t last = 0;
      for (int k = 0; k < v.rank(); ++k) {
        index_t const reach = (v.shape()[k] - 1) * v.strides()[k];
        (reach < 0 ? first : last) += reach;
      }
      ndarray<T, host> block(cumulus::shape{last - first + 1});
      copy_bytes<host, From>(block.data(), block.owner(), v.data() + first, v.owner(),
                             static_cast<std::size_t>(block.size()) * sizeof(T));
      return array_view<T, host>(block.owner(), block.data() - first, v.shape(), v.strides());
    }
  }

  template <class V> static auto iterator_at(V const& v, index_t position) {
    static_assert(std::is_same_v<typename V::space, host>,
                  "cumulus: elements of a CUDA array cannot be iterated; copy it with to<host>()");
    return element_iterator<typename V::value_type>(v.data(), v.shape(), v.strides(), position);
  }

  template <int N, class V> static auto span_of(V const& v) {
    if (v.rank() != N) {
      raise<shape_error>({"mdspan: expected rank ", N, ", got shape ", v.shape()});
    }
    return strided_span<typename V::value_type, N>(v.data(), v.shape(), v.strides());
  }
};

}  // namespace cumulus::inline v1
