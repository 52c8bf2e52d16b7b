// SPDX-License-Identifier: Apache-2.0
#pragma once
// Creation: lazy sequences (zeros, ones, full, arange, linspace, eye) that fuse into expressions,
// and empty, from_span and copy, which give arrays.

#include <cmath>
#include <vector>

#include "cumulus/array/ndarray.hpp"
#include "cumulus/core/plain.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

template <class... X>
concept several_numbers = sizeof...(X) > 1 && (std::is_arithmetic_v<X> && ...);

/// A number that a sequence may start, stop or step by.
template <class X>
concept real_number = (std::is_arithmetic_v<X> && !boolean<X>) || is_storage_float_v<X>;

/// The element type T, or where none is named that of a value: NumPy's int64 for an integer.
template <class T, class S> constexpr auto named_or_own() {
  if constexpr (!std::is_void_v<T>) {
    return T{};
  } else if constexpr (std::is_integral_v<S> && !boolean<S>) {
    return std::int64_t{};
  } else if constexpr (is_storage_float_v<S>) {
    return S{};
  } else {
    return promotion::own_dtype<S>();
  }
}

/// start + i * step. The step is a whole number of type T for integers. NumPy rounds the first two
/// elements to T and goes on by their distance.
template <class T> struct arithmetic_sequence {
  using value_type = T;
  T start;
  T second;
  CUMULUS_HD T at(index_t i) const {
    using C = compute_t<T>;
    if constexpr (std::is_integral_v<T>) {
      T const step = elementary::subtract(second, start);
      return elementary::add(start, elementary::multiply(static_cast<T>(i), step));
    } else {
      C const step = C(second) - C(start);
      // As they are: 0 added to -0.0 is 0.0.
      return i < 2 ? (i == 0 ? start : second)
                   : T(add_rn(C(start), mul_rn(static_cast<C>(i), step)));
    }
  }
};

/// count points from start to stop; the last one is stop itself when the end is included.
template <class T> struct linear_sequence {
  using value_type = T;
  double start;
  double step;
  double stop;
  index_t last;  ///< position that gives exactly `stop`, or -1
  CUMULUS_HD T at(index_t i) const {
    double const x = i == last ? stop : add_rn(mul_rn(static_cast<double>(i), step), start);
    return elementary::cast<T>(std::is_integral_v<T> && !boolean<T> ? std::floor(x) : x);
  }
};

/// 1 where the position is 0: the diagonal, when columns count up and rows count down.
template <class T> struct diagonal_sequence {
  using value_type = T;
  CUMULUS_HD T at(index_t i) const { return elementary::cast<T>(i == 0); }
};

/// The element type of arange: what was asked for; else int64 or float64. (Not conditional_t of
/// is_void_v: nvcc writes that out for the host's compiler in a form that does not compile.)
template <class T, bool Integers> struct sequence_type {
  using type = T;
};
template <> struct sequence_type<void, true> {
  using type = std::int64_t;
};
template <> struct sequence_type<void, false> {
  using type = double;
};

/// Any integer, and the differences of two.
__extension__ typedef __int128 wide_integer;

/// Number of steps from start before stop.
template <class Number> index_t sequence_length(Number start, Number stop, Number step) {
  if (step == Number(0)) {
    raise<value_error>({"arange: expected a step other than 0, got 0"});
  }
  if constexpr (std::is_floating_point_v<Number>) {
    Number const length = __builtin_ceil((stop - start) / step);
    if (!(length < 9.0e18)) {
      raise<value_error>({"arange: expected a length below 2^63, got ", length});
    }
    return length > 0 ? static_cast<index_t>(length) : 0;
  } else {
    // Exact, which a double may not be.
    Number const distance = step > 0 ? stop - start : start - stop;
    Number const stride = step > 0 ? step : -step;
    Number const count = distance > 0 ? (distance - 1) / stride + 1 : 0;
    if (count > std::numeric_limits<index_t>::max()) {
      raise<value_error>(
          {"arange: expected a length below 2^63, got ", static_cast<std::uint64_t>(count)});
    }
    return static_cast<index_t>(count);
  }
}

/// A number of the sequence as an element.
/// Throws: value_error if an integer T does not hold it.
template <class T, class Number> T sequence_element(Number value) {
  if constexpr (std::is_integral_v<T>) {
    using limits = std::numeric_limits<T>;
    if (value < limits::min() || value > limits::max()) {
      raise<value_error>({"arange: expected elements in the range of ", dtype_name<T>(), ", got ",
                          static_cast<double>(value)});
    }
    return static_cast<T>(value);
  } else {
    return static_cast<T>(static_cast<double>(value));
  }
}

template <class Space, class Sequence>
auto sequence_expression(Sequence const& sequence, shape const& s, strides const& st,
                         index_t first) {
  expression<tree::generator<Sequence>, Space> e(s);
  leaf& l = *e.leaves();
  l = constant_leaf(sequence);
  l.op.kind = leaf_kind::generator;
  l.op.item_bytes = 1;
  l.set_strides(st);
  l.advance(first);
  return e;
}

}  // namespace detail

/// Every element is `value`.
///     cm::ndarray a = cm::full({2, 3}, 7.5);
/// Dtype:  T; without it int64 for an integer, else the type of value.    Cost: lazy.
/// Throws: shape_error if an extent is negative or the size does not fit; value_error if an integer
///         is out of the range of T.
/// Source: numpy.full.
template <class T = void, memory_space Space = default_space, class S>
  requires(weak_scalar<S> || is_storage_float_v<S>)
auto full(shape const& s, S value) {
  using Element = decltype(detail::named_or_own<T, S>());
  static_assert(dtype<Element> && (complex_floating<Element> || !complex_floating<S>),
                "cumulus: full cannot store a complex value in elements of this type");
  checked_size(s, sizeof(Element), "full");
  Element element;
  if constexpr (std::is_same_v<S, Element>) {
    element = value;
  } else if constexpr (std::is_integral_v<S>) {
    element = weak_cast<Element>(value, "full");
  } else {
    element = elementary::cast<Element>(decltype(detail::named_or_own<void, S>())(value));
  }
  return as_expression(constant_operand<Element, Space>{element})
      .mapped(map_broadcast(shape{}, s, "full"));
}
/// Zeros, or ones.
///     cm::ndarray a = cm::zeros<float>({2, 3});
/// Dtype:  T, double by default.    Cost: lazy.
/// Throws: shape_error if an extent is negative or the size does not fit.
/// Source: numpy.zeros, numpy.ones.
template <dtype T = double, memory_space Space = default_space> auto zeros(shape const& s) {
  return full<T, Space>(s, T(0));
}
template <dtype T = double, memory_space Space = default_space> auto ones(shape const& s) {
  return full<T, Space>(s, T(1));
}
/// An array whose elements are not initialised.
/// Dtype:  T, double by default.    Throws: shape_error as zeros; out_of_memory.
/// Source: numpy.empty.
template <dtype T = double, memory_space Space = default_space>
ndarray<T, Space> empty(shape const& s) {
  return ndarray<T, Space>(s);
}

/// zeros, ones, full or empty with the shape, the element type and the space of x.
/// Source: numpy.zeros_like, ones_like, full_like, empty_like.
template <array_like X> auto zeros_like(X const& x) {
  return zeros<value_type_of<X>, space_of<X>>(x.shape());
}
template <array_like X> auto ones_like(X const& x) {
  return ones<value_type_of<X>, space_of<X>>(x.shape());
}
template <array_like X, class S> auto full_like(X const& x, S value) {
  return full<value_type_of<X>, space_of<X>>(x.shape(), value);
}
template <array_like X> auto empty_like(X const& x) {
  return empty<value_type_of<X>, space_of<X>>(x.shape());
}

// Several extents without braces are refused in words.
template <dtype T = double, memory_space Space = default_space, class... Extents>
  requires detail::several_numbers<Extents...>
auto zeros(Extents... extents) {
  static_assert(sizeof...(Extents) < 2, "cumulus: write a shape in braces: zeros<float>({3, 4})");
  return zeros<T, Space>(shape{static_cast<index_t>(extents)...});
}
template <dtype T = double, memory_space Space = default_space, class... Extents>
  requires detail::several_numbers<Extents...>
auto ones(Extents... extents) {
  static_assert(sizeof...(Extents) < 2, "cumulus: write a shape in braces: ones<float>({3, 4})");
  return ones<T, Space>(shape{static_cast<index_t>(extents)...});
}
template <dtype T = double, memory_space Space = default_space, class... Extents>
  requires detail::several_numbers<Extents...>
auto empty(Extents... extents) {
  static_assert(sizeof...(Extents) < 2, "cumulus: write a shape in braces: empty<float>({3, 4})");
  return empty<T, Space>(shape{static_cast<index_t>(extents)...});
}

/// start, start + step, … up to but not including stop.
///     cm::ndarray i = cm::arange(10);
///     cm::ndarray x = cm::arange<float>(0, 1, 0.1);
/// Shape:  (ceil((stop - start) / step),), at least (0,).
/// Dtype:  T; without it int64, or float64 if an argument is a floating number.
/// Throws: value_error if step is 0, the length is not below 2^63, or one of the first two elements
///         is not in the range of an integer T; shape_error if the size does not fit.
/// Source: numpy.arange; like there, floats go on by the distance of the first two elements.
template <class T = void, memory_space Space = default_space, class Start, class Stop,
          class Step = int>
  requires(detail::real_number<Start> && detail::real_number<Stop> && detail::real_number<Step>)
auto arange(Start start, Stop stop, Step step = 1) {
  constexpr bool integers =
      std::is_integral_v<Start> && std::is_integral_v<Stop> && std::is_integral_v<Step>;
  using Element = typename detail::sequence_type<T, integers>::type;
  static_assert(dtype<Element> && !boolean<Element> && !complex_floating<Element>,
                "cumulus: arange needs an element type of real numbers");
  static_assert(integers || !std::is_integral_v<Element>,
                "cumulus: arange of an integer type takes integers; convert the arguments, or "
                "name a floating type");
  using Number = std::conditional_t<integers, detail::wide_integer, double>;
  Number const first = static_cast<Number>(start);
  Number const distance = static_cast<Number>(step);
  index_t const length = detail::sequence_length(first, static_cast<Number>(stop), distance);
  checked_size(shape{length}, sizeof(Element), "arange");
  Element values[2] = {};
  for (int i = 0; i < 2 && i < length; ++i) {
    values[i] = detail::sequence_element<Element>(i == 0 ? first : first + distance);
  }
  return detail::sequence_expression<Space>(
      detail::arithmetic_sequence<Element>{values[0], values[1]}, shape{length}, strides{1}, 0);
}
template <class T = void, memory_space Space = default_space, class Stop>
  requires detail::real_number<Stop>
auto arange(Stop stop) {
  return arange<T, Space>(Stop(0), stop);
}

/// The optional arguments of linspace, given by name.
struct linspace_options {
  bool endpoint = true;  ///< whether stop is the last point
};

/// count evenly spaced points from start to stop, computed in double; integers are rounded down.
///     cm::ndarray x = cm::linspace(0, 1, 5, {.endpoint = false});
/// Shape:  (count,).    Dtype: T, double by default.    Cost: lazy.
/// Throws: value_error if count < 0; shape_error if the size does not fit.
/// Source: numpy.linspace.
template <dtype T = double, memory_space Space = default_space>
auto linspace(double start, double stop, index_t count = 50, linspace_options options = {}) {
  if (count < 0) {
    raise<value_error>({"linspace: expected a count >= 0, got ", count});
  }
  checked_size(shape{count}, sizeof(T), "linspace");
  index_t const gaps = options.endpoint ? count - 1 : count;
  double const step = gaps > 0 ? (stop - start) / static_cast<double>(gaps) : 0;
  index_t const last = options.endpoint && count > 1 ? count - 1 : -1;
  return detail::sequence_expression<Space>(detail::linear_sequence<T>{start, step, stop, last},
                                            shape{count}, strides{1}, 0);
}

/// Ones on diagonal k, zeros elsewhere.
///     cm::ndarray a = cm::eye(3);      cm::eye<float>(2, 3, 1);
/// Shape:  (rows, columns), columns = rows by default.    Dtype: T, double by default.
/// Throws: shape_error if an extent is negative or the size does not fit.    Source: numpy.eye.
template <dtype T = double, memory_space Space = default_space>
auto eye(index_t rows, index_t columns, index_t k = 0) {
  shape const s{rows, columns};
  checked_size(s, sizeof(T), "eye");
  k = plain::clamp(k, -rows, columns);  // beyond them there is no diagonal
  return detail::sequence_expression<Space>(detail::diagonal_sequence<T>{}, s, strides{-1, 1}, -k);
}
template <dtype T = double, memory_space Space = default_space> auto eye(index_t rows) {
  return eye<T, Space>(rows, rows);
}

/// Row-major elements in host memory, copied to a new array.
///     auto a = cm::from_span(std::span(values, 6), {2, 3});
///     auto b = cm::from_vector(std::vector{1.0, 2.0});
/// Shape:  s, or (values.size(),).    Dtype: that of the elements.
/// Throws: shape_error if the sizes differ; out_of_memory.    Source: numpy.array.
template <class T, memory_space Space = default_space>
ndarray<std::remove_const_t<T>, Space> from_span(std::span<T> values, shape const& s) {
  if (checked_size(s, sizeof(T), "from_span") != static_cast<index_t>(values.size())) {
    raise<shape_error>(
        {"from_span: expected ", s.size(), " elements for shape ", s, ", got ", values.size()});
  }
  return ndarray<std::remove_const_t<T>, Space>(s, values.data());
}
template <class T, memory_space Space = default_space>
ndarray<T, Space> from_vector(std::vector<T> const& values) {
  shape const s{static_cast<index_t>(values.size())};
  if constexpr (boolean<T>) {  // std::vector<bool> packs them into bits
    ndarray<bool, host> unpacked(s);
    bool* to = unpacked.data();
    for (bool const value : values) {
      *to++ = value;
    }
    return unpacked.template to<Space>();
  } else {
    return from_span<T const, Space>(values, s);
  }
}

/// A new array with the elements of x, in row-major order.
/// Shape, Dtype: those of x.    Throws: out_of_memory.    Source: numpy.copy.
template <array_like X> auto copy(X const& x) { return ndarray<value_type_of<X>, space_of<X>>(x); }

}  // namespace cumulus::inline CUMULUS_TARGET
