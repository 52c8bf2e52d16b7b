// SPDX-License-Identifier: Apache-2.0
#pragma once
// The optional arguments of reductions, given by name: sum(a, 0, {.keepdims = true}).

#include "cumulus/array/ndarray.hpp"
#include "cumulus/expr/reducers.hpp"

namespace cumulus::inline v1 {

/// First member of every options aggregate: nothing converts to it, so that sum(a, {0, 1}) can only
/// mean a list of axes (docs/decisions/0004-options.md).
struct named_only {
  explicit named_only() = default;
};

/// A start value that may be given as any number.
template <class T> class initial_value {
 public:
  initial_value() = default;
  template <class S>
    requires(weak_scalar<S> || std::is_same_v<S, T>)
  initial_value(S value) : given_(true) {
    if constexpr (std::is_same_v<S, T>) {
      value_ = value;
    } else {
      value_ = weak_cast<T>(value, "initial");
    }
  }
  bool given() const { return given_; }
  T value() const { return value_; }

 private:
  T value_ = {};
  bool given_ = false;
};

/// A bool array that says which elements take part; an expression is evaluated.
template <memory_space Space> class where_mask {
 public:
  where_mask() = default;
  template <array_like M> where_mask(M const& mask) : given_(true) {
    static_assert(boolean<value_type_of<M>>, "cumulus: .where takes a bool array");
    if constexpr (requires { mask.view(); }) {
      mask_.rebind(mask.view());
    } else {
      ndarray<bool, Space> const evaluated(mask);
      mask_.rebind(evaluated.view());
    }
  }
  bool given() const { return given_; }
  array_view<bool const, Space> const& mask() const { return mask_; }

 private:
  array_view<bool const, Space> mask_;
  bool given_ = false;
};

template <class T, memory_space Space> struct plain_options {
  named_only only = named_only();
  bool keepdims = false;         ///< keep reduced axes with extent 1
  where_mask<Space> where = {};  ///< which elements take part
};

template <class T, memory_space Space> struct initial_options {
  named_only only = named_only();
  bool keepdims = false;
  initial_value<T> initial = {};  ///< combined with every result
  where_mask<Space> where = {};
};

template <class T, memory_space Space> struct moment_options {
  named_only only = named_only();
  double ddof = 0;  ///< the divisor is n - ddof
  bool keepdims = false;
  where_mask<Space> where = {};
};

template <class T, memory_space Space> struct position_options {
  named_only only = named_only();
  bool keepdims = false;
};

}  // namespace cumulus::inline v1
