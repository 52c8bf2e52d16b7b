// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the arguments of a reduction to those of exec/reduce.hpp: what is counted, the reducer with
// its options, the mask, the output. ops/reductions.hpp and ops/group_reduce.hpp share it.

#include "cumulus/exec/reduce.hpp"
#include "cumulus/ops/map.hpp"
#include "cumulus/ops/reduce_options.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Which elements of an expression a reduction counts (expr/reductions.def).
enum class counted { every, not_nan };

namespace reduce_arguments {

/// A reference to x where that is an expression that counts as it is.
template <counted Elements, class X> decltype(auto) counted_elements(X const& x) {
  if constexpr (Elements == counted::not_nan) {
    return skip_nan(x);
  } else {
    return as_expression(x);
  }
}

/// The reducer with the options that it knows.
template <class Reducer, counted Elements, class Options>
Reducer configured(Options const& options) {
  Reducer reducer;
  if constexpr (requires { options.ddof; }) {
    reducer.ddof = options.ddof;
    reducer.nan_without_freedom = Elements == counted::not_nan;
  }
  if constexpr (requires { options.initial; }) {
    if (options.initial.given()) {
      reducer.initial = {elementary::cast<decltype(reducer.initial.value)>(options.initial.value()),
                         true};
    }
  }
  return reducer;
}

/// Reductions without a neutral element, which need at least one element or an initial value.
template <class Reducer> inline constexpr bool needs_element_v = false;
template <class T, int Sign>
inline constexpr bool needs_element_v<reducers::extreme<T, Sign>> = true;
template <class T, int Sign>
inline constexpr bool needs_element_v<reducers::arg_extreme<T, Sign>> = true;

/// What NumPy asks of the reduced axes alone, even where no result would be computed.
inline void check_extents(char const* name, shape const& s, axis_set const& set) {
  for (int k = 0; k < s.rank(); ++k) {
    if (set.member[k] && s[k] == 0) {
      raise<value_error>(
          {name, ": expected at least one element along axis ", k, ", got shape ", s});
    }
  }
}

template <class Reducer, class Options>
void check_elements(char const* name, shape const& s, axis_set const& set, Options const& options) {
  if constexpr (needs_element_v<Reducer>) {
    if constexpr (requires { options.initial; }) {
      if (options.initial.given()) {
        return;
      }
      if (options.where.given()) {
        raise<value_error>({name, ": expected an initial value beside .where, got none"});
      }
    }
    check_extents(name, s, set);
  }
}

/// The array of .where, or null.
template <class Options> untyped_array const* where_of(Options const& options) {
  if constexpr (requires { options.where; }) {
    return options.where.given() ? &options.where.mask().untyped() : nullptr;
  } else {
    return nullptr;
  }
}

/// The leaf of .where over `s`; without an array it is not to be used.
/// Throws: shape_error if it cannot be broadcast to s.
inline leaf mask_leaf(char const* name, untyped_array const* where, shape const& s) {
  leaf mask;
  if (where != nullptr) {
    mask = array_leaf(*where, sizeof(bool));
    broadcast_leaves(&mask, 1, where->shape, s, name);
  }
  return mask;
}

/// Strides of an output without its reduced axes, or with extent 1 there, over the input's axes.
inline operand output_operand(untyped_array const& out, int item_bytes, axis_set const& set,
                              int rank, bool keepdims) {
  operand op = array_operand(out.data, item_bytes);
  for (int k = 0, j = 0; k < rank; ++k) {
    if (set.member[k]) {
      j += keepdims ? 1 : 0;
    } else {
      op.stride[k] = out.strides[j++];
    }
  }
  return op;
}

/// The new array of a reduction, and what it is made of.
struct reduced_array {
  int item_bytes;
  buffer (*allocate)(std::size_t bytes);
  reduce_loop loop;
  void const* accumulation;

  /// Throws: shape_error if .where cannot be broadcast; out_of_memory.
  untyped_array of(char const* name, std::span<leaf const> leaves, shape const& s,
                   axis_set const& set, bool keepdims, untyped_array const* where) const {
    untyped_array out(reduced_shape(s, set, keepdims), static_cast<std::size_t>(item_bytes),
                      allocate);
    leaf const mask = mask_leaf(name, where, s);
    reduce_leaves(leaves, s, set,
                  {.op = output_operand(out, item_bytes, set, s.rank(), keepdims),
                   .mask = where != nullptr ? &mask : nullptr},
                  loop, accumulation);
    return out;
  }
};

/// Throws: value_error where no element was valid, so that there is no position; asking waits for
/// the device.
template <class Reducer, class Tree, class Out>
void check_positions(char const* name, shape const& s, Out const& out) {
  if constexpr (reducers::gives_position_v<Reducer> && tree::is_masked_v<Tree>) {
    if (any(out < 0).item()) {
      raise<value_error>(
          {name, ": expected a valid element in every slice of shape ", s, ", got one with none"});
    }
  }
}

/// Reductions that have no value for "nothing was valid": the extremes of integers and bool.
template <class Reducer> inline constexpr bool has_no_missing_v = false;
template <class T, int Sign>
inline constexpr bool has_no_missing_v<reducers::extreme<T, Sign>> =
    !real_floating<T> && !complex_floating<T>;

/// Throws: value_error if a count is 0; asking waits for the device.
template <class Counts> void check_counts(char const* name, shape const& s, Counts const& counts) {
  if (!all(counts > 0).item()) {
    raise<value_error>({name,
                        ": expected an initial value or a valid element in every slice of shape ",
                        s, ", got one with none"});
  }
}

// The options of a row; .initial has the type of the result (a sum of bool starts from an int64).
template <class Reducer, class X>
using plain_of = plain_options<typename Reducer::result, space_of<X>>;
template <class Reducer, class X>
using initial_of = initial_options<typename Reducer::result, space_of<X>>;
template <class Reducer, class X>
using moment_of = moment_options<typename Reducer::result, space_of<X>>;
template <class Reducer, class X>
using position_of = position_options<typename Reducer::result, space_of<X>>;

}  // namespace reduce_arguments

}  // namespace cumulus::inline CUMULUS_TARGET
