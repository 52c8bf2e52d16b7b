// SPDX-License-Identifier: Apache-2.0
#pragma once
// map: a function of one's own on the elements of arrays, and masked values for reductions.

#include <new>

#include "cumulus/expr/build.hpp"

// A functor for map, written in place: CUMULUS_LAMBDA(float x) { return x * x; }. nvcc's limits on
// such lambdas are listed in docs/numpy-to-cumulus.md.
#define CUMULUS_LAMBDA(...) [=] CUMULUS_HD(__VA_ARGS__)

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// A functor as a leaf: in the operand, or in host memory of its own when it does not fit.
template <class Space, class F> leaf functor_leaf(F f) {
  if constexpr (fits_operand_v<F>) {
    return constant_leaf(f);
  } else {
    static_assert(std::is_same_v<Space, host>,
                  "cumulus: a functor for CUDA arrays must be trivially copyable, at most 48 bytes "
                  "and aligned to at most 16; put larger data into arrays");
    F* stored = nullptr;
    try {
      stored = new F(std::move(f));
    } catch (std::bad_alloc const&) {
      raise<out_of_memory>(
          {"map: expected memory for a function of ", sizeof(F), " bytes, got none"});
    }
    leaf result;
    result.op.data = reinterpret_cast<std::byte const*>(stored);
    try {
      result.owner = buffer(stored, sizeof(F), [](void* p, std::size_t, void*) noexcept {
        delete static_cast<F*>(p);
      });
    } catch (...) {
      delete stored;
      throw;
    }
    return result;
  }
}

template <class Space, class X> auto map_operand(X&& x) {
  if constexpr (lazy_source<X>) {
    return converted<Space, value_type_of<X>>("map", std::forward<X>(x));
  } else {
    return converted<Space,
                     std::remove_cvref_t<decltype(promotion::own_dtype<std::remove_cvref_t<X>>())>>(
        "map", std::forward<X>(x));
  }
}

}  // namespace detail

/// f applied to the elements of arrays and numbers, broadcast against each other: one kernel that
/// reads every input once. f takes and returns plain numbers (float for the 16-bit types) and must
/// be callable on the device when the arrays are there. It may be called more than once for an
/// element, in any order, by several threads.
///     struct density { template <class T> CUMULUS_HD T operator()(T s, T t) const { … } };
///     cm::ndarray rho = cm::map(density{}, s, t);
/// Shape:  the operands broadcast.    Dtype: what f returns.
/// Cost:   lazy; f may be called more than once for an element.
/// Throws: what f throws, once; shape_error if the operands do not broadcast; out_of_memory.
template <class F, operand_like... X>
  requires any_array_like_v<X...>
auto map(F f, X&&... x) {
  using Space = typename common_space<X...>::type;
  return [&f]<class... E>(E&&... e) {
    static_assert(
        std::is_invocable_v<F const&, compute_t<typename std::remove_cvref_t<E>::value_type>...>,
        "cumulus: map cannot call this function with one number for each operand (float for "
        "the 16-bit types); is its operator() const?");
    using Result =
        std::invoke_result_t<F const&, compute_t<typename std::remove_cvref_t<E>::value_type>...>;
    static_assert(dtype<Result>,
                  "cumulus: the function given to map must return an element type (bool, a "
                  "fixed-width integer, float, double, complex)");
    using Tree = tree::map<F, Result, typename std::remove_cvref_t<E>::tree_type...>;
    leaf const functor = detail::functor_leaf<Space>(std::move(f));
    return combine<Tree>("map", &functor, std::forward<E>(e)...);
  }(detail::map_operand<Space>(std::forward<X>(x))...);
}

/// Values with a truth each; reductions count the valid ones only, in one pass.
///     auto m = mean(masked(t, t > 273.15), 0);
/// Shape:  both broadcast.    Dtype: the value's.    Cost: lazy; it can be reduced, not stored.
/// Throws: shape_error if the two do not broadcast.
/// Source: numpy.ma.masked_where, inverted.
template <array_like V, operand_like M> auto masked(V&& value, M&& valid) {
  using Space = space_of<V>;
  auto&& v = as_expression(std::forward<V>(value));
  auto&& m = converted<Space, bool>("masked", std::forward<M>(valid));
  using Tree = tree::masked<typename std::remove_cvref_t<decltype(v)>::tree_type,
                            typename std::remove_cvref_t<decltype(m)>::tree_type>;
  return combine<Tree>("masked", nullptr, std::forward<decltype(v)>(v),
                       std::forward<decltype(m)>(m));
}

/// Values of which reductions count those that are not NaN; what the nan-functions are made of.
///     auto n = count_valid(skip_nan(t), 0);
/// Shape, Dtype: those of value.    NaN: not counted; a complex number with a NaN part is NaN.
/// Cost:   lazy; it can be reduced, not stored.
template <array_like V> auto skip_nan(V&& value) {
  auto&& v = as_expression(std::forward<V>(value));
  using Tree = tree::not_nan<typename std::remove_cvref_t<decltype(v)>::tree_type>;
  return combine<Tree>("skip_nan", nullptr, std::forward<decltype(v)>(v));
}

}  // namespace cumulus::inline CUMULUS_TARGET
