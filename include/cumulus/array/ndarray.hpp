// SPDX-License-Identifier: Apache-2.0
#pragma once
// ndarray: the owner of elements, a regular value.

#include "cumulus/array/array_view.hpp"
#include "cumulus/array/nested_list.hpp"

namespace cumulus::inline v1 {

/// An array of run-time rank that owns its elements in row-major order. Copying copies the
/// elements, moving is free; `==` compares elementwise (array_equal compares whole arrays).
///     cm::ndarray<float> a{{1, 2}, {3, 4}};
///     cm::ndarray b = a * 2 + 1;                   // evaluates the expression
///     a(_, 0) = 7;                                 // writes a column
/// `a = x` means NumPy's rebinding: views and expressions made before keep the old elements.
template <class T, memory_space Space = default_space>
class ndarray : public array_interface<ndarray<T, Space>> {
 public:
  using value_type = T;
  using element_type = T;
  using space = Space;
  using lazy_source_tag = void;
  static_assert(!std::is_const_v<T>,
                "cumulus: an ndarray owns writable elements; use array_view<T const>");
  static_assert(dtype<std::remove_const_t<T>>,
                "cumulus: array elements are bool, the fixed-width integers, float16, bfloat16, "
                "float, double, complex<float> or complex<double>");

  /// An empty array of shape (0,).
  ndarray() = default;
  /// Elements that are not initialised (see zeros, ones and full).
  /// Throws: shape_error if the size does not fit; out_of_memory.
  explicit ndarray(cumulus::shape const& s) { allocate(s); }
  /// Refused in words: is it n elements or the value n?
  template <class Number>
    requires std::is_arithmetic_v<Number>
  explicit ndarray(Number) {
    static_assert(
        !std::is_arithmetic_v<Number>,
        "cumulus: ndarray<T> a(n) may mean n elements or the value n; write zeros<T>({n}), "
        "ndarray<T> a(shape{n}) or ndarray<T> a{n}");
  }
  /// Values in nested braces, one level for each axis.
  /// Throws: shape_error if the lists of a level differ in length or depth, or there are more than
  ///         max_rank levels; value_error if an integer is out of the range of T.
  ndarray(std::initializer_list<nested_value<T>> values) { copy_from(nested_value<T>(values)); }
  /// Row-major elements of a vector, span or array, copied. (A template, so that no one asks a CUDA
  /// array whether it is a range.)
  template <class Range>
    requires(!lazy_source<Range> && std::is_convertible_v<Range const&, std::span<T const>>)
  explicit ndarray(Range const& values)
      : ndarray(cumulus::shape{static_cast<index_t>(std::span<T const>(values).size())},
                std::span<T const>(values).data()) {}
  /// Row-major elements in host memory, copied.
  /// Throws: shape_error if the size does not fit; out_of_memory.
  ndarray(cumulus::shape const& s, T const* values) {
    allocate(s);
    copy_bytes<Space, host>(elements_.data, owner(), values, buffer(), bytes());
  }

  /// Takes over elements of type T, in row-major order and shared with nobody.
  explicit ndarray(untyped_array elements) : elements_(std::move(elements)) {}

  ndarray(ndarray const& other) : array_interface<ndarray>() { copy_from(other); }
  ndarray(ndarray&& other) noexcept : array_interface<ndarray>() { swap(*this, other); }
  /// Evaluates an expression, or copies a view.
  /// Throws: what the evaluation throws.
  template <array_like X> [[gnu::always_inline]] ndarray(X const& x) {
    allocate(x.shape());
    assign_elements("ndarray", *this, x);
  }

  ndarray& operator=(ndarray const& other) {
    if (this != &other) {
      ndarray copy(other);
      swap(*this, copy);
    }
    return *this;
  }
  ndarray& operator=(ndarray&& other) noexcept {
    ndarray taken(std::move(other));
    swap(*this, taken);
    return *this;
  }
  /// Takes the values of x as if into new storage; in place when nobody can tell the difference.
  template <array_like X> [[gnu::always_inline]] ndarray& operator=(X&& x) {
    static_assert(storable_v<X, T>,
                  "cumulus: assignment would lose the fraction, the imaginary part or the sign "
                  "(NumPy's same_kind rule); convert with astype");
    if constexpr (std::is_lvalue_reference_v<X>) {
      // A copy of its references, so that they are more than those of `e` and x keeps its elements.
      auto const e = converted<Space, T>("operator=", x);
      take(e);
    } else {
      take(as_expression(converted_operand<Space, T>("operator=", std::forward<X>(x))));
    }
    return *this;
  }

  /// A number is not an array to take the values of: write a(_) = x.
  template <weak_scalar S> ndarray& operator=(S) {
    static_assert(!weak_scalar<S>,
                  "cumulus: an array is not assigned a number; write a(_) = x or a.fill(x) for "
                  "its elements");
    return *this;
  }

  friend void swap(ndarray& a, ndarray& b) noexcept { a.elements_.swap(b.elements_); }

  T* data() { return reinterpret_cast<T*>(elements_.data); }
  T const* data() const { return reinterpret_cast<T const*>(elements_.data); }
  cumulus::shape const& shape() const { return elements_.shape; }
  cumulus::strides const& strides() const { return elements_.strides; }
  buffer const& owner() const { return elements_.owner; }
  untyped_array const& untyped() const { return elements_; }
  array_view<T, Space> view() { return array_view<T, Space>(elements_); }
  array_view<T const, Space> view() const { return array_view<T const, Space>(elements_); }
  operator array_view<T, Space>() { return view(); }
  operator array_view<T const, Space>() const { return view(); }
  [[gnu::always_inline]] auto to_expression() const {
    return array_expression<T, Space>(elements_);
  }

  /// Writes the elements of x, broadcast to this shape: `a(_) = x`.
  /// Throws: shape_error if x cannot be broadcast.
  template <class X>
    requires operand_like<X>
  [[gnu::always_inline]] void assign(X&& x) {
    assign_elements("assign", *this, std::forward<X>(x));
  }
  /// Every element becomes `value`.
  /// Throws: value_error if an integer is out of the range of T.
  template <weak_scalar S> [[gnu::always_inline]] void fill(S value) {
    assign_elements("fill", *this, value);
  }

 private:
  std::size_t bytes() const { return static_cast<std::size_t>(elements_.shape.size()) * sizeof(T); }

  void allocate(cumulus::shape const& s) {
    untyped_array(s, sizeof(T), cumulus::allocate<Space>).swap(elements_);
  }

  template <class Tree> [[gnu::always_inline]] void take(expression<Tree, Space> const& e) {
    static_assert(!tree::is_masked_v<Tree>,
                  "cumulus: a masked expression has no values to store; reduce it, or use where");
    take_values(elements_, std::span<leaf const>(e.leaves(), Tree::leaf_count), e.shape(),
                sweep_functions_of<Tree, Space>);
  }

  void copy_from(ndarray const& other) {
    allocate(other.shape());
    copy_bytes<Space, Space>(elements_.data, owner(), other.elements_.data, other.owner(), bytes());
  }

  void copy_from(nested_value<T> const& values) {
    cumulus::shape s;
    values.append_shape(s);
    if constexpr (std::is_same_v<Space, host>) {
      allocate(s);
      values.write(data(), s);
    } else {
      ndarray<T, host> staged(s);
      values.write(staged.data(), s);
      ndarray copy(s, staged.data());
      swap(*this, copy);
    }
  }

  untyped_array elements_;
};

template <array_like X> ndarray(X const&) -> ndarray<value_type_of<X>, space_of<X>>;
template <class T> ndarray(std::span<T const>) -> ndarray<T>;
template <class T, memory_space Space> ndarray(ndarray<T, Space> const&) -> ndarray<T, Space>;
template <class T, memory_space Space> ndarray(ndarray<T, Space>&&) -> ndarray<T, Space>;

}  // namespace cumulus::inline v1
