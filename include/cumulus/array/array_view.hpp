// SPDX-License-Identifier: Apache-2.0
#pragma once
// array_view: a window on the elements of an array, which it keeps alive.

#include "cumulus/array/array_interface.hpp"
#include "cumulus/array/assign_elements.hpp"

namespace cumulus::inline v1 {

/// A view of elements of type T (T const reads only). Copying a view is shallow. Assigning to an
/// unnamed view, `v(_) = x`, writes elements; two named views cannot be assigned to each other.
template <class T, memory_space Space = default_space>
class array_view : public array_interface<array_view<T, Space>> {
 public:
  using value_type = T;
  using element_type = std::remove_const_t<T>;
  using space = Space;
  using lazy_source_tag = void;
  static_assert(dtype<element_type>,
                "cumulus: array elements are bool, the fixed-width integers, float16, bfloat16, "
                "float, double, complex<float> or complex<double>");

  array_view() = default;
  array_view(buffer owner, T* data, cumulus::shape const& s, cumulus::strides const& st)
      : elements_(std::move(owner), data, s, st) {}
  explicit array_view(untyped_array elements) : elements_(std::move(elements)) {}
  array_view(array_view const&) = default;
  /// What was moved from is empty.
  array_view(array_view&& v) noexcept = default;
  /// A view of writable elements reads them too.
  template <class U>
    requires(std::is_same_v<U const, T> && !std::is_const_v<U>)
  array_view(array_view<U, Space> const& v) : elements_(v.untyped()) {}

  // Members that reach a loop are always inlined: their own names are those of v1, and one copy of
  // them for all builds would decide which build's loop runs (docs/decisions/0002-namespaces.md).

  // A compiler shows these lines; std::swap and vector::erase ask whether they are there.
  array_view& operator=(array_view const&) & = delete;  // write v(_) = w, or v.rebind(w)
  array_view& operator=(array_view&&) & = delete;       // write v(_) = w, or v.rebind(w)
  /// Named views: write `v(_) = w` for elements, or `v.rebind(w)` to look elsewhere.
  template <class X>
    requires operand_like<X>
  array_view& operator=(X&&) & {
    static_assert(!operand_like<X>,
                  "cumulus: a named view is not assigned to; write v(_) = w for its elements, or "
                  "v.rebind(w) to look elsewhere");
    return *this;
  }
  [[gnu::always_inline]] array_view& operator=(array_view const& v) && {
    this->assign(v);
    return *this;
  }
  template <class X>
    requires operand_like<X>
  [[gnu::always_inline]] array_view& operator=(X&& x) && {
    this->assign(std::forward<X>(x));
    return *this;
  }

  /// Looks at what v looks at; no element is written.
  void rebind(array_view const& v) { elements_ = v.elements_; }

  T* data() const { return reinterpret_cast<T*>(elements_.data); }
  cumulus::shape const& shape() const { return elements_.shape; }
  cumulus::strides const& strides() const { return elements_.strides; }
  buffer const& owner() const { return elements_.owner; }
  untyped_array const& untyped() const { return elements_; }
  array_view const& view() const { return *this; }

  /// Writes the elements of x, broadcast to this shape and converted as NumPy's same_kind.
  /// Throws: shape_error if x cannot be broadcast.
  template <class X>
    requires operand_like<X>
  [[gnu::always_inline]] void assign(X&& x) const {
    assign_elements("assign", *this, std::forward<X>(x));
  }
  /// Every element becomes `value`.
  /// Throws: value_error if an integer is out of the range of T.
  template <weak_scalar S> [[gnu::always_inline]] void fill(S value) const {
    assign_elements("fill", *this, value);
  }

  /// The elements seen through a view of this view.
  array_view mapped(axis_map const& map) const {
    return array_view(elements_.mapped(map, sizeof(T)));
  }

  [[gnu::always_inline]] auto to_expression() const {
    return array_expression<element_type, Space>(elements_);
  }

 private:
  untyped_array elements_;
};

}  // namespace cumulus::inline v1
