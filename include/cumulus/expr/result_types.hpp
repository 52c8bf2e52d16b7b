// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rules of expr/elementwise.def: which type an operation computes in and which it gives, as a
// function of the promoted type of its operands.

#include "cumulus/core/promotion.hpp"

namespace cumulus::inline v1::rules {

/// Operands are converted to `operand`, the result is of type `result`.
template <class Operand, class Result = Operand> struct types {
  static constexpr bool accepted = true;
  using operand = Operand;
  using result = Result;
};
/// The element type is not taken, for the reason a message gives.
struct rejected {
  static constexpr bool accepted = false;
  using operand = void;
  using result = void;
};

template <class T>
using inexact_t =
    std::conditional_t<boolean<T>, float16,
                       std::conditional_t<fixed_integer<T>, promotion::float_for_integer<T>, T>>;

template <bool Accepted, class Operand, class Result = Operand>
using only_if = std::conditional_t<Accepted, types<Operand, Result>, rejected>;

/// Every type gives itself.
template <class T> using arithmetic = types<T>;
/// Every type but bool, where NumPy asks for a logical operation instead.
template <class T> using signed_arithmetic = only_if<!boolean<T>, T>;
/// Integers and bool give float64.
template <class T>
using division = types<std::conditional_t<fixed_integer<T> || boolean<T>, double, T>>;
/// Integers give the smallest floating type that NumPy maps them to.
template <class T> using inexact = types<inexact_t<T>>;
/// The same, complex numbers excepted.
template <class T> using inexact_real = only_if<!complex_floating<T>, inexact_t<T>>;
/// Numbers with an order; bool counts as int8.
template <class T>
using ordered_number =
    only_if<!complex_floating<T>, std::conditional_t<boolean<T>, std::int8_t, T>>;
/// Every type gives itself, bool int8.
template <class T> using number = types<std::conditional_t<boolean<T>, std::int8_t, T>>;
/// Floating types; integers divide as integers.
template <class T> using real_or_complex = only_if<!boolean<T>, T>;
/// Complex numbers give their real type.
template <class T> using magnitude = types<T, real_t<T>>;
template <class T> using rounding = only_if<!complex_floating<T>, T>;
template <class T> using comparison = types<T, bool>;
template <class T> using predicate = types<T, bool>;
template <class T> using real_predicate = only_if<!complex_floating<T>, inexact_t<T>, bool>;
template <class T> using logic = types<T, bool>;
template <class T> using bits = only_if<fixed_integer<T> || boolean<T>, T>;
template <class T>
using shift =
    only_if<fixed_integer<T> || boolean<T>, std::conditional_t<boolean<T>, std::int8_t, T>>;

}  // namespace cumulus::inline v1::rules
