// SPDX-License-Identifier: Apache-2.0
#pragma once
// Creation: lazy sequences (zeros, ones, full, arange, linspace, eye) that fuse into expressions,
// and empty, from_span and copy, which give arrays.

#include <cmath>
#include <vector>

#include "cumulus/array/ndarray.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// start + i * step. The step is a whole number of type T for integers.
template <class T> struct arithmetic_sequence {
  using value_type = T;
  T start;
  T step;
  CUMULUS_HD T at(index_t i) const {
    using C = compute_t<T>;
    if constexpr (std::is_integral_v<T>) {
      return elementary::add(start, elementary::multiply(static_cast<T>(i), step));
    } else {
      C const first = C(start);
      return T(first + elementary::multiply(elementary::cast<C>(i), C(step)));
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
    return elementary::cast<T>(std::is_integral_v<T> ? std::floor(x) : x);
  }
};

/// 1 where the position is 0: the diagonal, when columns count up and rows count down.
template <class T> struct diagonal_sequence {
  using value_type = T;
  CUMULUS_HD T at(index_t i) const { return elementary::cast<T>(i == 0); }
};

/// Number of steps from start before stop; exact for integers, which a double may not hold.
template <class T> index_t sequence_length(T start, T stop, T step) {
  if constexpr (std::is_integral_v<T>) {
    bool const forward = step > 0;
    if (forward ? start >= stop : start <= stop) {
      return 0;
    }
    auto const wide = [](T x) { return static_cast<std::uint64_t>(x); };
    std::uint64_t const distance = forward ? wide(stop) - wide(start) : wide(start) - wide(stop);
    std::uint64_t const stride = forward ? wide(step) : std::uint64_t{0} - wide(step);
    std::uint64_t const count = (distance - 1) / stride + 1;
    if (count > static_cast<std::uint64_t>(std::numeric_limits<index_t>::max())) {
      throw value_error("arange: expected a length below 2^63, got " + std::to_string(count));
    }
    return static_cast<index_t>(count);
  } else {
    double const length = __builtin_ceil((static_cast<double>(stop) - static_cast<double>(start)) /
                                         static_cast<double>(step));
    if (!(length < 9.0e18)) {
      throw value_error("arange: expected a finite length, got " + std::to_string(length));
    }
    return length > 0 ? static_cast<index_t>(length) : 0;
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

/// Every element is `value`.    Dtype: T.    Throws: shape_error if the size does not fit.
template <dtype T, memory_space Space = default_space>
auto full(shape const& s, std::type_identity_t<T> value) {
  checked_size(s, sizeof(T), "full");
  return as_expression(constant_expression<Space>(value)).mapped(map_broadcast(shape{}, s, "full"));
}
template <dtype T = double, memory_space Space = default_space> auto zeros(shape const& s) {
  return full<T, Space>(s, T(0));
}
template <dtype T = double, memory_space Space = default_space> auto ones(shape const& s) {
  return full<T, Space>(s, T(1));
}
/// An array whose elements are not initialised.
template <dtype T = double, memory_space Space = default_space>
ndarray<T, Space> empty(shape const& s) {
  return ndarray<T, Space>(s);
}

template <array_like X> auto zeros_like(X const& x) {
  return zeros<value_type_of<X>, space_of<X>>(x.shape());
}
template <array_like X> auto ones_like(X const& x) {
  return ones<value_type_of<X>, space_of<X>>(x.shape());
}
template <array_like X> auto full_like(X const& x, value_type_of<X> value) {
  return full<value_type_of<X>, space_of<X>>(x.shape(), value);
}
template <array_like X> auto empty_like(X const& x) {
  return empty<value_type_of<X>, space_of<X>>(x.shape());
}

/// start, start + step, … up to but not including stop.
///     cm::ndarray i = cm::arange<int>(10);
/// Shape:  (ceil((stop - start) / step),), at least (0,).    Dtype: T.
/// Throws: value_error if step is 0 or the length is not finite.    Source: numpy.arange.
template <dtype T = std::int64_t, memory_space Space = default_space>
auto arange(std::type_identity_t<T> start, std::type_identity_t<T> stop,
            std::type_identity_t<T> step = T(1)) {
  static_assert(!boolean<T> && !complex_floating<T>, "cumulus: arange needs real numbers");
  if (step == T(0)) {
    throw value_error("arange: expected a step other than 0");
  }
  index_t const length = detail::sequence_length(start, stop, step);
  shape const s{length};
  checked_size(s, sizeof(T), "arange");
  if constexpr (std::is_floating_point_v<T>) {
    // NumPy steps by the distance of the first two elements.
    step = static_cast<T>(static_cast<double>(start) + static_cast<double>(step)) - start;
  }
  return detail::sequence_expression<Space>(detail::arithmetic_sequence<T>{start, step}, s,
                                            strides{1}, 0);
}
template <dtype T = std::int64_t, memory_space Space = default_space>
auto arange(std::type_identity_t<T> stop) {
  return arange<T, Space>(T(0), stop);
}

struct linspace_options {
  bool endpoint = true;  ///< whether stop is the last point
};

/// count evenly spaced points from start to stop, computed in double; integers are rounded down.
/// Shape:  (count,).    Dtype: T.    Throws: value_error if count < 0.    Source: numpy.linspace.
template <dtype T = double, memory_space Space = default_space>
auto linspace(double start, double stop, index_t count = 50, linspace_options options = {}) {
  if (count < 0) {
    throw value_error("linspace: expected a count >= 0, got " + std::to_string(count));
  }
  index_t const gaps = options.endpoint ? count - 1 : count;
  double const step = gaps > 0 ? (stop - start) / static_cast<double>(gaps) : 0;
  index_t const last = options.endpoint && count > 1 ? count - 1 : -1;
  return detail::sequence_expression<Space>(detail::linear_sequence<T>{start, step, stop, last},
                                            shape{count}, strides{1}, 0);
}

/// Ones on diagonal k, zeros elsewhere.    Shape: (rows, columns), columns = rows by default.
template <dtype T = double, memory_space Space = default_space>
auto eye(index_t rows, index_t columns = -1, index_t k = 0) {
  shape const s{rows, columns < 0 ? rows : columns};
  checked_size(s, sizeof(T), "eye");
  return detail::sequence_expression<Space>(detail::diagonal_sequence<T>{}, s, strides{-1, 1}, -k);
}

/// Row-major elements in host memory, copied to a new array.
/// Throws: shape_error if the sizes differ.
template <class T, memory_space Space = default_space>
ndarray<std::remove_const_t<T>, Space> from_span(std::span<T> values, shape const& s) {
  if (checked_size(s, sizeof(T), "from_span") != static_cast<index_t>(values.size())) {
    throw shape_error("from_span: expected " + std::to_string(s.size()) + " elements for shape " +
                      to_string(s) + ", got " + std::to_string(values.size()));
  }
  return ndarray<std::remove_const_t<T>, Space>(s, values.data());
}
template <class T, memory_space Space = default_space>
ndarray<T, Space> from_vector(std::vector<T> const& values) {
  return from_span<T const, Space>(values, shape{static_cast<index_t>(values.size())});
}

/// A new array with the elements of x.
template <array_like X> auto copy(X const& x) { return ndarray<value_type_of<X>, space_of<X>>(x); }

}  // namespace cumulus::inline CUMULUS_TARGET
