// SPDX-License-Identifier: Apache-2.0
#pragma once
// The operations that nodes of an expression name: one functor per row of expr/elementwise.def,
// plus cast and where. A functor takes the elements, or packs of them, of one type.

#include "cumulus/expr/elementary_packs.hpp"
#include "cumulus/expr/result_types.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace operations {

enum class pack_width { simd, floats, lanes };

#define CUMULUS_UNARY(fn, rule_, width_, expression, domain, doc)                   \
  struct fn {                                                                       \
    static constexpr pack_width width = pack_width::width_;                         \
    template <class T> using rule = rules::rule_<T>;                                \
    static constexpr char const* name = #fn;                                        \
    static constexpr bool compares = false;                                         \
    CUMULUS_NO_EXEC_CHECK                                                           \
    template <class X> CUMULUS_HD auto operator()(X x) const { return expression; } \
  };
#define CUMULUS_BINARY(fn, rule_, width_, expression, domain, doc)                                \
  struct fn {                                                                                     \
    static constexpr pack_width width = pack_width::width_;                                       \
    template <class T> using rule = rules::rule_<T>;                                              \
    static constexpr char const* name = #fn;                                                      \
    static constexpr bool compares = std::is_same_v<rules::rule_<int>, rules::comparison<int>>;   \
    CUMULUS_NO_EXEC_CHECK                                                                         \
    template <class X, class Y> CUMULUS_HD auto operator()(X x, Y y) const { return expression; } \
  };
#include "cumulus/expr/elementwise.def"

/// Conversion to T, with every case defined (elementary::cast).
template <class To> struct cast {
  static constexpr pack_width width = pack_width::simd;
  static constexpr char const* name = "astype";

  CUMULUS_NO_EXEC_CHECK
  template <class X> CUMULUS_HD auto operator()(X x) const { return elementary::cast<To>(x); }
};

/// x where the condition holds, else y.
struct where {
  static constexpr pack_width width = pack_width::simd;
  static constexpr char const* name = "where";

  CUMULUS_NO_EXEC_CHECK
  template <class C, class X, class Y> CUMULUS_HD auto operator()(C c, X x, Y y) const {
    return select(c, x, y);
  }
};

}  // namespace operations
}  // namespace cumulus::inline CUMULUS_TARGET
